"""Other programs that ask for calls: MCP clients, through `nlops mcp`."""

from dataclasses import dataclass
from typing import Literal

# A program's request is a conversation of its own: what is said into it is the answer, and no chat ever sees it.
PLACE = "mcp:"


@dataclass(frozen=True)
class Program:
    """Who asks. `user` is whose process it is, as the operating system knows; `name` and `version` are what the client
    calls itself, which proves nothing."""

    name: str
    version: str
    via: Literal["stdio", "http"]
    user: str

    def describe(self) -> str:
        return f"{' '.join(filter(None, (self.name, self.version)))} ({self.via}, user {self.user})"


def place_of(request_id: str) -> str:
    """The conversation of a request."""
    return f"{PLACE}{request_id}"
