"""`nlops gateway`: a self-hosted Wechaty gateway on this machine, apart from the bot: its restart costs no scan.

    state folder/gateway/token                     the token, where no configuration and no variable gives one
    state folder/gateway/PUPPET/session.json       what keeps the account logged in, for its owner only
    state folder/gateway/PUPPET/package-lock.json  the versions a puppet of the operator's choice was pinned to
    cache folder/node/…                            node_modules, installed again where it is gone

It keeps the program for Node running and writes its log; that it runs again after a crash is systemd's or pm2's part
(`examples/`).
"""

import argparse
import contextlib
import fcntl
import json
import os
import re
import secrets
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nlops.cli.load import load_chat
from nlops.cli.resources import cache_dir, data_path, default_state_dir
from nlops.domain.config import Secret
from nlops.domain.errors import ConfigError, GatewayError, UsageError

if TYPE_CHECKING:
    from nlops.adapters.gateway import GatewayProcess
    from nlops.adapters.node import Node, Package
    from nlops.cli.gateway_log import GatewayLog

DEFAULT_PUPPET = "wechaty-puppet-wechat4u"
DEFAULT_PORT = 8788
TOKEN_VARIABLE = "NLOPS_GATEWAY_TOKEN"  # noqa: S105  a name
_EPILOG = """examples:
  nlops gateway
  nlops gateway -c /etc/nlops.toml
  WECHATY_PUPPET_PADLOCAL_TOKEN=… nlops gateway --puppet wechaty-puppet-padlocal@1.20.1"""


@dataclass(frozen=True)
class Access:
    """How clients reach the gateway, and where it keeps what must not be lost. `hint` says how to configure a client
    that does not know yet."""

    port: int
    token: Secret
    state_dir: Path
    hint: str = ""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.add_argument(
        "--puppet",
        metavar="NAME",
        default=DEFAULT_PUPPET,
        help=f"npm package, NAME or NAME@1.2.3 (default: {DEFAULT_PUPPET}); its own settings come by the environment",
    )
    parser.add_argument("--port", metavar="N", type=_port, help=f"without nlops.toml (default: {DEFAULT_PORT})")
    parser.add_argument(
        "--token",
        metavar="WHERE",
        help=f"without nlops.toml: env:NAME or file:PATH (default: {TOKEN_VARIABLE}, or one that is made once)",
    )


def run(args: argparse.Namespace) -> int:
    from nlops.adapters.node import find_node, parse_package
    from nlops.cli.gateway_log import GatewayLog

    package = parse_package(args.puppet)
    log = GatewayLog(sys.stdout, sys.stderr)
    access = find_access(args)
    if not re.fullmatch(r"[!-~]+", access.token.reveal()):
        raise UsageError("the gateway's token must be printable ASCII without spaces, and not empty")
    node = find_node()
    folder = access.state_dir / "gateway" / package.folder_name
    with _claimed(folder):
        _check_free(access.port)
        if access.hint:
            print(access.hint, file=sys.stderr, flush=True)
        return _serve(_start(package, node, folder, access, log), log)


def find_access(args: argparse.Namespace) -> Access:
    """Port, token and state folder: nlops.toml's where there is one, else the arguments'. Raises ConfigError,
    UsageError."""
    loaded = load_chat(args.config)
    if loaded is None:
        state_dir = default_state_dir()
        port = args.port or DEFAULT_PORT
        token, written = _token(args.token, state_dir)
        return Access(port, token, state_dir, _hint(port, written))
    chat, state_dir = loaded
    if args.port or args.token:
        raise UsageError(f"--port and --token are for a start without nlops.toml; here [chat] says {chat.endpoint}")
    file = str(Path(args.config or "nlops.toml").expanduser().absolute())
    host, _, port_text = chat.endpoint.rpartition(":")
    if host not in ("127.0.0.1", "localhost"):
        raise ConfigError(file, "chat.endpoint", f"{host} is not this machine; this gateway listens on 127.0.0.1 only")
    if chat.tls:
        raise ConfigError(file, "chat.tls", "this gateway speaks plain text, on this machine only; set it to false")
    if not 0 < int(port_text) < 65536:
        raise ConfigError(file, "chat.endpoint", f"{port_text} is no port: 1 to 65535")
    return Access(int(port_text), chat.token, state_dir)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 1 to 65535")
    return int(text)


