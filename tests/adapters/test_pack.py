"""The shipped pack and the examples against the real programs, in private instances on loopback."""

# ruff: noqa: E501, ASYNC220, ASYNC221  lines of other programs, and nothing else waits here

import datetime
import ipaddress
import os
import shutil
import socket
import ssl
import subprocess
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from nlops.adapters.runner import ToolRunner
from nlops.cli.definitions import check_file, load_tool
from nlops.cli.resources import data_path
from nlops.domain.tools import ArgvRun, Catalogue, PythonRun, ToolCall, ToolResult, ToolSpec
from nlops.domain.words import language_of
from nlops.toolbox.schema import DEFINITION_SCHEMA
from nlops.toolbox.targets import with_targets
from tests.adapters.servers import answers, free_port, program, wait_until
from tests.adapters.test_pm2 import pm2_home
from tests.support import make_config

__all__ = ["pm2_home"]

SHIPPED = sorted(data_path("tools").glob("*.json"))
EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples" / "tools"


async def run(tool: ToolSpec, **arguments: object) -> ToolResult:
    return await ToolRunner(make_config(), Catalogue((tool,)), {}).run(ToolCall(tool.name, arguments), {}, "en")


def shipped(name: str) -> ToolSpec:
    return load_tool(data_path("tools") / f"{name}.json")


@pytest.mark.parametrize("file", [*SHIPPED, *sorted(EXAMPLES.glob("*[!a].json"))], ids=lambda file: file.stem)
def test_every_definition_is_whole(file: Path) -> None:
    """Nothing that the linter would remark but a program or folder that this machine lacks; two examples a language."""
    linted = check_file(file)
    remarks = [fault for fault in linted.faults if fault.path not in (("run", "argv", 0), ("run", "cwd"))]
    tool = load_tool(file)
    assert not remarks
    languages = [language_of(example.text) for example in tool.examples]
    assert languages.count("en") >= 2 and languages.count("zh") >= 2


def test_the_examples_have_the_schema_beside_them() -> None:
    """The one that the linter uses, so that an editor says the same."""
    import json

    assert json.loads((EXAMPLES / "tool.schema.json").read_text()) == DEFINITION_SCHEMA
    kinds = {type(load_tool(file).run).__name__ for file in EXAMPLES.glob("*[!a].json")}
    assert kinds == {"ArgvRun", "HttpRun", "PythonRun"}


def test_no_two_shipped_tools_share_a_keyword() -> None:
    """All of them can be enabled together."""
    words = [word for file in SHIPPED for word in load_tool(file).keywords]
    assert len(words) == len(set(words))


async def test_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes, disk, memory, load, ports: the real programs, and something that must be in what they say."""
    program("ps", "procps")
    program("ss", "iproute2")
    for order in ("pcpu", "rss", "etimes"):
        listed = await run(shipped("processes"), by=order)
        assert listed.ok and "COMMAND" in listed.text and len(listed.text.splitlines()) <= 15
    assert "Filesystem" in (await run(shipped("disk"))).text
    assert "Mem:" in (await run(shipped("memory"))).text
    assert "load average" in (await run(shipped("load"))).text
    with socket.create_server(("127.0.0.1", 0)) as listening:
        result = await run(shipped("ports"))
        assert f"127.0.0.1:{listening.getsockname()[1]}" in "\n".join([result.text, *result.rest])


def make_certificate(folder: Path, days: int) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days, hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "both.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + made.public_bytes(pem))
    return file


async def test_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The days of one that is trusted; one that is not is said to be so; nobody there is a failure."""
    file = make_certificate(tmp_path, 30)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for _ in range(2):
                line, _ = listening.accept()
                try:
                    context.wrap_socket(line, server_side=True).close()
                except OSError:  # the other side does not trust us
                    line.close()

        serving = threading.Thread(target=serve)
        serving.start()
        port = listening.getsockname()[1]
        untrusted = await run(shipped("certificate"), host="localhost", port=port)
        tool = shipped("certificate")
        assert isinstance(tool.run, PythonRun)
        trusting = replace(tool, run=replace(tool.run, env=(("SSL_CERT_FILE", str(file)),)))
        trusted = await run(trusting, host="localhost", port=port)
        serving.join(20)
    assert untrusted.ok and "not trusted" in untrusted.text
    assert trusted.ok and "30 days left" in trusted.text
    assert not (await run(shipped("certificate"), host="localhost", port=free_port())).ok


