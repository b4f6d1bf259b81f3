"""What a server may send in one connection: beyond that it is cut off, whatever it is sending."""

from dataclasses import dataclass

from nlops.domain import mcp_phrases as phrases
from nlops.domain.words import Sentence

MAX_BYTES = 16 << 20  # the largest file that a tool may give (8 MiB) in base64, and its envelope


@dataclass
class Budget:
    """Bytes that are left. `over` says why a connection was cut."""

    most: int = MAX_BYTES
    spent: int = 0
    over: Sentence | None = None

    def spend(self, count: int) -> bool:
        """Whether there was that much left."""
        self.spent += count
        if self.spent > self.most:
            self.over = phrases.SENT_MUCH.of(most=self.most >> 20)
        return self.over is None
