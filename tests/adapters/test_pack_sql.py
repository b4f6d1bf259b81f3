"""`sql_query` over a real PostgreSQL and real SQLite files: it reads, and no text makes it do anything else."""

# ruff: noqa: E501, ASYNC240, S608  tables; nothing else waits here

import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from nlops.adapters.runner import ToolRunner
from nlops.cli.definitions import load_tool
from nlops.cli.resources import data_path
from nlops.domain.tools import Catalogue, ToolCall, ToolResult
from nlops.toolbox.targets import with_targets
from tests.support import make_config


async def ask(target: str, query: str) -> ToolResult:
    tool = with_targets(load_tool(data_path("tools") / "sql_query.json"), {"shop": target})
    call = ToolCall("sql_query", {"database": "shop", "query": query})
    return await ToolRunner(make_config(), Catalogue((tool,)), {}).run(call, {}, "en")


def at(port: int, role: str = "writer") -> str:
    return f"postgresql://{role}:swordfish9@127.0.0.1:{port}/postgres"


def content(port: int) -> str:
    """The table, its privileges aside, as its owner sees it."""
    others = (
        "(SELECT last_value FROM numbers)",
        *(f"(SELECT count(*) FROM {t})" for t in ("pg_class", "pg_largeobject_metadata")),
    )
    sql = f"SELECT count(*), {', '.join(others)} FROM orders"
    words = ["psql", "-XAt", "-h", "127.0.0.1", "-p", str(port), "-U", "owner", "-d", "postgres", "-c", sql]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


async def test_postgresql_reads(postgres: int) -> None:
    """Rows in columns; a semicolon at the end and a comment are no harm; NULL has a sign of its own."""
    result = await ask(at(postgres, "reader"), "select state, count(*) from orders group by state order by 1;")
    assert result.ok and result.text == "state | count\nopen  | 2\npaid  | 2\n(2 rows)"
    result = await ask(at(postgres), "select NULL as x, 'a' || chr(10) || 'b' as y -- that is all")
    assert result.text == "x | y\n∅ | a b\n(1 row)"
    assert "(more than 200 rows)" in "".join((await ask(at(postgres), "select * from generate_series(1, 999)")).rest)


@pytest.mark.parametrize(
    "query",
    ["DELETE FROM orders", "INSERT INTO orders VALUES ('x', now())", "DROP TABLE orders", "CREATE TABLE t (a int)",
     "WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone", "SELECT 1; DELETE FROM orders", "SELECT 1; COMMIT; DELETE FROM orders",
     "COPY orders TO PROGRAM 'touch /tmp/nlops-was-here'", "COPY (SELECT 1) TO STDOUT", "DO $$ BEGIN DELETE FROM orders; END $$",
     "SET TRANSACTION READ WRITE", "SET statement_timeout = 0", "COMMIT", "ROLLBACK", "VACUUM", "CALL x()", "LISTEN x", "PREPARE p AS SELECT 1",
     "SELECT nextval('numbers')", "SELECT setval('numbers', 99)", "SELECT * FROM orders FOR UPDATE",
     "SELECT set_config('transaction_read_only', 'off', false)", "SELECT * INTO t FROM orders", "TRUNCATE orders",
     "SELECT pg_read_file('/etc/passwd')", "SELECT 1) ; DELETE FROM orders; --", "\\! touch /tmp/nlops-was-here", "EXPLAIN ANALYZE DELETE FROM orders",
     "SELECT $1", "", " ", "/* ; */", "SELECT 'a"],
)  # fmt: skip
async def test_postgresql_does_nothing_else(postgres: int, query: str) -> None:
    """By a role that may write: refused, and everything is as it was."""
    before = content(postgres)
    result = await ask(at(postgres), query)
    assert not result.ok and content(postgres) == before and not Path("/tmp/nlops-was-here").exists()  # noqa: S108
    assert "swordfish9" not in result.text and "Traceback" not in result.text


async def test_postgresql_undoes_what_it_lets_through(postgres: int) -> None:
    """PostgreSQL 15 makes a large object in a read-only transaction; it is gone with the transaction."""
    before = content(postgres)
    await ask(at(postgres), "SELECT lo_create(7)")
    assert content(postgres) == before


