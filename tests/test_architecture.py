"""The house keeps its plan: imports point down only, the core has no clock, and starting is quick."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent / "nlops"

# floor of a module or package, and the floors it may import from (docs/design.md)
FLOORS = {
    "domain": 0,
    "monitor": 1,
    "understand": 1,
    "toolbox": 1,
    "gate": 1,
    "outgoing": 1,
    "replies": 2,
    "engine": 2,
    "ports": 3,
    "adapters": 4,
    "sandbox": 4,
    "auditing": 5,
    "following": 5,
    "journal": 5,
    "running": 5,
    "sender": 5,
    "runtime": 5,
    "cli": 6,
    "plugin": 6,
}
ALLOWED = {
    0: {0},
    1: {0},
    2: {0, 1, 2},
    3: {0},
    4: {0, 3},
    5: {0, 1, 2, 3, 4, 5},
    6: {0, 1, 2, 3, 4, 5, 6},
}
# Exceptions, each with its reason.
EXTRA = {
    ("adapters", "toolbox"): "argument lists are built by the toolbox, next to where they are run",
    ("adapters", "gate"): "the store writes the chain that the gate defines; what leaves is cleaned by its rules",
}
IMPURE = {"time", "datetime", "random", "secrets", "os", "io", "pathlib", "logging", "socket", "subprocess", "asyncio"}
IMPURE |= {"importlib"}  # files of the package
LIBRARIES: dict[str, str | tuple[str, ...]] = {  # the one room that may import each
    "wechaty": ("adapters/wechaty", "plugin"),
    "wechaty_puppet": "adapters/wechaty",
    "wechaty_puppet_service": "adapters/wechaty",
    "openai": "adapters",
    "watchdog": "adapters",
    "xllamacpp": "adapters/embedded",
    "llguidance": "adapters/embedded",
    "gguf": "adapters/embedded",
    "numpy": "adapters/embedded",
    "sqlite3": "adapters",
    "segno": ("adapters", "sandbox"),
    "zxingcpp": "sandbox",
    "PIL": ("adapters/pictures", "sandbox"),
    "quart": "sandbox",
    "hypercorn": "sandbox",
    "re2": ("monitor", "toolbox", "gate/shapes"),
    "httpcore2": "adapters",
    "httpx2": "adapters",
    "pyotp": "gate/totp.py",
    "tencentcloud": "adapters/factors/tencent.py",
    "mcp": "adapters/mcp",
    "mcp_types": "adapters/mcp",
    "uvicorn": "adapters/mcp",
    "pypinyin": "understand/sayings.py",
    "rapidfuzz": "understand",
}


def modules() -> list[Path]:
    return sorted(path for path in ROOT.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path) -> list[str]:
    """Every dotted name that is imported, inside functions too."""
    names = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.append(node.module or "")
            names += [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "nlops" else []
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    """No module imports from a floor that its own may not see, and siblings on floor 1 do not know each other."""
    here = room(path)
    if here not in FLOORS:
        assert here in ("__init__", "__main__")
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "nlops" or len(parts) == 1 or parts[1] == "__version__":
            continue
        there = parts[1]
        seen = FLOORS[there] in ALLOWED[FLOORS[here]] or (here, there) in EXTRA
        sibling = FLOORS[here] == FLOORS[there] == 1 and here != there
        assert here == there or (seen and not sibling), f"{path.name} on floor {FLOORS[here]} imports {name}"


@pytest.mark.parametrize("path", [p for p in modules() if FLOORS.get(room(p), 9) <= 2], ids=lambda path: path.name)
def test_core_touches_nothing(path: Path) -> None:
    """Floors 0 to 2 have no clock, randomness, file, network or logging. Exceptions are `Path` as a value, and the
    tables of lexicon and dictionary: constants that come with the package and are too large for a literal."""
    for name in imports(path):
        top = name.split(".")[0]
        table = path.name in ("lexicon.py", "dictionary.py") and name == "importlib"
        allowed = table or (path.name, name) == ("config.py", "pathlib")
        assert top not in IMPURE or allowed, f"{path} imports {name}"
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not calls & {"open", "print", "input"}, path


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_libraries_stay_in_their_room(path: Path) -> None:
    """Each outside library is imported in one room only."""
    for name in imports(path):
        only = LIBRARIES.get(name.split(".")[0])
        assert only is None or path.relative_to(ROOT).as_posix().startswith(only), f"{path} imports {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_training_is_no_part_of_it(path: Path) -> None:
    """What trains the model is not installed with nlops, nor what it needs."""
    tops = {name.split(".")[0] for name in imports(path)}
    assert not tops & {"training", "torch", "transformers", "tokenizers"}, path


def test_children_import_nothing_from_the_folder_that_nlops_was_started_in() -> None:
    """Where a bot's own `token.py` may lie: `-m` looks there first, but for `-P`."""
    started = [line for path in modules() for line in path.read_text("utf-8").splitlines() if '"-m", ' in line]
    assert len(started) >= 8 and all('"-P", "-m", ' in line for line in started), started


def test_the_table_of_sounds_is_read_on_first_use() -> None:
    """Its 40,000 characters cost a tenth of a second; who only types keywords never pays it."""
    code = (
        "import sys\n"
        "import nlops.understand.interpret, nlops.understand.sayings as sayings\n"
        "before = 'pypinyin' in sys.modules\n"
        "sayings._syllables('京东')\n"
        "print(before, 'pypinyin' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_help_imports_nothing_heavy() -> None:
    """`nlops --help` stays quick because it loads no library (its time itself is in benchmarks/)."""
    code = (
        "import sys, nlops.cli.main as m\ntry: m.main(['--help'])\nexcept SystemExit: pass\nprint(sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(ast.literal_eval(done.stdout.splitlines()[-1]))
    assert not loaded & {
        "wechaty",
        "openai",
        "jsonschema",
        "watchdog",
        "xllamacpp",
        "llguidance",
        "asyncio",
        "pydantic",
        "sqlite3",
        "mcp",
    }


def test_only_the_child_loads_what_runs_the_model() -> None:
    """A service with the embedded model keeps its own memory small, and starts without them."""
    code = "import sys, nlops.adapters.embedded.model\nprint(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(ast.literal_eval(done.stdout)) & {"xllamacpp", "llguidance", "gguf", "numpy"}


def test_the_service_loads_no_mcp_before_it_is_used() -> None:
    """The SDK takes a second and 30 MB: a service that calls no MCP server does without, also while others ask it."""
    code = (
        "import sys, nlops.cli.run, nlops.cli.wiring, nlops.runtime, nlops.adapters.runner, nlops.adapters.mcp.desk\n"
        "import nlops.adapters.mcp.watch, nlops.adapters.mcp.calls, nlops.adapters.wechaty.chat\n"
        "print(sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(ast.literal_eval(done.stdout)) & {"mcp", "mcp_types", "uvicorn", "starlette"}
