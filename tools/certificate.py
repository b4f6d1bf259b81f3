"""The function of the tool `certificate`: when the certificate of a site expires, and whether it would be trusted."""

import datetime
import socket
import ssl

CONNECT_TIMEOUT_S = 8.0


def expiry(host: str, port: int = 443) -> str:
    """One line for a person. Raises OSError where nobody answers."""
    try:
        certificate = _fetch(host, port, ssl.create_default_context())
    except ssl.SSLCertVerificationError as error:
        return f"{host}: not trusted: {error.verify_message}"
    end = datetime.datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), datetime.UTC)
    days = (end - datetime.datetime.now(datetime.UTC)).days
    return f"{host}: valid until {end:%Y-%m-%d %H:%M} UTC, {days} days left"


def _fetch(host: str, port: int, context: ssl.SSLContext) -> dict[str, object]:
    with (
        socket.create_connection((host, port), CONNECT_TIMEOUT_S) as line,
        context.wrap_socket(line, server_hostname=host) as tls,
    ):
        return dict(tls.getpeercert() or {})
