"""What comes in from the chat."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class ChatMessage:
    """One message as the transport tells it.

    `contact_id` is the sender's exact id, the only identity that counts. `room_id` is None in a direct chat.
    `sent_at` is the payload's time in unix seconds. `text` is empty where `kind` is not `text`. `is_addressed`: a room
    message that mentions nlops's own account; the mention itself is taken off the text.
    """

    id: str
    contact_id: str
    room_id: str | None
    text: str
    sent_at: float
    kind: Literal["text", "other"] = "text"
    is_own: bool = False
    is_addressed: bool = False

    @property
    def conversation_id(self) -> str:
        """Where an answer goes: the room, or the sender's direct chat."""
        return self.room_id or self.contact_id


@dataclass(frozen=True)
class KnownContact:
    """An admin's contact: the exact id, and the display name as it was last seen (empty where it never was)."""

    contact_id: str
    name: str = ""
