"""The function of the tool `sql_query`: one SELECT, on SQLite or PostgreSQL, that can change nothing.

What keeps it so, beside the rights of the role:

* PostgreSQL: a transaction that is read-only; the query becomes the body of a cursor, which takes a SELECT or VALUES
  and nothing else (no COPY, DO, CALL, SET, no WITH that writes), in the extended protocol, which takes one statement; a
  role that could reach files or programs of the server is refused; a statement timeout; rolled back in the end.
* SQLite: the file is opened read-only; an authorizer lets reading through and nothing else (no ATTACH, no PRAGMA, no
  extensions); one statement; a deadline; a limit for the length of a value.

What is left is what the role may call by a function that acts outside of the transaction (dblink, if it is installed).
"""

import sqlite3
import ssl
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

TIMEOUT_S = 5.0
MOST_ROWS = 200
MOST_CHARS = 200  # of one value
MOST_BYTES = 10_000_000  # of one value while it is made
_READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
_FUNCTION = sqlite3.SQLITE_FUNCTION
_REFUSED_FUNCTIONS = {"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"}
# Roles of PostgreSQL (11 and later) by which a SELECT reaches the server's files and programs.
_DANGEROUS_ROLES = ("pg_read_server_files", "pg_write_server_files", "pg_execute_server_program")


def run(database: str, query: str) -> str:
    """The rows as a table. `database` is `sqlite:///absolute/path` or `postgresql://user:password@host:port/name`."""
    scheme = urlsplit(database).scheme
    if scheme == "sqlite":
        return _sqlite(database, query)
    if scheme in ("postgresql", "postgres"):
        return _postgresql(database, query)
    raise ValueError("a database is sqlite:///absolute/path or postgresql://user:password@host/name")


def _sqlite(database: str, query: str) -> str:
    path = Path(unquote(urlsplit(database).path))
    if not path.is_file():
        raise ValueError(f"there is no file {path}")
    line = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=2.0)
    try:
        line.execute("PRAGMA query_only = ON")
        line.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BYTES)
        line.set_authorizer(_authorize)
        deadline = time.monotonic() + TIMEOUT_S
        line.set_progress_handler(lambda: time.monotonic() > deadline, 10_000)
        cursor = line.execute(query)
        rows = cursor.fetchmany(MOST_ROWS + 1)
    except sqlite3.Error as error:
        if "interrupted" in str(error):
            raise TimeoutError(f"statement timeout: {TIMEOUT_S:g} s") from None
        if "not authorized" in str(error):
            raise PermissionError(f"only reading is allowed ({error})") from None
        raise
    else:
        if cursor.description is None:
            raise ValueError("a SELECT is wanted")
        return table([column[0] for column in cursor.description], rows)
    finally:
        line.close()


def _authorize(action: int, _one: str | None, two: str | None, *_: object) -> int:
    reads = action in _READS or (action == _FUNCTION and str(two).casefold() not in _REFUSED_FUNCTIONS)
    return sqlite3.SQLITE_OK if reads else sqlite3.SQLITE_DENY


def _postgresql(database: str, query: str) -> str:
    try:
        from pg8000.core import CoreConnection
        from pg8000.exceptions import DatabaseError, InterfaceError
    except ImportError:
        raise RuntimeError("PostgreSQL wants a driver: pip install 'nlops[postgresql]'") from None
    try:
        line = CoreConnection(**_place(database))
    except InterfaceError as error:
        raise ConnectionError(str(error)) from None
    try:
        # Not `run`: without parameters that takes several statements at once. This takes one (the extended protocol).
        ask = line.execute_unnamed
        ask("START TRANSACTION READ ONLY")
        ask(f"SET LOCAL statement_timeout = {int(TIMEOUT_S * 1000)}")
        _refuse_mighty_roles(ask("SELECT current_setting('is_superuser') = 'on'").rows, "a superuser")
        roles = ", ".join(f"'{role}'" for role in _DANGEROUS_ROLES)
        held = ask(f"SELECT bool_or(pg_has_role(oid, 'MEMBER')) FROM pg_roles WHERE rolname IN ({roles})")  # noqa: S608
        _refuse_mighty_roles(held.rows, f"one of {', '.join(_DANGEROUS_ROLES)}")
        ask(f"DECLARE nlops_rows NO SCROLL CURSOR FOR {query}")
        answer = ask(f"FETCH FORWARD {MOST_ROWS + 1} FROM nlops_rows")
        return table([str(column["name"]) for column in answer.columns or ()], answer.rows or ())
    except DatabaseError as error:
        told = error.args[0] if error.args else ""
        raise RuntimeError(told.get("M", "it failed") if isinstance(told, dict) else str(told)) from None
    finally:
        line.close()  # what was begun is rolled back


def _refuse_mighty_roles(rows: Sequence[Sequence[object]] | None, what: str) -> None:
    if rows and rows[0][0]:
        raise PermissionError(
            f"this role is {what}: a query could do more than read; give nlops a role that only reads"
        )


def _place(database: str) -> dict[str, object]:
    """Where and as whom, for the driver."""
    url = urlsplit(database)
    options = {key: values[-1] for key, values in parse_qs(url.query).items()}
    place: dict[str, object] = {
        "user": unquote(url.username or "nlops"),
        "password": unquote(url.password) if url.password else None,
        "host": url.hostname or "127.0.0.1",
        "port": url.port or 5432,
        "database": unquote(url.path.strip("/")) or None,
        "timeout": TIMEOUT_S + 5,
        "application_name": "nlops",
    }
    if options.get("sslmode") == "verify-full":
        place["ssl_context"] = ssl.create_default_context()
    elif options.get("sslmode") == "disable":
        place["ssl_context"] = False
    if "host" in options:  # the folder of a socket, as libpq has it
        place["unix_sock"] = f"{options['host']}/.s.PGSQL.{url.port or 5432}"
    return place


def table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows in columns as wide as what stands in them, and how many there are."""
    shown = [list(map(_show, row)) for row in rows]
    cut, shown = len(shown) > MOST_ROWS, shown[:MOST_ROWS]
    widths = [max(len(cell) for cell in column) for column in zip(names, *shown, strict=True)]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (names, *shown)]
    count = f"({'more than ' if cut else ''}{len(shown)} row{'' if len(shown) == 1 else 's'})"
    return "\n".join([*(line.rstrip() for line in lines), count])


def _show(value: object) -> str:
    text = "∅" if value is None else " ".join(str(value).split("\n"))
    return text if len(text) <= MOST_CHARS else f"{text[: MOST_CHARS - 1]}…"
