"""The function of the tool `backup_age`: what it returns is shown."""

import datetime
from pathlib import Path

FOLDERS = {"database": Path("/var/backups/database"), "uploads": Path("/var/backups/uploads")}


def newest(kind: str) -> str:
    """The newest file of a folder: its name, size and age."""
    files = [file for file in FOLDERS[kind].iterdir() if file.is_file()]
    if not files:
        return f"there is no backup in {FOLDERS[kind]}"
    file = max(files, key=lambda one: one.stat().st_mtime)
    age = datetime.datetime.now() - datetime.datetime.fromtimestamp(file.stat().st_mtime)
    return f"{file.name}: {file.stat().st_size / 1e6:.1f} MB, {age.total_seconds() / 3600:.1f} hours old"
