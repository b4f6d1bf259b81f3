"""Where events cannot be relied on: the file system of a folder tells."""

import os
from pathlib import Path

# What another machine, or a layer below, writes there raises no event here (inotify(7), "Limitations").
UNWATCHED_FILE_SYSTEMS = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "overlay", "vboxsf")


def file_system_of(folder: str, mountinfo: str) -> str:
    """The type of the file system of `folder` (a real path); `mountinfo` is /proc/self/mountinfo as in proc(5)."""
    best, kind = "", ""
    for line in mountinfo.splitlines():
        left, _, right = line.partition(" - ")
        fields = left.split(" ")
        if len(fields) < 5 or not right:
            continue
        point = _unescaped(fields[4])
        inside = folder == point or folder.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):  # a later mount on the same point hides the earlier
            best, kind = point, right.split(" ", 1)[0]
    return kind


def _unescaped(text: str) -> str:
    for code, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, char)
    return text


def why_polled(folder: str) -> str | None:
    """Why events in `folder` cannot be relied on, for people; None where they can."""
    try:
        mountinfo = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "no /proc/self/mountinfo to tell the file system"
    kind = file_system_of(os.path.realpath(folder), mountinfo)
    if kind.startswith("fuse") or kind in UNWATCHED_FILE_SYSTEMS:
        return f"a file system of type {kind} does not report every change"
    return None


def nearest_folder(folder: str) -> str:
    """`folder`, or its nearest parent that exists."""
    while not os.path.isdir(folder) and folder != os.path.dirname(folder):  # noqa: PTH112, PTH120 - hot, and plain names
        folder = os.path.dirname(folder)  # noqa: PTH120
    return folder