def _token(where: str | None, state_dir: Path) -> tuple[Secret, str]:
    """The token, and how nlops.toml names it. A token itself is refused here: arguments can be read by everybody."""
    kind, _, rest = (where or f"env:{TOKEN_VARIABLE}").partition(":")
    if kind == "env" and os.environ.get(rest):
        return Secret(os.environ[rest]), f"env:{rest}"
    if kind == "env" and where is None:
        file = _kept_token(state_dir / "gateway")
        return Secret(file.read_text("utf-8").strip()), f"file:{file}"
    if kind == "env":
        raise UsageError(f"--token: the environment has no {rest}, or it is empty")
    if kind != "file":
        raise UsageError("--token takes env:NAME or file:PATH; a token on the command line could be read by everybody")
    file = Path(rest).expanduser().absolute()
    try:
        return Secret(file.read_text("utf-8").strip()), f"file:{file}"
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--token: cannot read {file}: {error}") from error


def _kept_token(folder: Path) -> Path:
    """The file with the token that was made once. Other Wechaty clients read `insecure_` as: without TLS."""
    _private(folder.parent)
    _private(folder)
    file = folder / "token"
    with contextlib.suppress(FileExistsError):
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(f"insecure_{secrets.token_hex(20)}\n")
    return file


def _hint(port: int, token: str) -> str:
    return f'nlops: for nlops.toml:\n  [chat]\n  endpoint = "127.0.0.1:{port}"\n  token = {json.dumps(token)}'


def _private(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)


@contextlib.contextmanager
def _claimed(folder: Path) -> Iterator[None]:
    """One gateway for each session. Raises GatewayError where another one holds it."""
    for private in (folder.parent.parent, folder.parent, folder):
        _private(private)
    with (folder / "running").open("w") as guard:
        try:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise GatewayError(f"another nlops gateway serves the account of {folder}") from None
        yield


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise GatewayError(
                f"127.0.0.1:{port} cannot be used: {error.strerror}; choose another port, or end what listens there "
                f"(ss -ltnp 'sport = :{port}' says what)"
            ) from error


def _start(package: "Package", node: "Node", folder: Path, access: Access, log: "GatewayLog") -> "GatewayProcess":
    from nlops.adapters.gateway import GatewayProcess, Order, put_beside
    from nlops.adapters.node import installed

    lock = _lock(package, node, folder, log)
    program = put_beside(data_path("gateway"), installed(lock, cache_dir() / "node", node, log.say))
    order = Order(access.port, access.token, package.name, folder / "session.json")
    return GatewayProcess(program, node, order, log.noise)


def _lock(package: "Package", node: "Node", folder: Path, log: "GatewayLog") -> Path:
    """The folder with the lock: the shipped one, or the one that a puppet of the operator's choice is pinned by."""
    from nlops.adapters.node import pin

    shipped = data_path("gateway")
    manifest = json.loads((shipped / "package.json").read_text("utf-8"))
    version = manifest["dependencies"].pop(DEFAULT_PUPPET)
    if package.name == DEFAULT_PUPPET and package.version in (None, version):
        return shipped
    pin(package, manifest, folder, node, log.say)
    return folder


def _serve(process: "GatewayProcess", log: "GatewayLog") -> int:
    """Tell what happens until the program ends. Raises GatewayError where nobody asked it to."""
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True
        process.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    try:
        for event in process.events():
            log.tell(event)
        if not stopping:
            process.raise_for_end()
        return 0
    finally:
        process.close()
