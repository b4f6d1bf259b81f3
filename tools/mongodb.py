"""The functions of the tools `mongo_counts`, `mongo_ops` and `mongo_backup`.

A target is `mongodb://user:password@host:port/database` (options as ever: `?authSource=admin`), for a backup with the
folder behind it, after a space: `mongodb://127.0.0.1/shop /var/backups/mongo`.
"""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_MS = 8000
MOST_OPERATIONS = 20
FRESH_S = 120.0


def _name(address: str) -> str:
    name = urlsplit(address).path.strip("/")
    if not name:
        raise ValueError("the address of the target names no database: mongodb://host/DATABASE")
    return name


def _client(address: str) -> Any:
    try:
        from pymongo import MongoClient
    except ImportError:
        raise RuntimeError("MongoDB wants a driver: pip install 'nlops[mongodb]'") from None
    # The address goes before what we choose.
    ours: dict[str, Any] = {"serverSelectionTimeoutMS": TIMEOUT_MS, "timeoutMS": TIMEOUT_MS, "appname": "nlops"}
    given = address.casefold()
    return MongoClient(address, **{key: value for key, value in ours.items() if f"{key.casefold()}=" not in given})


def _why(error: Exception) -> str:
    """What the driver says, in one line; it tells of every server of a topology, which is much."""
    return str(error).partition(", Timeout:")[0].partition(", full error:")[0]


def counts(database: str) -> str:
    """A line for each collection: its documents, as the server estimates them, the largest first."""
    address = database.split(maxsplit=1)[0]
    client = _client(address)
    try:
        shop = client[_name(address)]
        found = {name: shop[name].estimated_document_count() for name in shop.list_collection_names()}
    except client_error() as error:
        raise ConnectionError(_why(error)) from None
    finally:
        client.close()
    rows = sorted(found.items(), key=lambda one: -one[1])
    return "\n".join(f"{count:>12,} {name}" for name, count in rows) or "no collections"


def operations(database: str) -> str:
    """A line for each operation that is active: its seconds, its kind, its collection."""
    client = _client(database.split(maxsplit=1)[0])
    try:
        rows = list(client.admin.aggregate([{"$currentOp": {"allUsers": False}}, {"$match": {"active": True}}]))
    except client_error() as error:
        raise ConnectionError(_why(error)) from None
    finally:
        client.close()
    rows.sort(key=lambda row: -row.get("microsecs_running", 0))
    lines = [
        f"{row.get('microsecs_running', 0) / 1e6:8.1f} s  {row.get('op', '?'):<10} {row.get('ns') or '—'}"
        for row in rows[:MOST_OPERATIONS]
    ]
    return "\n".join(lines) or "nothing is active"


def client_error() -> type[Exception]:
    from pymongo.errors import PyMongoError

    return PyMongoError


def _folder(database: str) -> tuple[str, Path]:
    address, *rest = database.split()
    if len(rest) != 1 or not rest[0].startswith("/"):
        raise ValueError("the target of a backup is an address and a folder: mongodb://host/shop /var/backups/mongo")
    return address, Path(rest[0])


def backup(database: str) -> str:
    """Dump into a new file; the address, which may hold a password, goes into a file that nobody else reads."""
    address, folder = _folder(database)
    program = shutil.which("mongodump")
    if program is None:
        raise RuntimeError("there is no mongodump on this machine: install the MongoDB Database Tools")
    file = folder / f"{_name(address)}-{time.strftime('%Y%m%dT%H%M%S')}.archive.gz"
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as config:  # mode 0600
        config.write(f"uri: {address}\n")
        config.flush()
        words = [program, f"--config={config.name}", f"--archive={file}", "--gzip", "--quiet"]
        done = subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603
    if done.returncode != 0:
        file.unlink(missing_ok=True)
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "mongodump failed")
    return f"{file}, {file.stat().st_size / 1e6:.1f} MB"


def newest_backup(database: str) -> str:
    """The newest file, and whether it is fresh: made just now, and not empty."""
    address, folder = _folder(database)
    files = sorted(folder.glob(f"{_name(address)}-*.archive.gz"), key=lambda one: one.stat().st_mtime)
    if not files:
        return "no backup there"
    found = files[-1].stat()
    state = "fresh" if time.time() - found.st_mtime < FRESH_S and found.st_size > 0 else "old or empty"
    return f"{state}: {files[-1].name}, {found.st_size} bytes"
