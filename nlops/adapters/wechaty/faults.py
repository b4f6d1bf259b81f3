"""Library exceptions in words: what grpclib, asyncio and ssl raise becomes a reason for a person, or a LinkError.

The token never appears: gateways repeat a refused one in their answer.
"""

import asyncio
import ssl
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import TypeVar

from grpclib.const import Status
from grpclib.exceptions import GRPCError, StreamTerminatedError

from nlops.domain.config import Secret
from nlops.domain.errors import LinkDown, LinkError

T = TypeVar("T")

REFUSED_TOKEN = {Status.UNAUTHENTICATED, Status.PERMISSION_DENIED}
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


def reason(error: Exception, token: Secret) -> str:
    """Why a connection or a call failed, in a few words without the token."""
    match error:
        case GRPCError(status=Status.ALREADY_EXISTS):
            return "another client holds the gateway's event stream"
        case GRPCError() if error.status in REFUSED_TOKEN:
            return "the gateway refuses the token"
        case GRPCError():
            text = f"the gateway answered {error.status.name}: {error.message or 'no reason given'}"
        case ssl.SSLCertVerificationError():
            text = f"the gateway's certificate is not valid: {error.verify_message}"
        case ssl.SSLError():
            text = f"TLS failed: {error}"
        case ConnectionRefusedError():
            text = "nothing listens there"
        case asyncio.TimeoutError():
            text = "no answer in time"
        case StreamTerminatedError():
            text = f"the connection broke ({error})"
        case _:
            text = f"{type(error).__name__}: {error}"
    return text.replace(token.reveal(), "***")


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
