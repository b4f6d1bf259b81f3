"""Library exceptions in words: what grpclib, asyncio and ssl raise becomes a reason for a person, or a LinkError.

The token never appears: gateways repeat a refused one in their answer.
"""

import asyncio
import socket
import ssl
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import TypeVar

from grpclib.const import Status
from grpclib.exceptions import GRPCError, StreamTerminatedError

from nlops.domain.config import Secret
from nlops.domain.errors import LinkDown, LinkError

T = TypeVar("T")

MEND_REFUSED = "set [chat] token in nlops.toml to the one that the gateway was started with, and start nlops again"
MEND_CERTIFICATE = (
    "nlops told it nothing; have it certified for the host in [chat] endpoint, or name the file of the authority that "
    "signed it in the environment variable SSL_CERT_FILE, and start nlops again"
)
MEND_TLS = "if it speaks plain text, start it with TLS, or set tls = false in [chat] where it is on this machine"
MEND_PLAIN = "if the gateway speaks TLS, set tls = true in [chat]; if it is no Wechaty gateway, correct the endpoint"
WORDS = {
    Status.ALREADY_EXISTS: "another client holds the gateway's event stream, and there is one only: stop it (a second "
    "nlops, or a bot at the same gateway), or give it a gateway of its own; if there is none, the gateway has not "
    "noticed yet that nlops's last connection is gone; nlops takes over as soon as the stream is free",
    Status.UNIMPLEMENTED: "the gateway does not know this call, it is too old: update it to wechaty-puppet-service "
    "1.19 or later (npm install wechaty@1.20.2), and start it again",
    Status.UNAUTHENTICATED: f"the gateway refuses the token: {MEND_REFUSED}",
    Status.PERMISSION_DENIED: f"the gateway refuses the token: {MEND_REFUSED}",
}

REFUSED_TOKEN = {Status.UNAUTHENTICATED, Status.PERMISSION_DENIED}
NOT_ANSWERED = {Status.UNAVAILABLE, Status.CANCELLED, Status.DEADLINE_EXCEEDED}
# After these a call was surely not carried out. After any other failure nobody knows.
NOT_DONE = REFUSED_TOKEN | {
    Status.INVALID_ARGUMENT,
    Status.NOT_FOUND,
    Status.RESOURCE_EXHAUSTED,
    Status.UNIMPLEMENTED,
}


async def apart(call: Coroutine[object, object, T]) -> T:
    """Await a call of grpclib's in a task of its own; cancelling ends it, and is never lost.

    grpclib 0.4.9 reports a deadline and a broken connection by cancelling the task that waits, and turns that into an
    error (`grpclib.utils.Wrapper`). A task it did this to counts as cancelled ever after, which misleads
    `asyncio.timeout` and task groups; and a true cancellation at that moment becomes the error too, and is gone.
    """
    task = asyncio.create_task(call)
    try:
        await asyncio.wait([task])
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise
    if task.cancelled():
        raise ConnectionError("the call was cut off")
    return task.result()


def is_token_refused(error: Exception) -> bool:
    return isinstance(error, GRPCError) and error.status in REFUSED_TOKEN


def is_connection_lost(error: Exception) -> bool:
    """Whether an error looks like the connection's, not like an answer to the call: broken, refused, out of time."""
    if isinstance(error, GRPCError):
        return error.status in NOT_ANSWERED
    return isinstance(error, StreamTerminatedError | OSError)


def reason(error: Exception, token: Secret) -> str:
    """Why a connection or a call failed, and what to do about it where that is known; without the token."""
    return _reason(error).replace(token.reveal(), "***")


def _reason(error: Exception) -> str:
    match error:
        case GRPCError():
            known = WORDS.get(error.status)
            return known or f"the gateway answered {error.status.name}: {error.message or 'no reason given'}"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not valid ({getattr(error, 'verify_message', error)}): {MEND_CERTIFICATE}"
        case ssl.SSLError():
            return f"TLS failed ({getattr(error, 'reason', '') or error}): {MEND_TLS}"
        case socket.gaierror():
            return "there is no host of that name: correct [chat] endpoint in nlops.toml"
        case ConnectionRefusedError():
            return "nothing listens there: start the gateway, or correct [chat] endpoint in nlops.toml"
        case TimeoutError():
            return "no answer in time"
        case StreamTerminatedError():
            return f"the connection broke ({error})"
        case _:
            return f"{type(error).__name__}: {error}"


def reason_at_start(error: Exception, token: Secret, is_tls: bool) -> str:
    """As `reason`, of an attempt to connect: a listener that hangs up at once often speaks the other of TLS and plain
    text."""
    text = reason(error, token)
    if not isinstance(error, StreamTerminatedError | ConnectionResetError) or is_tls:
        return text
    return f"{text} before it said anything: {MEND_PLAIN}"


@contextmanager
def link_errors(what: str, token: Secret, *, sends: bool = True) -> Iterator[None]:
    """Around one call to the gateway: whatever it raises leaves as a LinkError that says `what` failed. A call that
    `sends` something may have done so all the same, and the error says that too."""
    try:
        yield
    except LinkError:
        raise
    except Exception as error:
        if isinstance(error, ConnectionRefusedError):
            raise LinkDown(f"{what}: {reason(error, token)}") from None
        surely_not = not sends or (isinstance(error, GRPCError) and error.status in NOT_DONE)
        doubt = "" if surely_not else "; it may have arrived all the same, so it is not sent again"
        # The cause is left out: its text can hold the token.
        raise LinkError(f"{what}: {reason(error, token)}{doubt}") from None
