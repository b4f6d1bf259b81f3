"""Factors over the true store and true servers: one use, five failures over restarts, what counts and what does not."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlops.adapters.factors import SecondFactors
from nlops.adapters.sqlite import SqliteStore, factors
from nlops.domain.config import AdminConfig, AuthyConfig, Config, HttpSms, Secret
from nlops.domain.effects import BeginFactor, CheckCode
from nlops.domain.events import FactorChecked
from nlops.gate.audit import verify
from nlops.gate.totp import code_at, step_at
from tests.providers import ACCOUNT, SERVICE, TOKEN, Server, Twilio, takes_all
from tests.support import LAN, WEI, make_config

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
PHONE = "+8613800138000"
NOW = 1_800_000_000.0


class World:
    """A store on a disk, providers, and a clock that is set."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now = folder, NOW
        self.twilio, self.sms = Twilio(), Server(takes_all)
        self.verify = Server(self.twilio)
        self.store = SqliteStore(folder)

    def config(self) -> Config:
        admins = (AdminConfig("wei", WEI, "en", Secret(SECRET), PHONE), AdminConfig("lan", LAN, "zh"))
        form = (("to", Secret("{phone}")), ("text", Secret("{text}")))
        return make_config(
            self.folder,
            admins=admins,
            sms=HttpSms(self.sms.url, form=form, timeout_s=5),
            authy=AuthyConfig(ACCOUNT, Secret(TOKEN), SERVICE, base_url=self.verify.url, timeout_s=5),
        )

    @property
    def factors(self) -> SecondFactors:
        """Made anew each time: nothing is remembered but in the store."""
        return SecondFactors(self.config(), self.store, lambda: self.now)

    def restart(self) -> None:
        self.store.close()
        self.store = SqliteStore(self.folder)

    def code(self, off: int = 0) -> str:
        return code_at(SECRET, step_at(self.now) + off)

    def wrong(self) -> str:
        """A code of no step that could be accepted."""
        near = {self.code(off) for off in (-1, 0, 1)}
        return next(code for code in ("000000", "000001", "000002", "000003") if code not in near)

    async def check(
        self, digits: str, factor: str = "totp", proposal: int = 1, fingerprint: str = "f"
    ) -> FactorChecked:
        return await self.factors.check(CheckCode(proposal, factor, "wei", WEI, fingerprint, digits))

    async def begin(self, factor: str, proposal: int = 1, fingerprint: str = "f") -> tuple[str, str]:
        begun = await self.factors.begin(BeginFactor(proposal, factor, "wei", WEI, fingerprint, "7K3F (restart)", "en"))
        return begun.trouble, str(begun.detail)

    def sent_code(self) -> str:
        found = re.search(r"\d{6}", self.sms.asked[-1].form["text"])
        assert found is not None
        return found[0]

    def kinds(self) -> list[str]:
        records = list(self.store.records())
        assert verify(records, self.store.head()) is None
        return [record.kind for record in records]


@asynccontextmanager
async def made(folder: Path) -> AsyncIterator[World]:
    world = World(folder)
    async with world.sms.serving(), world.verify.serving():
        try:
            yield world
        finally:
            world.store.close()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with made(tmp_path) as world:
        yield world


async def test_a_code_is_accepted_once(world: World) -> None:
    """Replayed at once, in the next step, after a restart, and for another proposal: wrong, and counted."""
    code = world.code()
    assert (await world.check(code)).is_right
    again = await world.check(code)
    assert not again.is_right and again.left == 4
    world.now += 30
    world.restart()
    assert (await world.check(code, proposal=2)).left == 3
    assert (await world.check(world.code())).is_right
    assert (
        await world.check("000000" if world.code() != "000000" else "000001")
    ).left == 4  # forgiven by the right one


async def test_an_older_step_is_never_good_after_a_newer(world: World) -> None:
    """The step before is good by itself; not once now's was accepted."""
    assert (await world.check(world.code(-1))).is_right
    assert (await world.check(world.code())).is_right
    assert not (await world.check(world.code(-1))).is_right and not (await world.check(world.code(1))).is_right
    assert not (await world.check(world.code(-2))).is_right


async def test_a_clock_that_went_back_judges_nothing(world: World) -> None:
    """It is told, and counts as no failure; when the clock is right again, codes are."""
    assert (await world.check(world.code())).is_right
    world.now -= 3600
    for _ in range(10):
        checked = await world.check(world.code())
        assert checked.trouble == "clock" and not checked.is_right
    world.now += 3630
    assert (await world.check(world.code())).is_right


