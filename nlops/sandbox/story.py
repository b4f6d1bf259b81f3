"""`nlops demo --play`: a story that plays itself through the real nlops, and checks each thing that it promises.

bob loses his login → his QR code comes by itself → asked for in words → proposal, code, QR code → a phone scans it →
bob is back → `restart bob` → another process → 20 lines of alice's log, asked for in Chinese → a stranger gets nothing
→ the audit holds. Before the stranger, wei adds a tool by the README's words, while nlops runs, and uses it in both
languages.
"""

import asyncio
import functools
import re
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import quote

from nlops.sandbox import adding
from nlops.sandbox.botlog import URI_COMPONENT_SAFE
from nlops.sandbox.phone import read_code
from nlops.sandbox.place import Place
from nlops.sandbox.terminal import Teller
from nlops.sandbox.transcript import Transcript
from nlops.sandbox.wechat import is_running
from nlops.sandbox.world import MALLORY, WEI, Bubble, World, keeper_line, opened

T = TypeVar("T")

# The model may have to be fetched first (half a gigabyte), on a slow line.
READY_TIMEOUT_S = 1800.0
# A question on a busy machine of two cores, the first one with nothing in the model's cache.
MODEL_TIMEOUT_S = 90.0
TIMEOUT_S = 30.0
POLL_S = 0.1
# After so long somebody who looks on wants to know that it goes on.
PATIENCE_S = 20.0
# Long enough for nlops to have answered, had it wanted to: keywords answer within 0.1 s.
SILENCE_S = 4.0
LINES = 20
# A new tool from zero, by the README's words, takes less than five minutes.
MOST_S = 300.0
# nlops's alphabet of codes, standing alone.
CODE = re.compile(r"(?<![0-9A-Za-z])[23456789ABCDEFGHJKMNPQRSTUVWXYZ]{4}(?![0-9A-Za-z])")


class NotTrueError(Exception):
    """Something that the story promises did not come true; `str` says what was awaited, and what was seen."""


async def play(place: Place) -> int:
    """0 where all of it came true, else 1."""
    transcript = Transcript()
    async with opened(place, Teller().tell) as world:
        try:
            await Story(world, transcript).run()
        except NotTrueError as error:
            transcript.failed(str(error), world)
            return 1
    transcript.ended()
    return 0


