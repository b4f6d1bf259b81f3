"""Which machine this is. A bot or a tool of another `host` wants an agent there; without one it is said, not tried."""

import socket

from nlops.domain import phrases
from nlops.domain.words import Sentence


def is_here(host: str | None) -> bool:
    """Whether this machine is meant: None, `localhost`, or its own name, with or without its domain."""
    if host is None or host.casefold() == "localhost":
        return True
    return host.casefold().partition(".")[0] == here().casefold().partition(".")[0]


def here() -> str:
    return socket.gethostname()


def away(host: str) -> Sentence:
    """Why nothing is done for a host that is not this one."""
    return phrases.OTHER_HOST.of(host=host, here=here())