async def test_five_failures_lock_until_the_host_unlocks(world: World) -> None:
    """Over restarts and proposals; the right code is no way out; the lock is recorded once, and so is the unlocking."""
    lefts = []
    for nth in range(5):
        world.restart()
        checked = await world.check(world.wrong(), proposal=nth)
        lefts.append((checked.left, checked.trouble, checked.locks_now))
    assert lefts == [(4, "", False), (3, "", False), (2, "", False), (1, "", False), (0, "locked", True)]
    for _ in range(3):
        world.now += 100_000
        checked = await world.check(world.code(), proposal=9)
        assert (checked.is_right, checked.trouble, checked.locks_now) == (False, "locked", False)
    assert [await world.begin(factor) for factor in ("totp", "sms", "authy", "second-admin")] == [("locked", "")] * 4
    assert world.store.locked() == {"wei"} and not world.sms.asked and not world.verify.asked
    assert world.kinds() == ["locked"]
    assert world.store.unlock("wei", "terminal:root", world.now) and not world.store.unlock("wei", "x", world.now)
    assert world.kinds() == ["locked", "unlocked"] and world.store.locked() == frozenset()
    assert (await world.check(world.code())).is_right


async def test_a_factor_that_is_right_forgives_no_other(world: World) -> None:
    """Whoever holds the phone and not the authenticator gets five tries in all, however many SMS codes are right."""
    wrong = 0
    for nth in range(10):
        world.now += 700
        trouble, _ = await world.begin("sms", proposal=nth)
        if trouble == "locked":
            break
        assert (await world.check(world.sent_code(), "sms", nth)).is_right
        wrong += not (await world.check(world.wrong(), proposal=nth)).is_right
    assert wrong == 5 and world.store.locked() == {"wei"}


async def test_many_guesses_at_once_are_five(world: World) -> None:
    """From two connections to the store, in threads: no more than five are ever judged, and one says that it locks."""
    other = SqliteStore(world.folder)
    both = [SecondFactors(world.config(), store, lambda: world.now) for store in (world.store, other)]
    digits = [f"{n:06}" for n in range(1000, 1040)]
    assert not {world.code(), world.code(-1)} & set(digits)
    checks = [both[n % 2].check(CheckCode(n, "totp", "wei", WEI, "f", one)) for n, one in enumerate(digits)]
    results = await asyncio.gather(*checks)
    other.close()
    assert sorted(one.left for one in results)[-4:] == [1, 2, 3, 4]
    assert sum(one.locks_now for one in results) == 1 and not any(one.is_right for one in results)
    assert world.kinds() == ["locked"]


async def test_one_code_at_once_from_two_connections_is_right_once(world: World) -> None:
    """The step is taken in one transaction."""
    other = SqliteStore(world.folder)
    both = [SecondFactors(world.config(), store, lambda: world.now) for store in (world.store, other)]
    checks = [both[n % 2].check(CheckCode(n, "totp", "wei", WEI, "f", world.code())) for n in range(4)]
    assert sum(one.is_right for one in await asyncio.gather(*checks)) == 1
    other.close()


@pytest.mark.parametrize("digits", ["", "١٢٣٤٥٦", "12345", "1234567", "abcdef"])
async def test_what_is_no_code_is_wrong(world: World, digits: str) -> None:
    """Counted, for every factor; nothing is raised, and no service asked about what it can't be."""
    await world.begin("sms")
    world.now += 40
    await world.begin("authy")
    count = len(world.verify.asked)
    assert [(await world.check(digits, factor)).left for factor in ("totp", "sms")] == [4, 3]
    if not digits:
        assert (await world.check(digits, "authy")).left == 2 and len(world.verify.asked) == count


async def test_an_sms_code_is_for_one_proposal_and_once(world: World) -> None:
    """It says what for; it is right for that, with these arguments, once; for another it is no code at all."""
    assert await world.begin("sms") == ("", "")
    assert world.sms.asked[-1].form["to"] == PHONE and "7K3F (restart)" in world.sms.asked[-1].form["text"]
    code = world.sent_code()
    assert (await world.check(code, "sms", 2)).trouble == "over"
    other = await world.check(code, "sms", 1, "other arguments")
    assert not other.is_right and other.left == 4
    world.restart()
    assert (await world.check(code, "sms")).is_right
    assert (await world.check(code, "sms")).trouble == "over"


async def test_an_sms_code_ends_after_five_minutes(world: World) -> None:
    """Then it is over, which is no failure; a newer one replaces the older."""
    await world.begin("sms")
    first = world.sent_code()
    world.now += 31
    await world.begin("sms")
    assert first == world.sent_code() or not (await world.check(first, "sms")).is_right
    world.now += 300
    assert (await world.check(world.sent_code(), "sms")).trouble == "over"


async def test_codes_are_not_sent_as_often_as_one_likes(world: World) -> None:
    """One in thirty seconds, five in ten minutes, over proposals, both ways, and restarts."""
    assert await world.begin("sms") == ("", "")
    assert await world.begin("authy", 2) == ("wait", "30")
    sent = 1
    for nth in range(59):
        world.now += 10
        world.restart()
        sent += (await world.begin("sms", nth))[0] == ""
    assert sent == 5 and len(world.sms.asked) == 5
    world.now += 600
    assert await world.begin("authy") == ("", "")


async def test_a_provider_that_refuses_is_told(world: World) -> None:
    """And is no failure of the person's; nothing is sent twice by itself."""
    world.sms.handler = lambda asked: (503, {})
    trouble, detail = await world.begin("sms")
    assert trouble == "away" and "HTTP 503" in detail and len(world.sms.asked) == 1
    world.now += 31
    world.twilio.limit = True
    assert (await world.begin("authy"))[0] == "away"


