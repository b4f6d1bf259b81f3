"""Tool definitions for the commands: the allowlist of a configuration, and what only a whole machine can tell."""

import ast
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from nlops.adapters.definitions import Folders, faults_of_place, lint_file, load_file, make_catalogue
from nlops.adapters.hosts import is_here
from nlops.cli.load_policy import apply_policy
from nlops.cli.resources import data_path
from nlops.domain.config import Config
from nlops.domain.errors import ConfigError, ToolError
from nlops.domain.tools import ArgvRun, BotName, Catalogue, Interpretation, McpRun, PythonRun, Run, ToolCall, ToolSpec
from nlops.toolbox.arguments import with_defaults
from nlops.toolbox.definition import Linted
from nlops.toolbox.faults import Fault, errors_of, warning
from nlops.toolbox.targets import target_properties, with_targets
from nlops.toolbox.template import names_in

MOST_QUESTIONS = 4  # a reply that is refused is asked for again


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
    useless = next((name for name in config.tools.targets if name not in config.tools.enable), None)
    if useless is not None:
        raise ConfigError(str(config.file), f"tools.targets.{useless}", "no tool of that name is enabled")
    bots = tuple(bot.called() for bot in config.bots)
    catalogue = make_catalogue(folders, config.tools.enable, bots, config.tools.targets)
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
    faults = (*linted.faults, *missing, *_check_keywords(linted.tool), *_check_mapping(linted.tool))
    return Linted(None if errors_of(faults) else linted.tool, faults)


def machine_faults(tool: ToolSpec) -> Iterator[Fault]:
    """What is not there on this machine. At run time such a tool says so, and the others go on."""
    yield from _faults_of_run(tool, tool.run, "run")
    if tool.verify is not None and tool.verify.run is not None:
        yield from _faults_of_run(tool, tool.verify.run, "verify")
    if tool.host is not None and not names_in(tool.host) and not is_here(tool.host):
        yield warning(("host",), f"{tool.host!r} is not this machine", "its runs are refused: no agent answers there")


def _faults_of_run(tool: ToolSpec, run: Run, where: str) -> Iterator[Fault]:
    match run:
        case ArgvRun(argv, cwd):
            if shutil.which(argv[0]) is None:
                found = f"there is no program {argv[0]!r} on this machine"
                yield Fault((where, "argv", 0), found, "install it, or write its absolute path")
            if cwd is not None and not Path(cwd).is_dir():
                yield Fault((where, "cwd"), f"there is no folder {cwd}", "make it, or name another")
        case PythonRun(module, function):
            yield from _check_function(tool, module, function, (where, "python"))
        case _:
            return


def _check_function(tool: ToolSpec, module: str, function: str, where: tuple[str, str]) -> Iterator[Fault]:
    """A function in a file beside the definition: that it is there, and takes the arguments. Nothing is imported."""
    file = Path(tool.file).parent.joinpath(*module.split(".")).with_suffix(".py")
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


def _check_mapping(tool: ToolSpec) -> Iterator[Fault]:
    """Whether each example's text supports its arguments: what a model says without the text saying it is not believed,
    so that such an example teaches what is never carried out."""
    from nlops.domain.model import ModelReply
    from nlops.domain.words import language_of
    from nlops.understand.interpret import Prompts, Question, begin, resume

    bots = [name for name, schema in tool.properties.items() if schema.get("format") == "bot"]
    named = with_targets(tool, dict.fromkeys(_said(tool, target_properties(tool)) or ["shop"], "x"))
    catalogue = Catalogue((named,), tuple(map(BotName, _said(tool, bots) or ["bob"])))
    for at, example in enumerate(tool.examples):
        # As a native call: what is understood of any model, whatever shape a prompt asks for.
        reply = ModelReply("", ((tool.name, json.dumps(dict(example.arguments))),))
        meant = begin(example.text, catalogue, Prompts("{tools}{bots}"), language_of(example.text))
        for _ in range(MOST_QUESTIONS):
            meant = resume(meant, reply) if isinstance(meant, Question) else meant
        calls = meant.calls if isinstance(meant, Interpretation) else ()
        wanted = with_defaults(ToolCall(tool.name, example.arguments), tool)
        if [with_defaults(call, tool) for call in calls] != [wanted]:
            read = dict(calls[0].arguments) if calls else meant.reply if isinstance(meant, Interpretation) else ""
            mend = 'say it in the text, or explain the values in the description: "rss: memory 内存; …"'
            yield warning(("examples", at), f"its text does not say its arguments; it is read as {read!r}", mend)


def _said(tool: ToolSpec, names: Sequence[str]) -> list[str]:
    """What the examples say for these arguments: names that stand for those there will be."""
    values = [example.arguments.get(name) for example in tool.examples for name in names]
    return list(dict.fromkeys(value for value in values if isinstance(value, str)))
