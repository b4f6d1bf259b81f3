"""Log alerts from inside a bot: told a few times a minute, counted beyond, cleaned of secrets."""

from types import SimpleNamespace
from typing import Any

import pytest

from nlops.plugin import log_alert
from tests.plugin.world import TOKEN, World, until
from tests.support import WEI


async def test_lines_are_told_and_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty alike are one message with its count, at most three go in a minute, the rest comes later in one; what was
    there before the start is old, a line without the pattern is nothing, and the bot's own token never leaves."""
    world.write("ERROR of yesterday\n")
    operation = log_alert("bob.log", WEI, pattern="ERROR|致命", language="en")
    alert: Any = getattr(operation.on_tick, "__self__", None)
    world.use(operation)
    clock = [1000.0]
    monkeypatch.setattr("nlops.plugin.alert.time", SimpleNamespace(monotonic=lambda: clock[0]))
    await world.start_bot()
    await world.is_quiet()
    world.write("fine\n" + "".join(f"ERROR job {number} {TOKEN}\n" for number in range(50)))
    await until(lambda: len(world.texts()) == 1)
    assert world.texts() == ["bob's log, alert “errorAlert”:\nERROR job 0 ‹redacted›  (×50)"]
    world.write("致命 a\n致命 b\n致命 c\n致命 d\n")
    await until(lambda: len(world.texts()) == 3 and sum(len(one.held) for one in alert._foldings.values()) == 2)
    clock[0] += 61
    await until(lambda: len(world.texts()) == 4)
    assert world.texts()[1:3] == [f"bob's log, alert “errorAlert”:\n致命 {kind}" for kind in "ab"]
    assert world.texts()[3] == "bob's log, alert “errorAlert”, since the last message:\n致命 c\n致命 d"


async def test_every_line_by_default(world: World) -> None:
    """Made for a log that holds errors only, as the origin's was."""
    world.use(log_alert("bob.log", WEI, title="errors"))
    await world.start_bot()
    await world.is_quiet()
    world.write("anything\n")
    await until(lambda: world.texts() == ["bob 的日志告警「errors」：\nanything"])


@pytest.mark.parametrize("pattern", ["(", "x*", "(?=a)"])
def test_wrong_pattern_is_refused(pattern: str) -> None:
    """Where it is written, not when the first line comes."""
    with pytest.raises(ValueError, match=r".+"):
        log_alert("bob.log", WEI, pattern=pattern)


def test_wrong_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="at_most"):
        log_alert("bob.log", WEI, at_most=0)
