"""Tool definitions for the commands: the allowlist of a configuration, and what only a whole machine can tell."""

import ast
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from nlops.adapters.definitions import Folders, faults_of_place, lint_file, load_file, make_catalogue
from nlops.cli.load_policy import apply_policy
from nlops.cli.resources import data_path
from nlops.domain.config import Config
from nlops.domain.errors import ConfigError, ToolError
from nlops.domain.tools import ArgvRun, BotName, Catalogue, Interpretation, McpRun, PythonRun, ToolSpec
from nlops.toolbox.definition import Linted
from nlops.toolbox.faults import Fault, errors_of, warning


def load_tool(file: Path) -> ToolSpec:
    """Read one definition. Raises ToolError."""
    return load_file(file, trusted=file.parent == data_path("tools"))


def folders_of(config: Config | None) -> Folders:
    """Where definitions lie. Raises ConfigError where a folder is not there."""
    own = config.tools.paths if config is not None else ()
    for folder in own:
        if not folder.is_dir():
            file = str(config.file) if config is not None else ""
            raise ConfigError(file, "tools.paths", f"no such folder: {folder}")
    return Folders(data_path("tools"), tuple(own))


def load_catalogue(config: Config) -> Catalogue:
    """The allowlist of `[tools] enable`, from the shipped folder and the operator's own. Raises ToolError,
    ConfigError."""
    folders = folders_of(config)
    files = folders.files()
    missing = next((name for name in config.tools.enable if name not in files), None)
    if missing is not None:
        raise ConfigError(str(config.file), "tools.enable", f"no tool {missing!r}; there are: {', '.join(files)}")
    catalogue = make_catalogue(folders, config.tools.enable, tuple(bot.called() for bot in config.bots))
    _check_servers(catalogue, config)
    return apply_policy(catalogue, config)


def _check_servers(catalogue: Catalogue, config: Config) -> None:
    names = [server.name for server in config.mcp]
    for tool in catalogue.tools:
        if isinstance(tool.run, McpRun) and tool.run.server not in names:
            found = f"{config.file} has no [[mcp]] named {tool.run.server!r}; there are: {', '.join(names) or 'none'}"
            raise ToolError(tool.file, "$.run.mcp.server", found)


def check_file(file: Path) -> Linted:
    """The linter's word on a file, with what this machine adds: programs, functions, keywords as they are read."""
    linted = lint_file(file, trusted=file.parent == data_path("tools"))
    if linted.tool is None:
        return linted
    missing: Iterable[Fault] = machine_faults(linted.tool)
    if file.parent == data_path("tools"):  # what nlops brings along is for many machines, and off until it is enabled
        missing = (replace(fault, level="warning") for fault in missing)
    faults = (*linted.faults, *missing, *_check_keywords(linted.tool))
    return Linted(None if errors_of(faults) else linted.tool, faults)


def machine_faults(tool: ToolSpec) -> Iterator[Fault]:
    """What is not there on this machine. At run time such a tool says so, and the others go on."""
    match tool.run:
        case ArgvRun(argv, cwd):
            if shutil.which(argv[0]) is None:
                found = f"there is no program {argv[0]!r} on this machine"
                yield Fault(("run", "argv", 0), found, "install it, or write its absolute path")
            if cwd is not None and not Path(cwd).is_dir():
                yield Fault(("run", "cwd"), f"there is no folder {cwd}", "make it, or name another")
        case PythonRun(module, function):
            yield from _check_function(tool, module, function)
        case _:
            return


def _check_function(tool: ToolSpec, module: str, function: str) -> Iterator[Fault]:
    """A function in a file beside the definition: that it is there, and takes the arguments. Nothing is imported."""
    file = Path(tool.file).parent.joinpath(*module.split(".")).with_suffix(".py")
    where = ("run", "python")
    if not file.exists():
        import importlib.util

        try:
            found = importlib.util.find_spec(module.partition(".")[0]) is not None
        except (ImportError, ValueError):
            found = False
        if not found:
            yield Fault(where, f"there is no {file.name} beside it, and no installed module {module!r}", "write it")
        return
    yield from (Fault(where, f"{fault.found}", fault.mend) for fault in faults_of_place(file))
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError) as error:
        yield Fault(where, f"{file} cannot be read: {error}", "mend it")
        return
    defined = next((node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function), None)
    if defined is None:
        yield Fault(where, f"{file} defines no function {function!r}", f"def {function}(…):")
    elif defined.args.kwarg is None:
        known = {one.arg for one in (*defined.args.args, *defined.args.kwonlyargs)}
        for name in tool.properties:
            if name not in known:
                yield Fault(where, f"{function} takes no argument {name!r}", f"def {function}({name}, …):")


def _check_keywords(tool: ToolSpec) -> Iterator[Fault]:
    """Whether each keyword, and each example that is one, is read as this tool."""
    from nlops.understand.keywords import read_keyword

    catalogue = Catalogue((tool,), (BotName("bob"),))
    for at, word in enumerate(tool.keywords):
        if not isinstance(read_keyword(word, catalogue, "en"), Interpretation):
            yield warning(("keywords", at), f"{word!r} alone is not read as this tool", "choose another word")
    for at, example in enumerate(tool.examples):
        read = read_keyword(example.text, catalogue, "en")
        if isinstance(read, Interpretation) and read.calls and dict(read.calls[0].arguments) != example.arguments:
            found = f"as a keyword it means {dict(read.calls[0].arguments)}"
            yield warning(("examples", at), found, "mend its arguments, or write another text")
