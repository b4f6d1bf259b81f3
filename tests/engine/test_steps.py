"""The engine as a whole."""

from nlops.domain.bots import SignKind
from nlops.domain.config import PolicyConfig
from nlops.domain.effects import Effect
from nlops.domain.events import Moment, SignSeen
from tests.engine.play import QR, Play, sign
from tests.support import at, make_config, make_setup


def test_moment_is_all_it_needs() -> None:
    """The same history twice gives the same effects: nothing inside draws time or chance."""
    setup = make_setup(make_config(policy=PolicyConfig(confirm="always")))

    def history() -> list[tuple[Effect, ...]]:
        play = Play(setup)
        return [play.say("restart bob"), play.say("status"), play(SignSeen(sign(SignKind.WAITING, QR)))]

    assert history() == history()
    assert isinstance(at(0), Moment)