async def test_redis(tmp_path: Path) -> None:
    """A real Redis on a port of its own."""
    server = program("redis-server", "redis-server")
    program("redis-cli", "redis-tools")
    port = free_port()
    process = subprocess.Popen([server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)],
                               stdout=subprocess.DEVNULL)  # fmt: skip
    try:
        wait_until(lambda: answers(port))
        assert "used_memory" in (await run(shipped("redis_info"), port=port)).text
        assert "connected_clients" in (await run(shipped("redis_info"), section="clients", port=port)).text
    finally:
        process.terminate()
        process.wait(20)


async def test_nginx(tmp_path: Path) -> None:
    """A real nginx: its configuration is tested, a broken one is said; a reload brings the new one."""
    nginx = program("nginx", "nginx-light")
    port, config = free_port(), tmp_path / "nginx.conf"

    def write(answer: str) -> None:
        temp = "".join(
            f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        config.write_text(
            f"daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}} http {{ access_log off; {temp}"
            f"server {{ listen 127.0.0.1:{port}; return 200 {answer}; }} }}"
        )

    def own(name: str) -> ToolSpec:
        """The shipped definition over this configuration."""
        tool = shipped(name)
        assert isinstance(tool.run, ArgvRun)
        return replace(tool, run=ArgvRun((nginx, *tool.run.argv[1:], "-p", str(tmp_path), "-c", str(config))))

    def body() -> bytes:
        with socket.create_connection(("127.0.0.1", port), 5) as line:
            line.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return b"".join(iter(lambda: line.recv(4096), b"")).rpartition(b"\r\n\r\n")[2]

    write("one")
    tested = await run(own("nginx_test"))
    assert tested.ok and "successful" in tested.text
    process = subprocess.Popen([nginx, "-p", str(tmp_path), "-c", str(config)])
    try:
        wait_until(lambda: answers(port))
        write("two")
        reloaded = await run(own("nginx_reload"))
        assert reloaded.ok and "the youngest is fresh" in reloaded.text
        wait_until(lambda: body() == b"two")
        config.write_text("events { nonsense; }")
        broken = await run(own("nginx_test"))
        assert not broken.ok and "nonsense" in broken.text
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.usefixtures("pm2_home")
async def test_pm2_flush() -> None:
    """The real pm2 empties the logs of one process; a name that would be a flag, or all, is another matter."""
    log = Path(os.environ["PM2_HOME"]) / "logs" / "bob-out.log"
    log.write_text("old\n")
    flushed = await run(shipped("pm2_flush"), app="bob")
    assert flushed.ok and "Checked afterwards: emptied" in flushed.text and log.read_text() == ""
    assert not (await run(shipped("pm2_flush"), app="--all")).ok


@pytest.mark.usefixtures("pm2_home")
async def test_pm2_scale(tmp_path: Path) -> None:
    """The real pm2 runs as many instances as it is told."""
    script = tmp_path / "idle.js"
    script.write_text("setInterval(() => {}, 1000)\n")
    subprocess.run(
        ["pm2", "start", str(script), "--name", "idle", "-i", "1"], check=True, capture_output=True, timeout=60
    )
    result = await run(shipped("pm2_scale"), app="idle", count=2)
    assert result.ok and "Checked afterwards: 2 online" in result.text, result.text
    listed = subprocess.run(["pm2", "pid", "idle"], capture_output=True, text=True, check=True).stdout.split()
    assert len(listed) == 2


async def test_sql(postgres: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example over a real PostgreSQL: the operator's question, read-only, with a time of its own."""
    monkeypatch.setenv("SHOP_DB_PASSWORD", "swordfish9")
    tool = load_tool(EXAMPLES / "orders.json")
    assert isinstance(tool.run, ArgvRun)
    here = {"PGDATABASE": "postgres", "PGUSER": "owner", "PGPORT": str(postgres)}
    own = replace(tool.run, env=tuple({**dict(tool.run.env), **here}.items()))
    result = await run(replace(tool, run=own), hours=6)
    assert (result.ok, result.text) == (True, "state,count\nopen,1\npaid,2")
    for sql, named in (("DELETE FROM orders", "read-only"), ("SELECT pg_sleep(60)", "statement timeout")):
        argv = (*own.argv[:-1], sql)
        refused = await run(replace(tool, run=replace(own, argv=argv)), hours=6)
        assert not refused.ok and named in refused.text


async def over(name: str, target: str, **arguments: object) -> ToolResult:
    """A shipped tool over one target, called `shop`."""
    tool = with_targets(shipped(name), {"shop": target})
    (argument,) = (key for key, schema in tool.properties.items() if schema.get("format") == "target")
    return await run(tool, **{argument: "shop", **arguments})


async def test_http_health() -> None:
    """A site that answers, one that says it is not well, one that leads elsewhere, one that is not there: each told in a
    line, and none of them a failure of the look."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            codes = {"/": 200, "/down": 503, "/away": 302, "/here": 301}
            self.send_response(codes[self.path])
            if self.path in ("/away", "/here"):
                self.send_header("Location", "http://localhost.example/" if self.path == "/away" else "/")
            self.end_headers()
            self.wfile.write(b"well")

        def log_message(self, *_: object) -> None:
            """Silence."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever).start()
        site = f"http://127.0.0.1:{server.server_port}"
        said = {path: (await over("http_health", site + path)).text for path in ("/", "/down", "/away", "/here")}
        server.shutdown()
    assert said["/"].startswith("✓ 200 OK, ") and said["/here"].startswith("✓ 200 OK")
    assert said["/down"].startswith("✗ 503 Service Unavailable") and said["/away"].startswith("✗ 302")
    gone = await over("http_health", f"http://127.0.0.1:{free_port()}/")
    assert gone.ok and gone.text.startswith("✗ ") and "refused" in gone.text
    assert not (await over("http_health", "file:///etc/passwd")).ok


async def test_git_revision(tmp_path: Path) -> None:
    """A real repository; a folder that is none."""
    program("git", "git")
    git = ["git", "-C", str(tmp_path), "-c", "user.name=Wei", "-c", "user.email=wei@example.com"]
    subprocess.run(["git", "init", "-q", "-b", "main", str(tmp_path)], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "the last one"], check=True)
    result = await over("git_revision", str(tmp_path))
    assert result.ok and "Wei: the last one (HEAD -> main)" in result.text
    assert not (await over("git_revision", "/var")).ok


@pytest.mark.parametrize("name", ["mongo_counts", "mongo_ops", "mongo_backup"])
async def test_mongodb_that_is_not_there(name: str, tmp_path: Path) -> None:
    """No server, or no mongodump: plain words within seconds, without the password."""
    result = await over(
        name, f"mongodb://nlops:swordfish9@127.0.0.1:{free_port()}/shop?serverSelectionTimeoutMS=500 {tmp_path}"
    )
    assert not result.ok and "swordfish9" not in result.text and "Traceback" not in result.text
    assert any(word in result.text for word in ("refused", "no mongodump", "mongodump")), result.text


async def test_mongodb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The real server, where there is one: it is no package of Debian's. Else this says loudly that it was not asked."""
    server = shutil.which("mongod")
    if server is None:
        with capsys.disabled():
            print("\nNOT RUN: the MongoDB tools against a real server: there is no mongod on this machine, and none in "
                  "Debian; install MongoDB Community Server and the Database Tools to run this test")  # fmt: skip
        assert not (await over("mongo_backup", "mongodb://127.0.0.1/shop")).ok
        return
    from pymongo import MongoClient

    port = free_port()
    words = [server, "--port", str(port), "--bind_ip", "127.0.0.1", "--dbpath", str(tmp_path)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: answers(port))
        with MongoClient[dict[str, int]]("127.0.0.1", port) as client:
            client.shop.orders.insert_many([{"n": n} for n in range(3)])
        target = f"mongodb://127.0.0.1:{port}/shop"
        assert "3 orders" in (await over("mongo_counts", target)).text
        assert (await over("mongo_ops", target)).ok
        (tmp_path / "backups").mkdir()
        if shutil.which("mongodump"):
            assert "fresh" in (await over("mongo_backup", f"{target} {tmp_path / 'backups'}")).text
    finally:
        process.terminate()
        process.wait(30)


async def test_git_and_backups(tmp_path: Path) -> None:
    """The examples over a real repository and real files."""
    git = ["git", "-C", str(tmp_path), "-c", "user.name=Wei", "-c", "user.email=wei@example.com"]
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "the last one"], check=True)
    tool = load_tool(EXAMPLES / "deployed.json")
    assert isinstance(tool.run, ArgvRun)
    assert "Wei: the last one" in (await run(replace(tool, run=replace(tool.run, cwd=str(tmp_path))))).text
    source = (EXAMPLES / "backups.py").read_text().replace("/var/backups", str(tmp_path))
    (tmp_path / "backups.py").write_text(source)
    (tmp_path / "database").mkdir()
    backup = replace(load_tool(EXAMPLES / "backup_age.json"), file=str(tmp_path / "backup_age.json"))
    assert "no backup" in (await run(backup, kind="database")).text
    (tmp_path / "database" / "new.dump").write_bytes(b"x" * 2_000_000)
    assert (await run(backup, kind="database")).text == "new.dump: 2.0 MB, 0.0 hours old"
