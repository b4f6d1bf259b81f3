"""Where the gateway may be, and how it may be talked to."""

import ssl

import pytest

from nlops.adapters.wechaty.endpoint import is_loopback, open_endpoint, parse_endpoint
from nlops.domain.config import ChatConfig, Secret
from nlops.domain.errors import LinkError


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:8788", "127.0.0.1", 8788),
        (" gateway.example:443 ", "gateway.example", 443),
        ("https://gateway.example:443/", "gateway.example", 443),
        ("[::1]:8788", "::1", 8788),
    ],
)
def test_endpoint_is_read(text: str, host: str, port: int) -> None:
    assert parse_endpoint(text) == (host, port)


@pytest.mark.parametrize("text", ["", "8788", ":8788", "host", "host:", "host:0", "host:65536", "host:-1", "host:８８"])
def test_bad_endpoint_is_named(text: str) -> None:
    with pytest.raises(LinkError) as caught:
        parse_endpoint(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("LocalHost", True),
        ("0.0.0.0", False),
        ("192.168.1.2", False),
        ("127.0.0.1.example.com", False),
        ("localhost.example.com", False),
    ],
)
def test_loopback_is_told_without_looking_it_up(host: str, is_here: bool) -> None:
    assert is_loopback(host) is is_here


def test_plain_text_stays_here_unless_the_operator_says_so() -> None:
    there = "gateway.example:8788"
    with pytest.raises(LinkError, match="tls = true"):
        open_endpoint(ChatConfig(there, Secret("t")))
    assert open_endpoint(ChatConfig(there, Secret("t"), insecure=True)).tls is None
    assert open_endpoint(ChatConfig("127.0.0.1:1", Secret("t"))).tls is None


def test_tls_verifies() -> None:
    context = open_endpoint(ChatConfig("gateway.example:443", Secret("t"), tls=True, insecure=True)).tls
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


@pytest.mark.parametrize("token", ["", "two words", "口令", "line\nbreak"])
def test_token_that_can_not_travel_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(LinkError) as caught:
        open_endpoint(ChatConfig("127.0.0.1:1", Secret(token)))
    assert not token or token not in str(caught.value)