class Story:
    """The steps, in order."""

    def __init__(self, world: World, transcript: Transcript) -> None:
        self.timeout_s, self.model_timeout_s, self.silence_s = TIMEOUT_S, MODEL_TIMEOUT_S, SILENCE_S
        self._world, self._transcript = world, transcript
        world.listen(transcript.bubble)

    async def run(self) -> None:
        self._transcript.line(keeper_line(self._world))
        await self.start()
        await self.bob_drops()
        await self.ask_for_code()
        await self.scan()
        await self.restart_bob()
        await self.alices_log()
        await self.a_new_tool()
        await self.stranger()
        await self.the_new_tool_in_words()
        await self.audit()

    # -- the steps

    async def start(self) -> None:
        self._transcript.chapter("nlops starts (its model takes up to a minute, and is fetched the first time)")
        await self._until("nlops is ready", self._world.service.ready.is_set, READY_TIMEOUT_S)
        self._true("nlops is ready: link, logs and model are up")
        await self._until("both bots are online", self._all_online)

    async def bob_drops(self) -> None:
        self._transcript.chapter("bob loses his login: his account is logged out on the phone")
        before = len(self._world.bubbles)
        self._dropped_at = time.monotonic()
        self._world.phone.log_out("bob")
        await self._until("bob's log shows a code to scan", self._bob_waits)
        await self._picture_comes(before)

    async def ask_for_code(self) -> None:
        """In words, so that the model reads it, and a confirmation is asked for."""
        self._transcript.chapter("wei asks for the code, in his own words")
        calls = self._model_calls()
        code = await self._ask("bob seems down, send me his code", "qr", "bob")
        # bob may have asked for another scan meanwhile, which brings another code: each comes once by itself.
        codes = [read_code(bubble.data) for bubble in self._to_wei(0) if bubble.kind == "file"]
        self._check(len(codes) == len(set(codes)), "each code came once: nothing ran unconfirmed", f"{codes}")
        self._check(self._model_calls() > calls, "the model was asked", "no model call in the log of nlops")
        before = self._say(code)
        await self._picture_comes(before)

    async def scan(self) -> None:
        before = len(self._world.bubbles)
        self._transcript.chapter("the phone scans the newest picture")
        await self._until("a picture that the phone knows as bob's", self._phone_scans)
        self._true("the phone knows the code as bob's")
        await self._until("bob logs in", lambda: self._status("bob") == "online")
        away_s = time.monotonic() - self._dropped_at
        self._true(f"bob is logged in, {away_s:.0f} s after he was lost")
        words = await self._until("nlops tells after how many seconds bob is back", lambda: self._back(before, away_s))
        self._true(f"wei was told so, with the time: {words}")
        await self._until("the login test in wei's chat", lambda: self._text(before, re.compile("#ping")))
        self._true("and the login test was said")

    async def restart_bob(self) -> None:
        self._transcript.chapter("wei restarts bob, by keyword")
        before, calls = self._world.bot("bob"), self._model_calls()
        start = self._say("restart bob")
        after = await self._until(
            "another process of bob, online", lambda: self._other_bob(before.pid if before else 0)
        )
        self._true(f"bob's process: {before.pid if before else None} → {after}, logged in without a scan")
        told = re.compile(rf"(?<!\d){after}(?!\d)")
        await self._until("nlops tells the new process id", lambda: self._text(start, told))
        done = re.compile("bob is restarted and logged in")
        await self._until("nlops says that it is done, with the login", lambda: self._text(start, done))
        self._check(self._model_calls() == calls, "a keyword: no model call", "the model was called")
        await self._quiet()

    async def alices_log(self) -> None:
        self._transcript.chapter("wei asks for alice's log, in Chinese")
        code = await self._ask("看看爱丽丝最近20行日志", "tail_logs", "alice", str(LINES))
        at_least = len(self._world.log_lines("alice"))
        before = self._say(f"确认 {code}")
        await self._until(f"{LINES} lines of alice's log", lambda: self._shown_lines(before))
        await self._quiet()  # more of them would come now
        shown = self._shown_lines(before) or []
        self._check(len(shown) == LINES, f"exactly {LINES} lines of alice's log", f"{len(shown)} lines")
        log = self._world.log_lines("alice")
        ends = [end for end in range(at_least, len(log) + 1) if log[end - LINES : end] == shown]
        self._check(bool(ends), "they were the last ones when they were read", "\n".join(shown))

    async def a_new_tool(self) -> None:
        """As the README tells it, in the demo's folder, while nlops runs."""
        self._transcript.chapter("wei adds a tool: a few answers, and its name in nlops.toml")
        before, start = len(self._world.bubbles), time.monotonic()
        try:
            for line in await asyncio.to_thread(lambda: list(adding.new_tool(self._world.place))):
                self._transcript.line(line)
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            raise NotTrueError(f"awaited: a tool without a fault\nseen: {error}") from error
        for line in adding.enable(self._world.place).split("\n"):
            self._transcript.line(line)
        news = re.compile(f"{adding.NAME} is new|{adding.NAME} 新增")
        await self._until("nlops takes the new tool, without a restart", lambda: self._text(before, news))
        calls = self._model_calls()
        for words in adding.KEYWORDS:
            asked, shown = self._say(words), re.compile(r"\d+%")
            await self._until(f"an answer to {words}", functools.partial(self._text, asked, shown))
        took_s = time.monotonic() - start
        self._check(self._model_calls() == calls, "its keywords work in both languages", "the model was called")
        self._check(took_s < MOST_S, f"{took_s:.0f} s from zero to the first answers", f"{took_s:.0f} s")

    async def the_new_tool_in_words(self) -> None:
        self._transcript.chapter("wei asks for it in his own words, in Chinese")
        # Meanwhile it may be reading still: the whole prefix, on a machine that has other work.
        code = await self._ask(adding.IN_WORDS, adding.NAME, adding.PLACE, timeout_s=3 * self.model_timeout_s)
        asked = self._say(f"确认 {code}")
        await self._until("how full it is", lambda: self._text(asked, re.compile(r"\d+%")))
        self._true("free text is read as the new tool")

    async def stranger(self) -> None:
        self._transcript.chapter("a stranger tries the same")
        await self._quiet()
        before = self._everything()
        fetched = self._world.gateway.calls["MessagePayload"]
        self._world.say(MALLORY, "restart bob")
        await self._until("nlops reads the message", lambda: self._world.gateway.calls["MessagePayload"] > fetched)
        await asyncio.sleep(self.silence_s)
        after = self._everything()
        self._check(after == before, "a stranger: no answer, no restart, no model call", f"{before} became {after}")

    async def audit(self) -> None:
        self._transcript.chapter("the record of it all")
        words = [sys.executable, "-P", "-m", "nlops", "audit", "verify", "-c", str(self._world.place.config)]
        done = await asyncio.to_thread(subprocess.run, words, capture_output=True, text=True, timeout=TIMEOUT_S)
        said = (done.stdout + done.stderr).strip()
        self._check(done.returncode == 0, f"nlops audit verify: {said}", f"exit {done.returncode}: {said}")

    # -- saying, waiting, checking

    def _say(self, text: str) -> int:
        """wei writes; returns how many bubbles there were before."""
        before = len(self._world.bubbles)
        self._world.say(WEI, text)
        return before

    async def _ask(self, text: str, *facts: str, timeout_s: float | None = None) -> str:
        """Free text; returns the code of the proposal that comes, which must name `facts`."""
        before = self._say(text)
        timeout_s = timeout_s or self.model_timeout_s
        proposal = await self._until("a proposal with a code", lambda: self._text(before, CODE), timeout_s)
        missing = [fact for fact in facts if not re.search(rf"(?<!\w){re.escape(fact)}(?!\w)", proposal)]
        self._check(not missing, f"a proposal that names {', '.join(facts)}", f"without {missing}: {proposal}")
        code = CODE.search(proposal)
        assert code is not None  # noqa: S101  it was awaited
        return code.group()

    async def _picture_comes(self, start: int) -> None:
        """A picture for wei; a decoder reads from it the code that bob shows, the one in his log."""
        payload = await self._until("a picture with the code that bob shows", lambda: self._shown_code(start))
        self._true(f"a decoder reads bob's payload from it: {payload}")
        page = "https://wechaty.js.org/qrcode/" + quote(payload, safe=URI_COMPONENT_SAFE)
        await self._until(f"a line of bob's log with {page}", lambda: self._in_bobs_log(f"Waiting(2) - {page}"))
        self._true("the one that bob's log shows")

    async def _until(self, what: str, look: Callable[[], T | None], timeout_s: float | None = None) -> T:
        """Wait until `look` sees something; returns it. NotTrueError when the time is up, or nlops ends."""
        timeout_s = self.timeout_s if timeout_s is None else timeout_s
        start = time.monotonic()
        end, patience = start + timeout_s, start + PATIENCE_S
        while not (seen := look()):
            if self._world.service.ended.is_set():
                raise NotTrueError(f"awaited: {what}\nseen: nlops ended, exit {self._world.service.exit_code}")
            if time.monotonic() > end:
                raise NotTrueError(f"awaited for {timeout_s:.0f} s: {what}\nseen last: {self._last()}")
            if time.monotonic() > patience:
                self._transcript.line(f"… waiting: {what}")
                patience += PATIENCE_S
            await asyncio.sleep(POLL_S)
        return seen

    async def _quiet(self) -> None:
        """Wait until nothing was sent for a while, so that what comes next stands by itself."""
        count, since = len(self._world.bubbles), time.monotonic()
        while time.monotonic() - since < self.silence_s / 2:
            await asyncio.sleep(POLL_S)
            if len(self._world.bubbles) != count:
                count, since = len(self._world.bubbles), time.monotonic()

    def _check(self, holds: bool, what: str, seen: str) -> None:
        if not holds:
            raise NotTrueError(f"awaited: {what}\nseen: {seen}")
        self._true(what)

    def _true(self, what: str) -> None:
        self._transcript.true(what)

    # -- what can be seen

    def _status(self, bot: str) -> str | None:
        now = self._world.bot(bot)
        return now.status if now else None

    def _all_online(self) -> bool:
        return all(self._status(bot) == "online" for bot in ("alice", "bob"))

    def _bob_waits(self) -> bool:
        return self._status("bob") == "waiting"

    def _other_bob(self, before: int) -> int | None:
        now = self._world.bot("bob")
        other = now is not None and now.pid != before and now.status == "online" and is_running(now.pid)
        return now.pid if now and other and not is_running(before) else None

    def _to_wei(self, start: int) -> list[Bubble]:
        return [bubble for bubble in self._world.bubbles[start:] if bubble.by_nlops and bubble.chat == WEI.id]

    def _last(self) -> str:
        """The newest of what nlops sent wei, for who wants to know what went wrong."""
        bubble = next(reversed(self._to_wei(0)), None)
        if bubble is None:
            return "nothing"
        return bubble.text or f"a picture {bubble.name}, which says {read_code(bubble.data)}"

    def _phone_scans(self) -> bool:
        newest = next((bubble for bubble in reversed(self._to_wei(0)) if bubble.kind == "file"), None)
        return newest is not None and self._world.phone.scan(newest.data) == "bob"

    def _shown_code(self, start: int) -> str | None:
        """The payload that bob shows now, once a picture came from which a decoder reads it."""
        now = self._world.bot("bob")
        codes = [read_code(bubble.data) for bubble in self._to_wei(start) if bubble.kind == "file"]
        return now.payload if now and now.payload in codes else None

    def _text(self, start: int, pattern: re.Pattern[str]) -> str | None:
        return next((bubble.text for bubble in self._to_wei(start) if pattern.search(bubble.text)), None)

    def _in_bobs_log(self, end: str) -> bool:
        return any(line.endswith(end) for line in self._world.log_lines("bob"))

    def _back(self, start: int, away_s: float) -> str | None:
        """The text that tells of bob and of about so many seconds."""
        for bubble in self._to_wei(start):
            numbers = [int(number) for number in re.findall(r"\d+", bubble.text)]
            if "bob" in bubble.text and any(abs(number - away_s) <= 3 for number in numbers):
                return bubble.text
        return None

    def _shown_lines(self, start: int) -> list[str] | None:
        """The lines of alice's log that nlops showed since `start`, in one text or in several, or in a file."""
        known = set(self._world.log_lines("alice"))
        texts = [bubble.text or bubble.data.decode(errors="replace") for bubble in self._to_wei(start)]
        lines = "\n".join(texts).rstrip("\n").split("\n")
        # Words of nlops's own may stand before them, and nothing else.
        first = next((at for at, line in enumerate(lines) if line in known), len(lines))
        return lines[first:] if len(lines) - first >= LINES else None

    def _model_calls(self) -> int:
        log = self._world.place.service_log
        return log.read_text("utf-8").count("model call") if log.exists() else 0

    def _everything(self) -> tuple[object, ...]:
        """What a stranger must not be able to change: who was sent how much, the bots' processes, the model's calls."""
        pids = [self._world.wechat.pid(bot) for bot in ("alice", "bob")]
        return len(self._world.gateway.sent), pids, self._model_calls()