@pytest.mark.parametrize(("role", "named"), [("owner", "superuser"), ("files", "pg_read_server_files")])
async def test_mighty_roles_are_refused(postgres: int, role: str, named: str) -> None:
    """A role by which a SELECT reaches files and programs of the server is not used at all."""
    result = await ask(at(postgres, role), "SELECT 1")
    assert not result.ok and named in result.text


async def test_postgresql_has_a_deadline(postgres: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A query that takes long ends at the server, also where it tries to lift the deadline first."""
    start = time.monotonic()
    result = await ask(at(postgres), "SELECT set_config('statement_timeout', '0', false), pg_sleep(60)")
    assert not result.ok and "statement timeout" in result.text and time.monotonic() - start < 15


async def test_postgresql_that_is_not_there() -> None:
    """In words, without the password."""
    result = await ask(at(1), "SELECT 1")
    assert not result.ok and "Connection" in result.text and "swordfish9" not in result.text


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    file = tmp_path / "shop.db"
    with sqlite3.connect(file) as line:
        line.execute("CREATE TABLE orders (state TEXT, price REAL)")
        line.execute("CREATE INDEX by_state ON orders (state)")
        line.executemany("INSERT INTO orders VALUES (?, ?)", [("paid", 3.5), ("open", None)])
    line.close()
    return file


async def test_sqlite_reads(shop: Path) -> None:
    """Rows, the schema, functions, a recursive query."""
    target = f"sqlite://{shop}"
    result = await ask(target, "select state, price from orders order by state")
    assert result.ok and result.text == "state | price\nopen  | ∅\npaid  | 3.5\n(2 rows)"
    assert "CREATE TABLE" in (await ask(target, "select sql from sqlite_master")).text
    counted = "with recursive c(x) as (select 1 union all select x+1 from c where x < 5) select max(x) m from c"
    assert (await ask(target, counted)).text == "m\n5\n(1 row)"


@pytest.mark.parametrize(
    "query",
    ["DELETE FROM orders", "INSERT INTO orders VALUES ('x', 1)", "DROP TABLE orders", "CREATE TABLE t (a)", "CREATE TEMP TABLE t (a)",
     "SELECT 1; DELETE FROM orders", "ATTACH '/tmp/nlops-other.db' AS o", "PRAGMA journal_mode = DELETE", "PRAGMA query_only = OFF", "VACUUM",
     "VACUUM INTO '/tmp/nlops-other.db'", "SELECT load_extension('/tmp/x.so')", "BEGIN", "REINDEX", "ANALYZE", "WITH x AS (SELECT 1) DELETE FROM orders",
     "SELECT * FROM pragma_table_info('orders')", "SELECT zeroblob(100000000)", "SELECT nope", "", "SELECT 'a"],
)  # fmt: skip
async def test_sqlite_does_nothing_else(shop: Path, query: str) -> None:
    """Refused, and the file is the same to the byte."""
    before = shop.read_bytes()
    result = await ask(f"sqlite://{shop}", query)
    assert not result.ok and shop.read_bytes() == before
    assert not Path("/tmp/nlops-other.db").exists() and "Traceback" not in result.text  # noqa: S108


async def test_sqlite_has_a_deadline(shop: Path) -> None:
    """A query without an end is ended."""
    endless = "with recursive c(x) as (select 1 union all select x+1 from c) select count(*) from c"
    result = await ask(f"sqlite://{shop}", endless)
    assert not result.ok and "statement timeout" in result.text


async def test_other_targets(tmp_path: Path) -> None:
    """A file that is not there is not made; other kinds of addresses are refused."""
    result = await ask(f"sqlite://{tmp_path}/none.db", "select 1")
    assert not result.ok and "there is no file" in result.text and not list(tmp_path.iterdir())
    assert "a database is" in (await ask("mysql://x/y", "select 1")).text


async def test_a_target_by_reference(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address may be a secret: it is read when the tool runs, and not said."""
    monkeypatch.setenv("SHOP_DB_OF_TESTS", f"sqlite://{shop}")
    assert (await ask("env:SHOP_DB_OF_TESTS", "select count(*) n from orders")).text == "n\n2\n(1 row)"
    missing = await ask("env:NO_SUCH_DB", "select 1")
    assert not missing.ok and "NO_SUCH_DB" in missing.text
