"""Definitions on the disk: read only where nobody else can write, linted, put together to a catalogue, and watched."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nlops.domain.errors import NlopsError, ToolError
from nlops.domain.tools import BotName, Catalogue, ToolSpec
from nlops.toolbox.definition import Linted, error_of, lint
from nlops.toolbox.faults import Fault
from nlops.toolbox.names import check_keywords_apart
from nlops.toolbox.targets import check_targets, with_targets
from nlops.toolbox.text import MAX_BYTES, BadText, decode

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def lint_file(file: Path, *, trusted: bool = False) -> Linted:
    """Read and lint one definition. `trusted` is for what nlops brings along: whoever can write there can change nlops
    itself. Everything that is wrong is a fault."""
    faults = [] if trusted else list(faults_of_place(file))
    if any(fault.level == "error" for fault in faults):
        return Linted(None, tuple(faults))
    try:
        text = decode(_read(file))
    except BadText as error:
        return Linted(None, (error.fault,))
    except OSError as error:
        return Linted(None, (Fault((), f"it cannot be read: {error.strerror}", position="$"),))
    linted = lint(text, str(file))
    return Linted(linted.tool, (*faults, *linted.faults))


def load_file(file: Path, *, trusted: bool = False) -> ToolSpec:
    """Read one definition. Raises ToolError, which tells every fault."""
    linted = lint_file(file, trusted=trusted)
    if linted.tool is None:
        raise error_of(linted.faults, str(file))
    return linted.tool


def _read(file: Path) -> bytes:
    # Neither a link nor a pipe: what was looked at is what is read.
    handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as stream:
        return stream.read(MAX_BYTES + 1)


def faults_of_place(file: Path) -> Iterator[Fault]:
    """Who else could write a file or the folder that it lies in."""
    try:
        found, folder = file.lstat(), file.parent.stat()
    except OSError as error:
        yield _place_fault(f"it cannot be read: {error.strerror}", "")
        return
    if stat.S_ISLNK(found.st_mode):
        yield _place_fault("it is a link", "put the file itself here")
    elif not stat.S_ISREG(found.st_mode):
        yield _place_fault("it is no regular file", "put a file here")
    else:
        yield from _faults_of_mode(str(file), found)
    yield from _faults_of_mode(str(file.parent), folder)
    for above in file.absolute().parent.parents:
        mode = above.stat().st_mode
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            yield _place_fault(f"anybody can write the folder {above}", f"chmod o-w {above}")


def _faults_of_mode(name: str, found: os.stat_result) -> Iterator[Fault]:
    if found.st_uid not in (0, os.geteuid()):
        yield _place_fault(f"{name} belongs to user {found.st_uid}", "chown it to root, or to who runs nlops")
    if found.st_mode & _OTHERS_WRITE:
        who = "anybody" if found.st_mode & stat.S_IWOTH else "its group"
        yield _place_fault(f"{who} can write {name} (mode {stat.S_IMODE(found.st_mode):04o})", f"chmod go-w {name}")


def _place_fault(found: str, mend: str) -> Fault:
    return Fault((), found, mend, position="file")


def definitions_in(folder: Path) -> list[Path]:
    """The definitions of a folder, sorted; `*.schema.json` are for editors."""
    return sorted(file for file in folder.glob("*.json") if not file.name.endswith(".schema.json"))


@dataclass(frozen=True)
class Folders:
    """Where definitions lie: what nlops brings along, and the operator's own."""

    shipped: Path
    own: tuple[Path, ...] = ()

    def files(self) -> dict[str, Path]:
        """Each definition by its name. Raises ToolError where two files have the same."""
        files: dict[str, Path] = {}
        for folder in (self.shipped, *self.own):
            for file in definitions_in(folder):
                if file.stem in files:
                    raise ToolError(str(file), "$.name", f"{file.stem!r} is already defined in {files[file.stem]}")
                files[file.stem] = file
        return files

    def is_shipped(self, file: Path) -> bool:
        return file.parent == self.shipped


Targets = Mapping[str, Mapping[str, str]]


def make_catalogue(
    folders: Folders, enable: Iterable[str], bots: Sequence[BotName], targets: Targets | None = None
) -> Catalogue:
    """The tools that are enabled, in that order, each with its `targets`; all of their faults in one error. Raises
    ToolError."""
    targets = targets or {}
    files = folders.files()
    wanted = [files[name] for name in enable if name in files]
    linted = {file: lint_file(file, trusted=folders.is_shipped(file)) for file in wanted}
    faulty = [error_of(one.faults, str(file)) for file, one in linted.items() if one.tool is None]
    tools = [one.tool for one in linted.values() if one.tool is not None]
    faulty += [error_of((fault,), tool.file) for tool, fault in check_keywords_apart(tools)]
    for tool in tools:
        lacking = tuple(check_targets(tool, targets.get(tool.name, {})))
        faulty += [error_of(lacking, tool.file)] if lacking else []
    if faulty:
        more = "".join(f"\n{error}" for error in faulty[1:])
        raise ToolError(faulty[0].file, faulty[0].place, f"{faulty[0].message}{more}")
    return Catalogue(tuple(with_targets(tool, targets.get(tool.name, {})) for tool in tools), tuple(bots))


Stamp = tuple[int, int, int, int, int]  # inode, size, mtime, ctime, mode


Loaded = tuple[Catalogue, Folders]


@dataclass
class CatalogueWatch:
    """Notices that definitions, or the files that name them, have changed: the new catalogue as a whole, or why there
    is none. The old one stays meanwhile.

    `load` reads everything anew; `files` are watched beside the definitions. `look` is for a tick of seconds: it reads
    names and times only. What is found changed is read at the next look, if it is at rest by then: whoever saves a file
    may need a moment for it.
    """

    load: Callable[[], Loaded]
    folders: Folders
    current: Catalogue
    files: tuple[Path, ...] = ()
    _seen: Mapping[Path, Stamp] = field(default_factory=dict, init=False)
    _moving: Mapping[Path, Stamp] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._seen = self._stamps()

    def look(self) -> Catalogue | str | None:
        """What became of a change: the catalogue, or its faults (once). None where all is as it was, or at work."""
        stamps = self._stamps()
        if stamps == self._seen:
            self._moving = None
            return None
        if stamps != self._moving:
            self._moving = stamps
            return None
        self._seen, self._moving = stamps, None
        try:
            found, self.folders = self.load()
        except (NlopsError, OSError) as error:
            return str(error)
        self._seen = self._stamps()
        if found == self.current:  # touched, or something that is not enabled
            return None
        self.current = found
        return found

    def _stamps(self) -> dict[Path, Stamp]:
        stamps = {}
        for path in (*self.files, *self._definitions()):
            try:
                at = path.lstat()
            except OSError:
                continue
            stamps[path] = (at.st_ino, at.st_size, at.st_mtime_ns, at.st_ctime_ns, at.st_mode)
        return stamps

    def _definitions(self) -> Iterator[Path]:
        for folder in (self.folders.shipped, *self.folders.own):
            yield folder
            yield from definitions_in(folder)
