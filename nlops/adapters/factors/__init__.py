"""Second factors, where they touch the world: codes that are sent, and codes that are judged.

begin   locked? ──▶ an SMS code is made, kept as its proof, sent · a verification is started · nothing to send
check   a try is counted ──▶ judged by the clock, the proof or the service ──▶ forgiven, or told wrong; the fifth locks

What can't be judged (the service is away, the code's time is over) is no failure. Codes go to the provider and nowhere
else: not into a log, not into an error.
"""

import secrets
import sqlite3
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import assert_never

from nlops.adapters.factors.program import send_by_program
from nlops.adapters.factors.remote import Away
from nlops.adapters.factors.sms import Sms, send_by_http
from nlops.adapters.factors.verify import Verify
from nlops.adapters.sqlite import SqliteStore, factors
from nlops.domain import run_phrases as phrases
from nlops.domain.config import AdminConfig, CommandSms, Config, HttpSms, TencentSms
from nlops.domain.effects import BeginFactor, CheckCode
from nlops.domain.errors import StoreError
from nlops.domain.events import FactorBegun, FactorChecked, FactorTrouble
from nlops.domain.words import Sentence
from nlops.gate import totp

SMS_TTL_S = 300.0  # an SMS may take a minute or two; after that the code is nobody's
VERIFY_TTL_S = 600.0  # Twilio's own, and not settable by API

Clock = Callable[[], float]


@dataclass(frozen=True)
class Judged:
    """What became of a code. None in `is_right`: it could not be judged, and counts for nothing."""

    is_right: bool | None
    trouble: FactorTrouble = ""
    detail: Sentence | str = ""


class SecondFactors:
    """Keeps nlops.ports.Factors."""

    def __init__(self, config: Config, store: SqliteStore, clock: Clock = time.time) -> None:
        """`clock` gives unix seconds."""
        self._config, self._store, self._clock = config, store, clock
        self._verify = Verify(config.authy) if config.authy is not None else None

    async def begin(self, effect: BeginFactor) -> FactorBegun:
        """Send what is to be sent."""
        try:
            return await self._begin(effect)
        except StoreError as error:
            return FactorBegun(effect.proposal_id, effect.factor, "away", phrases.STORE_FULL.of(error=error))

    async def check(self, effect: CheckCode) -> FactorChecked:
        """Judge a code; the try is on the disk before it is judged."""
        try:
            return await self._check(effect)
        except StoreError as error:
            return _checked(effect, Judged(None, "away", phrases.STORE_FULL.of(error=error)))

    # Begin

    async def _begin(self, effect: BeginFactor) -> FactorBegun:
        locked = await self._store.in_transaction(factors.locked)
        begun = FactorBegun(effect.proposal_id, effect.factor, locked=locked)
        if effect.admin in locked:
            return FactorBegun(effect.proposal_id, effect.factor, "locked", locked=locked)
        admin = self._config.admin(effect.admin)
        if effect.factor not in ("sms", "authy") or admin is None:
            return begun
        wait = await self._store.in_transaction(lambda db: factors.may_send(db, effect.admin, self._clock()))
        if wait > 0:
            return FactorBegun(effect.proposal_id, effect.factor, "wait", f"{max(1, round(wait))}", locked)
        try:
            await (self._send_sms(effect, admin) if effect.factor == "sms" else self._start_verification(effect, admin))
        except Away as error:
            return FactorBegun(effect.proposal_id, effect.factor, "away", error.sentence, locked)
        return begun

    async def _send_sms(self, effect: BeginFactor, admin: AdminConfig) -> None:
        """The proof is on the disk before the code leaves: one that arrives can be checked."""
        if self._config.sms is None or admin.phone is None:
            raise Away(phrases.NO_SMS.of())
        digits = f"{secrets.randbelow(10**6):06}"
        proof = factors.proof_of(digits, secrets.token_hex(16), (effect.fingerprint, str(effect.proposal_id)))
        await self._open(effect, proof, SMS_TTL_S)
        await sender_of(self._config)(Sms(admin.phone, digits, effect.about, effect.language, SMS_TTL_S))

    async def _start_verification(self, effect: BeginFactor, admin: AdminConfig) -> None:
        if self._verify is None or admin.phone is None:
            raise Away(phrases.NO_VERIFICATION.of())
        sid = await self._verify.start(admin.phone, effect.language)
        await self._open(effect, sid, VERIFY_TTL_S)

    async def _open(self, effect: BeginFactor, proof: str, ttl_s: float) -> None:
        at = self._clock()
        await self._store.in_transaction(
            lambda db: factors.open_challenge(
                db, effect.proposal_id, effect.factor, effect.admin, proof, at + ttl_s, at
            )
        )

    # Check

    async def _check(self, effect: CheckCode) -> FactorChecked:
        at = self._clock()
        if effect.factor == "authy":
            return await self._check_by_service(effect, at)

        def judge(db: sqlite3.Connection) -> FactorChecked:
            if not factors.reserve(db, effect.admin, effect.factor):
                return _locked(db, effect, at)
            judged = self._judge_totp(db, effect, at) if effect.factor == "totp" else _judge_sms(db, effect, at)
            return _settle(db, effect, judged, at)

        return await self._store.in_transaction(judge)

    def _judge_totp(self, db: sqlite3.Connection, effect: CheckCode, at: float) -> Judged:
        admin = self._config.admin(effect.admin)
        if effect.factor != "totp" or admin is None or admin.totp is None:
            return Judged(None, "away", phrases.NO_FACTOR.of(factor=effect.factor, admin=effect.admin))
        last = factors.last_step(db, effect.admin)
        if last > totp.step_at(at):
            return Judged(None, "clock")
        step = totp.accept(admin.totp.reveal(), effect.digits, at, last)
        if step is None:
            return Judged(is_right=False)
        factors.keep_step(db, effect.admin, step)
        return Judged(is_right=True)

    async def _check_by_service(self, effect: CheckCode, at: float) -> FactorChecked:
        """The try is counted and on the disk, then the service is asked, then it is settled."""

        def begin(db: sqlite3.Connection) -> FactorChecked | str | None:
            if not factors.reserve(db, effect.admin, effect.factor):
                return _locked(db, effect, at)
            return factors.challenge(db, effect.proposal_id, effect.factor, effect.admin, at)

        opened = await self._store.in_transaction(begin)
        if isinstance(opened, FactorChecked):
            return opened
        judged = await self._ask_service(opened, effect.digits)
        return await self._store.in_transaction(lambda db: _settle(db, effect, judged, at))

    async def _ask_service(self, sid: str | None, digits: str) -> Judged:
        if self._verify is None:
            return Judged(None, "away", phrases.NO_VERIFICATION.of())
        if sid is None:
            return Judged(None, "over")
        if not digits:
            return Judged(is_right=False)
        try:
            is_right = await self._verify.check(sid, digits)
        except Away as error:
            return Judged(None, "away", error.sentence)
        return Judged(None, "over") if is_right is None else Judged(is_right)


