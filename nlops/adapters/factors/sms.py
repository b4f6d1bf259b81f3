"""SMS by any provider that takes one HTTP request: the configuration is the request, with placeholders.

    {phone}   +8613800138000        {digits}  8613800138000        {local}  13800138000 (without +86)
    {code}    123456                {text}    a sentence with the code    {minutes}  5

A value is put in as its place wants it: encoded in a URL, escaped in a form, a string in JSON.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from nlops.adapters.factors.remote import Answer, Away, ask
from nlops.domain import run_phrases as phrases
from nlops.domain.config import HttpSms, Secret
from nlops.domain.words import Language, Phrase

PLACEHOLDERS = ("phone", "digits", "local", "code", "text", "minutes")
_PLACE = re.compile(r"\{([a-z]+)\}")
_SHOW = 120  # characters of a refusal
TEXT = Phrase(
    en="nlops: {code} confirms {about}. Valid for {minutes} min. If you asked for nothing, tell nobody this code.",
    zh="nlops：验证码 {code}，用于确认 {about}，{minutes} 分钟内有效。如果不是你本人操作，请勿告诉任何人。",
)


@dataclass(frozen=True)
class Sms:
    """One message: `phone` in E.164, the code, and what it is for."""

    phone: str
    code: str
    about: str
    language: Language
    ttl_s: float

    def values(self) -> dict[str, str]:
        """What the placeholders stand for."""
        minutes = f"{round(self.ttl_s / 60)}"
        text = TEXT.say(self.language, code=self.code, about=self.about, minutes=minutes)
        digits = self.phone.removeprefix("+")
        local = self.phone.removeprefix("+86").removeprefix("+")
        return {
            "phone": self.phone,
            "digits": digits,
            "local": local,
            "code": self.code,
            "text": text,
            "minutes": minutes,
        }


def unknown_placeholder(template: str) -> str | None:
    """The first one that nobody fills."""
    return next((name for name in _PLACE.findall(template) if name not in PLACEHOLDERS), None)


def fill(template: str, values: dict[str, str]) -> str:
    """In one pass: what a value holds is never read as a placeholder."""
    return _PLACE.sub(lambda match: values.get(match[1], match[0]), template)


async def send_by_http(config: HttpSms, message: Sms) -> None:
    """Tell the provider. Raises Away where it did not take the message."""
    values = message.values()
    url = fill(config.url, {key: quote(value, safe="") for key, value in values.items()})
    answer = await ask(
        config.method,
        url,
        timeout_s=config.timeout_s,
        headers={name: fill(value.reveal(), values) for name, value in config.headers},
        form={name: fill(value.reveal(), values) for name, value in config.form} or None,
        json=_body(config.json, values),
        auth=(config.user, config.password.reveal()) if config.user and config.password else None,
    )
    _judge(config, answer, message.code)


def _body(template: Secret | None, values: dict[str, str]) -> bytes | None:
    if template is None:
        return None
    return json.dumps(_filled(json.loads(template.reveal()), values), ensure_ascii=False).encode()


def _filled(value: Any, values: dict[str, str]) -> Any:
    if isinstance(value, str):
        return fill(value, values)
    if isinstance(value, list):
        return [_filled(item, values) for item in value]
    return {key: _filled(item, values) for key, item in value.items()} if isinstance(value, dict) else value


def _judge(config: HttpSms, answer: Answer, code: str) -> None:
    if answer.status == 429:
        if answer.retry_after.isdigit():
            raise Away(phrases.MANY_MESSAGES_UNTIL.of(seconds=answer.retry_after))
        raise Away(phrases.MANY_MESSAGES.of())
    if not 200 <= answer.status < 300:
        raise Away(phrases.HTTP_STATUS.of(status=answer.status, said=_said(answer, config, code)))
    if config.accept is not None:
        pointer, wanted = config.accept
        if pointed(answer.body, pointer) != wanted:
            raise Away(phrases.NOT_TAKEN.of(said=_said(answer, config, code)))


def pointed(body: bytes, pointer: str) -> str | None:
    """The value at a JSON pointer (RFC 6901) as text; None where there is none."""
    try:
        value = json.loads(body)
        for part in pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            value = value[int(key)] if isinstance(value, list) else value[key]
    except (ValueError, LookupError, TypeError):
        return None
    return value if isinstance(value, str) else json.dumps(value)


def _said(answer: Answer, config: HttpSms, code: str) -> str:
    return shorten(answer.body, [code, *(one.reveal() for one in config.secrets)])


def shorten(output: bytes, secrets: Sequence[str]) -> str:
    """The beginning of a refusal, without what is secret: some providers repeat what they were sent."""
    text = " ".join(output.decode("utf-8", "replace").split())
    for secret in secrets:
        text = text.replace(secret, "•••") if secret else text
    return f": {text[:_SHOW]}" if text else ""
