"""Library exceptions in words, and calls that keep their cancellation."""

import asyncio
import socket
import ssl

import pytest
from grpclib.const import Status
from grpclib.exceptions import GRPCError, StreamTerminatedError

from nlops.adapters.wechaty.faults import apart, is_connection_lost, link_errors, reason, reason_at_start
from nlops.adapters.wechaty.listener import NO_LOGIN
from nlops.domain.config import Secret
from nlops.domain.errors import LinkDown, LinkError

TOKEN = Secret("the-token")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (GRPCError(Status.ALREADY_EXISTS, "can not call twice"), "another client"),
        (GRPCError(Status.UNAUTHENTICATED, 'Invalid Wechaty TOKEN "the-token"'), "refuses the token"),
        (GRPCError(Status.UNIMPLEMENTED, "Method not found"), "it is too old: update it"),
        (GRPCError(Status.INTERNAL, "nobody is logged in"), "INTERNAL: nobody is logged in"),
        (GRPCError(Status.UNKNOWN, "it said the-token"), r"it said \*\*\*"),
        (ConnectionRefusedError(111, "refused"), "nothing listens there"),
        (TimeoutError(), "no answer in time"),
        (StreamTerminatedError("Connection lost"), "the connection broke"),
        (ssl.SSLError(1, "wrong version"), "TLS failed"),
        (RuntimeError("odd"), "RuntimeError: odd"),
    ],
)
def test_reason_is_in_words_without_the_token(error: Exception, words: str) -> None:
    with pytest.raises(LinkError, match=words) as caught, link_errors("a text", TOKEN):
        raise error
    assert reason(error, TOKEN) in str(caught.value)
    assert TOKEN.reveal() not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "kind", "is_in_doubt"),
    [
        (ConnectionRefusedError(), LinkDown, False),
        (GRPCError(Status.RESOURCE_EXHAUSTED, "too large"), LinkError, False),
        (GRPCError(Status.INTERNAL, "rejection"), LinkError, True),
        (TimeoutError(), LinkError, True),
        (StreamTerminatedError("Connection lost"), LinkError, True),
    ],
)
def test_doubt_is_told(error: Exception, kind: type[LinkError], is_in_doubt: bool) -> None:
    """Only what surely did not arrive may be sent again by whoever asked."""
    with pytest.raises(LinkError) as caught, link_errors("a text", TOKEN):
        raise error
    assert type(caught.value) is kind
    assert ("may have arrived" in str(caught.value)) is is_in_doubt


BROKEN = StreamTerminatedError("Connection lost")


@pytest.mark.parametrize(
    ("said", "mends"),
    [
        (reason(GRPCError(Status.UNAUTHENTICATED), TOKEN), ["set [chat] token in nlops.toml", "start nlops again"]),
        (reason(GRPCError(Status.ALREADY_EXISTS), TOKEN), ["stop it (a second nlops", "a gateway of its own"]),
        (reason(GRPCError(Status.UNIMPLEMENTED), TOKEN), ["npm install wechaty@1.20.2", "start it again"]),
        (reason(ConnectionRefusedError(), TOKEN), ["start the gateway, or correct [chat] endpoint"]),
        (reason(socket.gaierror(-2, "unknown"), TOKEN), ["correct [chat] endpoint"]),
        (reason(ssl.SSLCertVerificationError(1, "self-signed"), TOKEN), ["SSL_CERT_FILE", "certified for the host"]),
        (reason(ssl.SSLError(1, "wrong version"), TOKEN), ["start it with TLS, or set tls = false"]),
        (reason_at_start(BROKEN, TOKEN, is_tls=False), ["set tls = true in [chat]", "correct the endpoint"]),
        (NO_LOGIN, ["scan the code", "that account's phone"]),
    ],
)
def test_sentence_says_what_to_do(said: str, mends: list[str]) -> None:
    """For each state that a person can mend: what to do next, by the name it has in nlops.toml or on the shell. (Plain
    text to another machine is in test_endpoint.)"""
    for mend in mends:
        assert mend in said


def test_broken_connection_is_no_sign_of_tls_later() -> None:
    """Only a listener that never said a thing is suspected; and over TLS none is."""
    assert "tls" not in reason(BROKEN, TOKEN)
    assert reason_at_start(BROKEN, TOKEN, is_tls=True) == reason(BROKEN, TOKEN)
    assert reason_at_start(TimeoutError(), TOKEN, is_tls=False) == "no answer in time"


@pytest.mark.parametrize(
    ("error", "is_lost"),
    [
        (BROKEN, True),
        (TimeoutError(), True),
        (ConnectionRefusedError(), True),
        (GRPCError(Status.UNAVAILABLE), True),
        (GRPCError(Status.INTERNAL), False),
        (GRPCError(Status.UNIMPLEMENTED), False),
        (ValueError(), False),
    ],
)
def test_lost_connection_is_told_from_an_answer(error: Exception, is_lost: bool) -> None:
    assert is_connection_lost(error) is is_lost


def test_reading_is_never_in_doubt() -> None:
    """Only what sends can have arrived; a lost answer to a question is no reason to fear anything."""
    with pytest.raises(LinkError) as caught, link_errors("the contacts", TOKEN, sends=False):
        raise TimeoutError
    assert str(caught.value) == "the contacts: no answer in time"


async def test_apart_gives_results_and_errors() -> None:
    async def answer() -> int:
        return 7

    async def fail() -> int:
        raise ValueError("no")

    assert await apart(answer()) == 7
    with pytest.raises(ValueError, match="no"):
        await apart(fail())


async def test_apart_keeps_a_cancellation_that_the_call_swallows() -> None:
    """grpclib turns a cancellation into its own error; the one who cancelled must see it all the same."""

    async def swallow() -> None:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            raise StreamTerminatedError("Connection lost") from None

    task = asyncio.create_task(apart(swallow()))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_apart_keeps_a_call_that_cancels_its_own_task_to_itself() -> None:
    """As grpclib does at a deadline: an error here, no cancellation, and no trace in the task that asked."""

    async def cut_off() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(0)

    with pytest.raises(ConnectionError, match="cut off"):
        await apart(cut_off())
    this = asyncio.current_task()
    assert this is not None
    assert this.cancelling() == 0
