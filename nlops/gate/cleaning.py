"""What the service says, sends, records and takes in, without secrets: one place for all of its ways."""

from dataclasses import replace

from nlops.domain.chat import ChatMessage
from nlops.domain.effects import Effect, Log, Record, Say, ShowQr
from nlops.domain.tools import ToolResult
from nlops.gate.redact import Redactor

WORDS = ("words", "asked")  # of a record's details: what an admin typed


def clean_message(message: ChatMessage, redactor: Redactor) -> ChatMessage:
    """What came in, before it is kept, recorded, or asked about: a secret that was typed goes no further."""
    return replace(message, text=redactor.clean_words(message.text))


def clean_effect(effect: Effect, redactor: Redactor) -> Effect:
    """What a step wants done, before it lies on a disk or leaves. An answer may show what an admin is to confirm: its
    numbers stay. What a tool or a log gave was cleaned of those when it came."""
    match effect:
        case Say(text=text, urgency="answer"):
            return replace(effect, text=redactor.clean_words(text))
        case Say(text=text):
            return replace(effect, text=redactor.clean(text))
        case ShowQr(caption=caption):
            return replace(effect, caption=redactor.clean_words(caption))
        case Record():
            return _clean_record(effect, redactor)
        case Log(text=text):
            return replace(effect, text=redactor.clean(text))
        case _:
            return effect


def _clean_record(record: Record, redactor: Redactor) -> Record:
    """The words in it without persons' numbers too, which nobody could take out later."""
    words = {key: redactor.clean(str(record.details[key])) for key in WORDS if key in record.details}
    details = {key: redactor.clean_json(value) for key, value in record.details.items()}
    return replace(record, details=details | words)


def clean_result(result: ToolResult, redactor: Redactor) -> ToolResult:
    """What a run gave, as it may leave. A login code stays: it is what was asked for."""
    file = (redactor.clean(result.file[0]), redactor.clean_file(result.file[1])) if result.file else None
    rest = tuple(redactor.clean(page) for page in result.rest)
    return replace(result, text=redactor.clean(result.text), file=file, rest=rest)
