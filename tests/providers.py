"""Providers of second factors as real HTTP servers on loopback, which behave as they are documented: Twilio Verify v2,
Tencent Cloud's SMS (its signature is computed anew), and a provider that takes one request."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Handler = Callable[["Asked"], tuple[int, Any]]


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))

    @property
    def basic(self) -> tuple[str, str]:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        user, _, password = base64.b64decode(token).decode().partition(":") if scheme == "Basic" else ("", "", "")
        return user, password


@dataclass
class Server:
    """Answers with JSON as `handler` says. `before` is awaited first; `raw` is sent instead of an answer."""

    handler: Handler
    asked: list[Asked] = field(default_factory=list)
    before: Callable[[], Awaitable[None]] | None = None
    raw: bytes | None = None
    more: str = ""
    clock_off_s: float = 0.0
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Server"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            method, target, _ = (await reader.readline()).decode().split(" ")
            headers = {}
            while (line := (await reader.readline()).decode().strip()) != "":
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            asked = Asked(method, target, headers, body)
            self.asked.append(asked)
            if self.before is not None:
                await self.before()
            writer.write(self._answer(asked))
            await writer.drain()
        except (ConnectionError, ValueError, asyncio.IncompleteReadError):
            pass  # the client went away
        finally:
            writer.close()

    def _answer(self, asked: Asked) -> bytes:
        if self.raw is not None:
            return self.raw
        status, value = self.handler(asked)
        body = json.dumps(value).encode()
        date = formatdate(time.time() + self.clock_off_s, usegmt=True)
        head = f"HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nDate: {date}\r\n{self.more}"
        return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


ACCOUNT, SERVICE, TOKEN = "AC" + "a" * 32, "VA" + "b" * 32, "twilio-token-of-tests"
VERIFY_TTL_S = 600.0


@dataclass
class Verification:
    sid: str
    code: str
    until: float
    sends: int = 1
    checks: int = 0


@dataclass
class Twilio:
    """Verify v2: the same code while a verification lives; five sends (60203) and five checks (60202) of one; gone
    (404, 20404) once it is approved, expired or used up. `now` is its clock."""

    now: float = 0.0
    open: dict[str, Verification] = field(default_factory=dict)
    started: int = 0
    limit: bool = False

    def __call__(self, asked: Asked) -> tuple[int, Any]:
        if asked.basic != (ACCOUNT, TOKEN):
            return self._error(401, 20003, "Authenticate")
        if self.limit:
            return self._error(429, 20429, "Too Many Requests")
        path = asked.target.removeprefix(f"/v2/Services/{SERVICE}")
        self.open = {to: one for to, one in self.open.items() if one.until > self.now}
        match (asked.method, path):
            case ("GET", ""):
                return 200, {"sid": SERVICE, "friendly_name": "ops codes"}
            case ("POST", "/Verifications"):
                return self._start(asked.form)
            case ("POST", "/VerificationCheck"):
                return self._check(asked.form)
        return self._error(404, 20404, f"The requested resource {asked.target} was not found")

    def _start(self, form: dict[str, str]) -> tuple[int, Any]:
        to = form["To"]
        if not to.startswith("+"):
            return self._error(400, 60200, f"Invalid parameter `To`: {to}")
        one = self.open.get(to)
        if one is not None and one.sends == 5:
            return self._error(429, 60203, "Max send attempts reached")
        if one is not None:
            one.sends += 1
        else:
            self.started += 1
            one = Verification(f"VE{self.started:032x}", f"{(self.started * 7919) % 10**6:06}", self.now + VERIFY_TTL_S)
            self.open[to] = one
        return 201, self._shown(one, to, "pending", valid=False)

    def _check(self, form: dict[str, str]) -> tuple[int, Any]:
        found = next(((to, one) for to, one in self.open.items() if one.sid == form.get("VerificationSid")), None)
        if found is None:
            return self._error(404, 20404, "The requested resource was not found")
        to, one = found
        one.checks += 1
        if one.checks > 5:
            del self.open[to]
            return self._error(429, 60202, "Max check attempts reached")
        if form.get("Code") != one.code:
            return 200, self._shown(one, to, "pending", valid=False)
        del self.open[to]
        return 200, self._shown(one, to, "approved", valid=True)

    def _shown(self, one: Verification, to: str, status: str, *, valid: bool) -> dict[str, Any]:
        return {
            "sid": one.sid,
            "service_sid": SERVICE,
            "account_sid": ACCOUNT,
            "to": to,
            "channel": "sms",
            "status": status,
            "valid": valid,
        }

    def _error(self, status: int, code: int, message: str) -> tuple[int, Any]:
        return status, {"code": code, "message": message, "more_info": "https://www.twilio.com/docs", "status": status}


SECRET_ID, SECRET_KEY = "AKIDofTests0123456789", "tencent-key-of-tests"


@dataclass
class TencentCloud:
    """SMS 2021-01-11: a signed request (TC3-HMAC-SHA256), an answer for each number."""

    code: str = "Ok"
    status_code: int = 0
    sent: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, asked: Asked) -> tuple[int, Any]:
        if asked.headers.get("authorization") != self._signature(asked):
            error = {
                "Code": "AuthFailure.SignatureFailure",
                "Message": "The provided credentials could not be validated",
            }
            return 200, {"Response": {"Error": error, "RequestId": "r"}}
        request = json.loads(asked.body)
        if asked.headers["x-tc-action"] == "DescribeSmsTemplateList":
            found = [{"TemplateId": request["TemplateIdSet"][0], "StatusCode": self.status_code}]
            return 200, {"Response": {"DescribeTemplateStatusSet": found, "RequestId": "r"}}
        self.sent.append(request)
        number = request["PhoneNumberSet"][0]
        status = {"SerialNo": "", "PhoneNumber": number, "Fee": 1, "Code": self.code, "Message": f"of {number}"}
        return 200, {"Response": {"SendStatusSet": [status], "RequestId": "r"}}

    def _signature(self, asked: Asked) -> str:
        """By cloud.tencent.com/document/api/382/52077, from the request as it came."""
        stamp = asked.headers["x-tc-timestamp"]
        day = datetime.fromtimestamp(int(stamp), UTC).strftime("%Y-%m-%d")
        lines = f"content-type:{asked.headers['content-type']}\nhost:{asked.headers['host']}\n"
        canonical = f"POST\n/\n\n{lines}\ncontent-type;host\n{hashlib.sha256(asked.body).hexdigest()}"
        scope = f"{day}/sms/tc3_request"
        to_sign = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = f"TC3{SECRET_KEY}".encode()
        for part in (day, "sms", "tc3_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.new(key, to_sign.encode(), "sha256").hexdigest()
        credential = f"TC3-HMAC-SHA256 Credential={SECRET_ID}/{scope}"
        return f"{credential}, SignedHeaders=content-type;host, Signature={signature}"


def takes_all(asked: Asked) -> tuple[int, Any]:
    """A provider that takes every message."""
    return 200, {"code": 0, "msg": "ok"}
