"""What comes in from the chat."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class ChatMessage:
    """One message as the transport tells it.

    `contact_id` is the sender's exact id, the only identity that counts. `room_id` is None in a direct chat.
    `sent_at` is the payload's time in unix seconds. `text` is empty where `kind` is not `text`.
    """

    id: str
    contact_id: str
    room_id: str | None
    text: str
    sent_at: float
    kind: Literal["text", "other"] = "text"
    is_own: bool = False
