"""The word `log`, from inside a bot."""

from nlops.plugin import show_log
from tests.plugin.world import TOKEN, World, until
from tests.support import WEI


async def test_last_lines(world: World) -> None:
    """As many as asked for, without secrets; a log that is not there is said in words."""
    world.use(show_log("bob.log", WEI, lines=2, language="en"))
    await world.start_bot()
    world.say("log")
    await until(lambda: world.texts() == ["bob's log cannot be read: No such file or directory"])
    world.write(f"one\ntwo\npassword=hunter2-x {TOKEN}\n")
    for said, answer in (
        ("LOG", "Last 2 lines of bob's log:\ntwo\npassword=‹redacted› ‹redacted›"),
        ("日志 bob 1", "Last 1 lines of bob's log:\npassword=‹redacted› ‹redacted›"),
        ("log bob 3", "Last 3 lines of bob's log:\none\ntwo\npassword=‹redacted› ‹redacted›"),
    ):
        world.say(said)
        await until(lambda answer=answer: world.texts()[-1] == answer)  # type: ignore[misc]


async def test_many_lines_come_as_a_file(world: World) -> None:
    """What no phone can show, cleaned too."""
    world.write("".join(f"{number} token={TOKEN} {'.' * 90}\n" for number in range(100)))
    world.use(show_log("bob.log", WEI))
    await world.start_bot()
    world.say("log 99")
    await until(lambda: bool(world.gateway.sent))
    (sent,) = world.gateway.sent
    text = sent.data.decode()
    assert sent.name == "bob.log.txt" and text.count("\n") == 99 and TOKEN not in text
