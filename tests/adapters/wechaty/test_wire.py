"""Reading what a gateway sends: known events, every other text, and messages of all kinds."""

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechaty_grpc.wechaty.puppet import EventType

from nlops.adapters.wechaty.wire import (
    Account,
    LinkEvent,
    LoggedIn,
    LoggedOut,
    MalformedError,
    MessageCame,
    Other,
    PuppetTrouble,
    ScanWanted,
    file_name,
    parse_event,
    read_message,
    unix_seconds,
)


@pytest.mark.parametrize(
    ("event_type", "payload", "event"),
    [
        (EventType.EVENT_TYPE_LOGIN, {"contactId": "wxid_a"}, LoggedIn("wxid_a")),
        (EventType.EVENT_TYPE_LOGOUT, {"contactId": "wxid_a", "data": "bye"}, LoggedOut("wxid_a", "bye")),
        (EventType.EVENT_TYPE_LOGOUT, {"contactId": "wxid_a"}, LoggedOut("wxid_a", "")),
        (EventType.EVENT_TYPE_SCAN, {"qrcode": "https://login.example/l/a", "status": 2}, ScanWanted(2)),
        (EventType.EVENT_TYPE_SCAN, {}, ScanWanted(0)),
        (EventType.EVENT_TYPE_MESSAGE, {"messageId": "7"}, MessageCame("7")),
        (EventType.EVENT_TYPE_ERROR, {"gerror": "1101"}, PuppetTrouble("1101")),
        (EventType.EVENT_TYPE_ERROR, {"data": "1101"}, PuppetTrouble("1101")),
        (EventType.EVENT_TYPE_ERROR, {"gerror": {"code": 2}}, PuppetTrouble('{"code": 2}')),
        (EventType.EVENT_TYPE_HEARTBEAT, {"data": "connected"}, Other(EventType.EVENT_TYPE_HEARTBEAT)),
        (99, {}, Other(99)),
    ],
)
def test_event_is_read(event_type: int, payload: object, event: LinkEvent) -> None:
    assert parse_event(event_type, json.dumps(payload)) == event


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["contactId", "messageId", "status", "x"]), inner),
)


@given(st.integers(-1, 40), st.text() | JSON.map(json.dumps))
def test_any_payload_is_an_event_or_malformed(event_type: int, payload: str) -> None:
    """Whatever comes: an event with an id that is not empty, or MalformedError; never another exception."""
    try:
        event = parse_event(event_type, payload)
    except MalformedError:
        return
    for name in ("contact_id", "message_id"):
        assert getattr(event, name, "absent")


def test_deep_nesting_is_malformed() -> None:
    with pytest.raises(MalformedError):
        parse_event(EventType.EVENT_TYPE_MESSAGE, "[" * 100_000)


ME = Account("wxid_me", "nlops")


def wire_message(**fields: object) -> SimpleNamespace:
    given: dict[str, object] = {
        "from_id": "wxid_a",
        "room_id": "",
        "text": "hi",
        "timestamp": 1_800_000_000,
        "type": 7,
        "mention_ids": [],
    }
    return SimpleNamespace(**{**given, **fields})


def test_message_is_read() -> None:
    message = read_message("m", wire_message(room_id="1@chatroom"), Account("wxid_me"))
    assert (message.id, message.contact_id, message.room_id, message.text) == ("m", "wxid_a", "1@chatroom", "hi")
    assert (message.sent_at, message.kind, message.is_own) == (1_800_000_000.0, "text", False)


@pytest.mark.parametrize("type_number", [number for number in (*range(20), 99) if number != 7])
def test_other_kinds_bring_no_text(type_number: int) -> None:
    """Only type 7 is text (TypeScript's number; wechaty_grpc's own enumeration has another)."""
    message = read_message("m", wire_message(type=type_number), Account())
    assert (message.kind, message.text) == ("other", "")


def test_own_is_an_equal_id_and_nothing_less() -> None:
    assert read_message("m", wire_message(), Account("wxid_a")).is_own
    for own_id in ("", "wxid_", "WXID_A"):
        assert not read_message("m", wire_message(), Account(own_id)).is_own


def test_message_without_a_sender_is_malformed() -> None:
    """An empty id would be the same for every stranger."""
    with pytest.raises(MalformedError):
        read_message("m", wire_message(from_id=""), Account())


@pytest.mark.parametrize(
    ("said", "ids", "text"),
    [
        ("@nlops\u2005restart bob", [], "restart bob"),
        ("@nlops restart bob", [], "restart bob"),
        ("@nlops\u2005restart bob", ["wxid_me"], "restart bob"),
        ("restart bob @nlops", ["wxid_me"], "restart bob"),
        ("please @nlops\u2005restart bob", ["wxid_wei", "wxid_me"], "please restart bob"),
        ("@机器人\u2005重启 bob", ["wxid_me"], "重启 bob"),
        ("restart bob", ["wxid_me"], "restart bob"),
    ],
)
def test_mention_in_a_room_is_taken_off(said: str, ids: list[str], text: str) -> None:
    """By its id, wherever and under whatever name it stands; or typed first, with either end of a mention."""
    message = read_message("m", wire_message(text=said, room_id="1@chatroom", mention_ids=ids), ME)
    assert (message.text, message.is_addressed) == (text, True)


@pytest.mark.parametrize(
    ("said", "ids", "own"),
    [
        ("@nlops2 restart bob", [], ME),
        ("@nlops", [], ME),
        ("ask @nlops restart bob", [], ME),
        ("@wei\u2005restart bob", ["wxid_wei"], ME),
        ("@ restart bob", [], Account("wxid_me")),
        ("@nlops restart bob", [""], Account()),
        ("@nlops restart bob", ["wxid_me"], Account()),
    ],
)
def test_what_names_somebody_else_is_not_addressed(said: str, ids: list[str], own: Account) -> None:
    """A longer name, a mention in passing, another's; and nobody is addressed while the account is not known."""
    message = read_message("m", wire_message(text=said, room_id="1@chatroom", mention_ids=ids), own)
    assert (message.text, message.is_addressed) == (said, False)


def test_direct_chat_has_no_mentions() -> None:
    message = read_message("m", wire_message(text="@nlops status"), ME)
    assert (message.text, message.is_addressed) == ("@nlops status", False)


@given(st.integers(1_000_000_000, 4_000_000_000))
def test_seconds_and_milliseconds_are_told_apart(seconds: int) -> None:
    """For every time from 2001 to 2096."""
    assert unix_seconds(seconds) == seconds
    assert unix_seconds(seconds * 1000) == seconds


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("bob.log", "bob.log"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\evil.exe", "evil.exe"),
        ("../..", "file"),
        ("", "file"),
        ("a\nb\u202e.png", "ab.png"),
        ("照片.png", "照片.png"),
        ("x" * 300 + ".png", "x" * 196 + ".png"),
    ],
)
def test_file_name_is_safe(given: str, name: str) -> None:
    """Whoever sends a file names it: no folder, no control character, no end of a line, never nothing."""
    assert file_name(given) == name
