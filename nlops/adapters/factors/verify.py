"""Twilio Verify (v2), which took Authy's place: a verification is started, then a code is checked.

    POST {base}/v2/Services/{service}/Verifications       To, Channel, Locale            201 {"sid": "VE…"}
    POST {base}/v2/Services/{service}/VerificationCheck   VerificationSid, Code          200 {"status", "valid"}

Documented at twilio.com/docs/verify/api: a verification lives ten minutes and is gone (404, 20404) once it is approved,
expired, or was checked five times; 429 (60202, 60203, 20429) are its limits; errors are {"code", "message", "status"}.
"""

import json
from email.utils import parsedate_to_datetime
from typing import Any

from nlops.adapters.factors.remote import Answer, Away, ask
from nlops.domain import run_phrases as phrases
from nlops.domain.config import AuthyConfig
from nlops.domain.words import Language

_LIMITS = {60202: phrases.MANY_WRONG, 60203: phrases.MANY_CODES}
PROVIDER = "Twilio"


class Verify:
    """One Verify service."""

    def __init__(self, config: AuthyConfig) -> None:
        self._config = config
        self._url = f"{config.base_url.rstrip('/')}/v2/Services/{config.service}"

    async def start(self, phone: str, language: Language) -> str:
        """Have a code sent; the verification's SID. Raises Away."""
        form = {"To": phone, "Channel": self._config.channel, "Locale": "zh" if language == "zh" else "en"}
        answer = await self._post("Verifications", form)
        sid = _fields(answer).get("sid")
        if answer.status != 201 or not isinstance(sid, str) or not sid:
            raise _refused(answer)
        return sid

    async def check(self, sid: str, digits: str) -> bool | None:
        """Whether the code is right; None where the verification is over. Raises Away."""
        answer = await self._post("VerificationCheck", {"VerificationSid": sid, "Code": digits})
        fields = _fields(answer)
        if answer.status == 404 or (answer.status == 429 and fields.get("code") == 60202):
            return None
        if answer.status not in (200, 201):
            raise _refused(answer)
        # "approved" and nothing else: what is not said plainly is not given.
        if fields.get("status") == "approved" and fields.get("valid") is True:
            return True
        return False if fields.get("status") == "pending" else None

    async def look(self) -> tuple[str, float | None]:
        """The service's name, and Twilio's clock (unix seconds) where it told it; nothing is sent. Raises Away."""
        answer = await ask("GET", self._url, timeout_s=self._config.timeout_s, auth=self._auth())
        if answer.status != 200:
            raise _refused(answer)
        return str(_fields(answer).get("friendly_name", self._config.service)), clock_of(answer)

    async def _post(self, what: str, form: dict[str, str]) -> Answer:
        return await ask("POST", f"{self._url}/{what}", timeout_s=self._config.timeout_s, form=form, auth=self._auth())

    def _auth(self) -> tuple[str, str]:
        return self._config.account, self._config.token.reveal()


def clock_of(answer: Answer) -> float | None:
    """The provider's clock (unix seconds); None where it did not tell."""
    try:
        return parsedate_to_datetime(answer.date).timestamp()
    except (ValueError, TypeError):
        return None


def _fields(answer: Answer) -> dict[str, Any]:
    try:
        fields = json.loads(answer.body)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _refused(answer: Answer) -> Away:
    """Twilio's own words are left out: they repeat the number."""
    code = _fields(answer).get("code")
    if answer.status == 401:
        return Away(phrases.BAD_TOKEN.of(provider=PROVIDER))
    if answer.status == 404:
        return Away(phrases.NO_SERVICE.of(provider=PROVIDER))
    if answer.status == 429:
        return Away(_LIMITS.get(code or 0, phrases.MANY_REQUESTS).of())
    status = f"HTTP {answer.status}" + (f", error {code}" if isinstance(code, int) else "")
    return Away(phrases.ANSWERS.of(provider=PROVIDER, status=status))