async def test_a_verification_by_its_service(world: World) -> None:
    """Right once; wrong is counted with all others; what the service can't judge is not; nor is what is over."""
    assert await world.begin("authy") == ("", "")
    code = world.twilio.open[PHONE].code
    assert (await world.check(world.wrong())).left == 4
    assert (await world.check("999999", "authy")).left == 3
    world.twilio.limit = True
    away = await world.check(code, "authy")
    assert (away.trouble, away.is_right) == ("away", False)
    world.twilio.limit = False
    assert (await world.check(code, "authy", 2)).trouble == "over"
    assert (await world.check(code, "authy")).is_right
    assert (await world.check(code, "authy")).trouble == "over"
    assert (await world.check(world.wrong())).left == 3  # of the authenticator's one is left to count


async def test_a_try_counts_before_the_service_has_judged_it(world: World) -> None:
    """A process that is killed while the service thinks gave no try for nothing; five of those lock, and the next
    start says so."""
    await world.begin("authy")

    thinks = asyncio.Event()

    async def think() -> None:
        await thinks.wait()

    world.verify.before = think
    for _ in range(5):
        task = asyncio.create_task(world.check("999999", "authy"))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        world.restart()
    checked = await world.check(world.code())
    assert (checked.trouble, checked.locks_now) == ("locked", True) and world.kinds() == ["locked"]
    thinks.set()


async def test_codes_are_nowhere_on_the_disk(world: World) -> None:
    """Neither one that was sent nor one that was tried; the audit of the lock has none either."""
    await world.begin("sms")
    tried = ["918273", "827364", "736455", "645546"]
    for code in tried:
        await world.check(code, "sms")
    kept = b"".join(file.read_bytes() for file in world.folder.iterdir())
    assert not [code for code in (*tried, world.sent_code()) if code.encode() in kept]


async def test_without_configuration_nothing_is_right(world: World) -> None:
    """An admin without a secret, a factor that nobody knows, no provider: never taken for none."""
    bare = SecondFactors(make_config(world.folder), world.store, lambda: world.now)
    for factor in ("totp", "sms", "authy", "retina", "none", ""):
        checked = await bare.check(CheckCode(1, factor, "lan", LAN, "f", world.code()))
        assert not checked.is_right, factor
    for factor in ("sms", "authy"):
        assert (await bare.begin(BeginFactor(1, factor, "lan", LAN, "f", "x", "en"))).trouble == "away"
        world.now += 31


async def test_a_store_that_cannot_write_judges_nothing(world: World) -> None:
    """No try that is not counted first."""
    world.store.close()
    assert (await world.check(world.code())).trouble == "away"
    assert (await world.begin("sms"))[0] == "away" and not world.sms.asked
    world.store = SqliteStore(world.folder)


EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("clock"), st.integers(-90, 120)),
        st.tuples(st.just("code"), st.integers(-3, 3)),
        st.tuples(st.just("guess"), st.integers(0, 999_999)),
        st.tuples(st.just("restart"), st.just(0)),
        st.tuples(st.just("unlock"), st.just(0)),
    ),
    max_size=30,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=EVENTS)
def test_any_history_of_clocks_and_codes(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[str, int]]
) -> None:
    """Skews, jumps, replays, guesses, restarts: an accepted code is of this step or the one before, and of a later step
    than any before it; and between two unlockings no more than five wrong ones are judged in a row."""

    async def play() -> None:
        world = World(tmp_path_factory.mktemp("factors"))
        accepted: list[int] = []
        wrong_in_a_row = 0
        for kind, value in history:
            if kind == "clock":
                world.now += value
            elif kind == "restart":
                world.restart()
            elif kind == "unlock":
                world.store.unlock("wei", "host", world.now)
                wrong_in_a_row = 0
            else:
                digits = world.code(value) if kind == "code" else f"{value:06}"
                checked = await world.check(digits)
                if checked.is_right:
                    near = [step_at(world.now) - late for late in (0, 1)]
                    (step, *_) = [step for step in near if code_at(SECRET, step) == digits]
                    assert step > max(accepted, default=-1)
                    accepted.append(step)
                    wrong_in_a_row = 0
                elif checked.trouble == "":
                    wrong_in_a_row += 1
                assert wrong_in_a_row < 5 and (not checked.is_right or checked.trouble == "")
        world.store.close()

    asyncio.run(play())


def test_tables_of_an_older_store_are_added(tmp_path: Path) -> None:
    """A store of the version before gets them, and keeps what it holds."""
    store = SqliteStore(tmp_path)
    with store.database.writing() as db:
        for table in ("failure", "lock", "authenticator", "challenge", "code_sent"):
            db.execute(f"DROP TABLE {table}")
        db.execute("PRAGMA user_version = 3")
    store.close()
    store = SqliteStore(tmp_path)
    with store.database.writing() as db:
        assert factors.last_step(db, "wei") == -1 and factors.locked(db) == frozenset()
        factors.keep_step(db, "wei", 7)
        factors.keep_step(db, "wei", 5)
        assert factors.last_step(db, "wei") == 7
    store.close()
