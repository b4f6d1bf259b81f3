"""Where the gateway is and how it may be talked to: plain text on this machine only, else TLS, verified.

The certificate is checked against the system's authorities; `SSL_CERT_FILE` (OpenSSL's) names another file of them.
"""

import ipaddress
import ssl
from dataclasses import dataclass

from nlops.domain.config import ChatConfig
from nlops.domain.errors import LinkError


@dataclass(frozen=True)
class Endpoint:
    """A host and a port. `tls` None is plain text."""

    host: str
    port: int
    tls: ssl.SSLContext | None

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def open_endpoint(config: ChatConfig) -> Endpoint:
    """Read `[chat]`. Raises LinkError for an endpoint that is not host:port, for plain text that would leave this
    machine, and for a token that can't travel as an HTTP/2 header."""
    host, port = parse_endpoint(config.endpoint)
    if not config.tls and not config.insecure and not is_loopback(host):
        raise LinkError(
            f"[chat] endpoint {config.endpoint!r} is not on this machine, and the token would travel in plain text: "
            "set tls = true (or insecure = true, if the way there is safe)"
        )
    token = config.token.reveal()
    if not token or not all("!" <= char <= "~" for char in token):
        raise LinkError("[chat] token must be printable ASCII without spaces, and not empty")
    return Endpoint(host, port, _verifying_context() if config.tls else None)


def parse_endpoint(text: str) -> tuple[str, int]:
    """`host:port`, `[v6]:port`, with or without a `http(s)://`. Raises LinkError, naming what was got."""
    bare = text.strip().removeprefix("http://").removeprefix("https://").removesuffix("/")
    host, _, port = bare.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise LinkError(f"[chat] endpoint {text!r} is not host:port, such as 127.0.0.1:8788")
    return host, int(port)


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine for sure: `localhost`, 127.0.0.0/8 or ::1. No name is looked up."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _verifying_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["h2"])
    return context
