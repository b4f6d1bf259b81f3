"""The supported Pythons that this machine has, each with what the chat link needs in an environment made once."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from nlops.cli.resources import cache_dir

ROOT = Path(__file__).resolve().parents[3]
# What nlops.adapters.wechaty imports; the versions, and what comes along, are in requirements.lock.
NEEDED = ("wechaty", "wechaty-puppet", "wechaty-puppet-service", "wechaty-grpc", "betterproto", "grpclib", "pillow")


def supported() -> list[str]:
    """The minor versions that pyproject.toml names: `3.11` and so on."""
    classifiers = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["classifiers"]
    found = (re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", text) for text in classifiers)
    return [match[1] for match in found if match]


@cache
def find_python(version: str) -> Path | None:
    """A Python of this minor version: the running one, one on the PATH, or one of pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    on_path = shutil.which(f"python{version}")
    candidates = [Path(sys.executable), *([Path(on_path)] if on_path else []), *pyenv.glob(f"{version}*/bin/python")]
    return next((path for path in candidates if _version_of(path) == version), None)


def _version_of(python: Path) -> str:
    """Empty for what does not run, such as a shim of pyenv's for a version that is switched off."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def with_wechaty(version: str, python: Path) -> Path:
    """The Python of a virtual environment that holds the locked packages that the chat link imports, and no others.

    Made once for each version and lock (less than a minute); concurrent test runs wait for each other."""
    pins = _pins(version)
    base = cache_dir() / "tests"
    base.mkdir(parents=True, exist_ok=True)
    folder = base / f"python{version}-{hashlib.sha256(pins.encode()).hexdigest()[:16]}"
    with (base / f"python{version}.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _run([str(python), "-m", "venv", str(folder)])
            (folder / "pins.txt").write_text(pins)
            pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            _run([*pip, "--no-deps", "--require-hashes", "-r", str(folder / "pins.txt")])
            (folder / "done").touch()
    return folder / "bin" / "python"


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{' '.join(command[:4])} … failed:\n{done.stderr[-3000:]}"


def _pins(version: str) -> str:
    """The lock's entries, hashes and all, of what is needed on this version."""
    names = {canonicalize_name(name) for needed in NEEDED for name in _with_dependencies(needed, frozenset(), version)}
    entries = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text())
    return "\n".join(entry for entry in entries if canonicalize_name(re.split(r"[=\[; ]", entry)[0]) in names)


def _with_dependencies(name: str, extras: frozenset[str], version: str, seen: set[str] | None = None) -> Iterator[str]:
    seen = set() if seen is None else seen
    if (key := f"{canonicalize_name(name)}{sorted(extras)}") in seen:
        return
    seen.add(key)
    yield name
    for text in requires(name) or ():
        wanted = Requirement(text)
        world = {"python_version": version, "python_full_version": f"{version}.0"}
        if wanted.marker is None or any(wanted.marker.evaluate({**world, "extra": extra}) for extra in ("", *extras)):
            yield from _with_dependencies(wanted.name, frozenset(wanted.extras), version, seen)