def _judge_sms(db: sqlite3.Connection, effect: CheckCode, at: float) -> Judged:
    proof = factors.challenge(db, effect.proposal_id, effect.factor, effect.admin, at)
    if effect.factor != "sms" or proof is None:
        return Judged(None, "over")
    bound = (effect.fingerprint, str(effect.proposal_id))
    return Judged(bool(effect.digits) and factors.is_proof_of(proof, effect.digits, bound))


def _settle(db: sqlite3.Connection, effect: CheckCode, judged: Judged, at: float) -> FactorChecked:
    if judged.is_right:
        factors.forgive(db, effect.admin, effect.factor)
        factors.close_challenge(db, effect.proposal_id, effect.factor)
        return _checked(effect, judged)
    if judged.is_right is None:
        factors.take_back(db, effect.admin, effect.factor)
        return _checked(effect, judged)
    failures = factors.fail(db, effect.admin, effect.contact_id, effect.factor, at)
    return _checked(effect, judged, failures)


def _locked(db: sqlite3.Connection, effect: CheckCode, at: float) -> FactorChecked:
    """Locked before this try. A process that ended between a fifth try and its judgement left the lock untold."""
    failures = factors.fail(db, effect.admin, effect.contact_id, effect.factor, at)
    return _checked(effect, Judged(False, "locked"), failures)


def _checked(effect: CheckCode, judged: Judged, failures: factors.Failures | None = None) -> FactorChecked:
    trouble: FactorTrouble = judged.trouble or ("locked" if failures is not None and failures.left == 0 else "")
    return FactorChecked(
        effect.proposal_id,
        effect.factor,
        effect.contact_id,
        judged.is_right is True,
        failures.left if failures is not None else 0,
        trouble,
        judged.detail,
        failures is not None and failures.locks_now,
    )


def sender_of(config: Config) -> Callable[[Sms], Awaitable[None]]:
    """How the configured provider is told. Raises Away where none is."""
    match config.sms:
        case None:
            raise Away(phrases.NO_SMS.of())
        case HttpSms() as http:
            return partial(send_by_http, http)
        case CommandSms() as program:
            return partial(send_by_program, program)
        case TencentSms() as tencent:
            from nlops.adapters.factors.tencent import Tencent

            return Tencent(tencent).send
        case _:
            assert_never(config.sms)


__all__ = ["SecondFactors", "sender_of"]
