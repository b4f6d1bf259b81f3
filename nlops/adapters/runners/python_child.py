"""The child of the Python runner: one call, JSON in on standard input, what is returned out on standard output.

It runs alone (`python -I`), imports nothing of nlops, and keeps standard output to itself: what the function prints
goes nowhere, so that it can't be taken for its result.
"""

import importlib
import importlib.util
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any


def load(folder: str, name: str) -> Any:
    """The module: the file beside the definition where there is one, else an installed one."""
    file = Path(folder, *name.split(".")).with_suffix(".py")
    sys.path.append(folder)  # last: what lies there cannot stand in for an installed module
    if not file.is_file():
        return importlib.import_module(name)
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def as_bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if value is None:
        return b""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2, default=str)
    return text.encode("utf-8", "replace")


def main() -> int:
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    order = json.load(sys.stdin)
    try:
        function = getattr(load(order["folder"], order["module"]), order["function"])
        answer, code = as_bytes(function(**order["arguments"])), 0
    except BaseException as error:  # SystemExit too: what it says is a failure that is told
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}, line {last.lineno}"
        answer, code = f"{type(error).__name__}: {error} ({where})".encode("utf-8", "replace"), 1
    out.write(answer)
    out.close()
    return code


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # a thread that was left behind does not hold the answer up
