"""What a server may send in one connection: beyond that it is cut off, whatever it is sending."""

from dataclasses import dataclass

MAX_BYTES = 16 << 20  # the largest file that a tool may give (8 MiB) in base64, and its envelope


@dataclass
class Budget:
    """Bytes that are left. `over` says why a connection was cut."""

    most: int = MAX_BYTES
    spent: int = 0
    over: str = ""

    def spend(self, count: int) -> bool:
        """Whether there was that much left."""
        self.spent += count
        if self.spent > self.most:
            self.over = f"it sent more than {self.most >> 20} MiB"
        return not self.over
