"""What a gateway sends, read into typed values. Pure: a malformed event raises MalformedError and nothing else.

Event payloads are JSON (wechaty-puppet 1.20, src/schemas/event.ts). Message types are TypeScript's numbers, whatever
wechaty_grpc calls them. Times come in milliseconds from some puppets and in seconds from others.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from wechaty_grpc.wechaty.puppet import EventType

from nlops.domain.chat import ChatMessage

# wechaty-puppet 1.20, src/schemas/message.ts: MessageType.Text.
TEXT = 7
# WeChat ends a mention with this space (FOUR-PER-EM SPACE); people who type one end it with a common one.
MENTION_END = "\u2005"
# Seconds reach this in the year 5138, milliseconds passed it in 1973.
MILLISECONDS_FROM = 100_000_000_000


class MalformedError(ValueError):
    """An event or a message that is not what it should be."""


class TooLargeError(ValueError):
    """A file that is larger than asked for."""


@dataclass(frozen=True)
class ReceivedFile:
    """A file that somebody sent. `name` is the last part of what they called it, safe to show and to save under."""

    name: str
    data: bytes


@dataclass(frozen=True)
class LoggedIn:
    """The gateway's account is logged in as `contact_id`."""

    contact_id: str


@dataclass(frozen=True)
class LoggedOut:
    """The gateway's account logged out."""

    contact_id: str
    why: str


@dataclass(frozen=True)
class ScanWanted:
    """The gateway's account waits for a scan. The code itself stays where it is: who scans it gets in."""

    status: int


@dataclass(frozen=True)
class MessageCame:
    """There is a message to fetch."""

    message_id: str


@dataclass(frozen=True)
class PuppetTrouble:
    """The puppet told of an error of its own; the link goes on."""

    text: str


@dataclass(frozen=True)
class Other:
    """Something that says no more than that the gateway is alive."""

    type: int


@dataclass(frozen=True)
class Account:
    """Who nlops is at the gateway: contact id and display name, each empty while it is not known."""

    contact_id: str = ""
    name: str = ""


LinkEvent = LoggedIn | LoggedOut | ScanWanted | MessageCame | PuppetTrouble | Other


def parse_event(event_type: int, payload: str) -> LinkEvent:
    """An event of the stream. Raises MalformedError; an event of a kind unknown here is Other."""
    match event_type:
        case EventType.EVENT_TYPE_LOGIN:
            return LoggedIn(_id(_object(payload), "contactId"))
        case EventType.EVENT_TYPE_LOGOUT:
            fields = _object(payload)
            return LoggedOut(_id(fields, "contactId"), _text(fields.get("data")))
        case EventType.EVENT_TYPE_SCAN:
            status = _object(payload).get("status")
            return ScanWanted(status if type(status) is int else 0)
        case EventType.EVENT_TYPE_MESSAGE:
            return MessageCame(_id(_object(payload), "messageId"))
        case EventType.EVENT_TYPE_ERROR:
            fields = _object(payload)  # gateways of the 1.x line say `gerror`, older ones `data`
            return PuppetTrouble(_text(fields.get("gerror")) or _text(fields.get("data")) or payload)
        case _:
            return Other(event_type)


def read_message(message_id: str, payload: Any, own: Account) -> ChatMessage:
    """A MessagePayloadResponse as a ChatMessage, as the account `own` sees it.

    Raises MalformedError where no sender is named: without an id nobody has rights, and an empty one must match none.
    A message without a time gets 0, which is older than anything that is still worth doing.
    """
    if not payload.from_id:
        raise MalformedError(f"message {message_id} names no sender")
    is_text = payload.type == TEXT
    text, is_addressed = _unaddressed(payload, own) if is_text and payload.room_id else (payload.text, False)
    return ChatMessage(
        id=message_id,
        contact_id=payload.from_id,
        room_id=payload.room_id or None,
        text=text if is_text else "",
        sent_at=unix_seconds(payload.timestamp),
        kind="text" if is_text else "other",
        is_own=payload.from_id == own.contact_id,
        is_addressed=is_addressed,
    )


def _unaddressed(payload: Any, own: Account) -> tuple[str, bool]:
    """A room's text without the mention of `own`, and whether there was one: by its id, or typed at the beginning.

    In the text a mention has the name that its writer sees, which may be one that the account bears in that room only:
    where `own` alone is mentioned, what stands first up to the mention's end is that name.
    """
    text: str = payload.text
    typed = f"@{re.escape(own.name)}"
    if own.name and (begins := re.match(rf"\s*{typed}[ {MENTION_END}]\s*", text)):
        return text[begins.end() :], True
    if not own.contact_id or own.contact_id not in payload.mention_ids:
        return text, False
    patterns = [rf"\s*{typed}(?:[ {MENTION_END}]|$)"] if own.name else []
    if list(payload.mention_ids) == [own.contact_id]:
        patterns.append(rf"^\s*@[^{MENTION_END}]*{MENTION_END}")
    for pattern in patterns:
        rest, found = re.subn(pattern, " ", text, count=1)
        if found:
            return rest.strip(), True
    return text, True


def file_name(given: str) -> str:
    """What a sender called a file, without folders and control characters, 200 characters at most; never empty."""
    last = re.split(r"[/\\]", given)[-1]
    name = "".join(char for char in last if char.isprintable()).strip(" .")
    return name[-200:] or "file"


def unix_seconds(timestamp: float) -> float:
    """A payload's time, in seconds or in milliseconds, as unix seconds."""
    return timestamp / 1000 if timestamp >= MILLISECONDS_FROM else float(timestamp)


def _object(payload: str) -> dict[str, object]:
    try:
        value: object = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"not JSON: {payload[:200]!r}") from error
    if not isinstance(value, dict):
        raise MalformedError(f"not a JSON object: {payload[:200]!r}")
    return value


def _id(fields: dict[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise MalformedError(f"no {name} in {str(fields)[:200]}")
    return value


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
