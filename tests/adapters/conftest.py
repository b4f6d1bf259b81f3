"""Servers that several test modules of this folder ask."""

# ruff: noqa: E501  lines of other programs

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.servers import answers, free_port, program, wait_until


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A PostgreSQL of its own on loopback; as root it runs as nobody, because it refuses root."""
    folders = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    initdb = program("initdb", "postgresql", *folders, "/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/17/bin")
    binaries, port = Path(initdb).parent, free_port()
    place = Path("/tmp") / f"nlops-pg-{os.getpid()}"  # noqa: S108  pytest's own folder is closed to nobody
    place.mkdir(mode=0o700)
    who = {"user": "nobody"} if os.geteuid() == 0 else {}
    if who:
        shutil.chown(place, "nobody")
    data = ["-D", str(place / "data")]
    subprocess.run([initdb, *data, "-U", "owner", "-A", "trust"], check=True, capture_output=True, cwd="/", **who)  # type: ignore[call-overload]
    process = subprocess.Popen([str(binaries / "postgres"), *data, "-p", str(port), "-h", "127.0.0.1", "-k", str(place)],
                               stderr=subprocess.DEVNULL, cwd="/", **who)  # type: ignore[call-overload]  # fmt: skip
    try:
        wait_until(lambda: answers(port))
        sql = ("CREATE TABLE orders (state text, made_at timestamptz); INSERT INTO orders VALUES ('paid', now()), ('paid', now()),"
               "('open', now() - interval '5 hours'), ('open', now() - interval '50 hours'); CREATE SEQUENCE numbers;"
               "CREATE ROLE reader LOGIN; GRANT SELECT ON orders TO reader; GRANT ALL ON SEQUENCE numbers TO reader;"
               "CREATE ROLE writer LOGIN; GRANT ALL ON orders TO writer; CREATE ROLE files LOGIN;"
               "GRANT pg_read_server_files TO files")  # fmt: skip
        psql = ["psql", "-X", "-h", "127.0.0.1", "-p", str(port), "-U", "owner", "-d", "postgres"]
        wait_until(lambda: subprocess.run([*psql, "-c", "select 1"], capture_output=True).returncode == 0)
        subprocess.run([*psql, "-c", sql], check=True, capture_output=True)
        yield port
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(place)
