"""Attacks of the layer exec, from the chat on: whatever a model selects, no run begins with it."""

# ruff: noqa: E501  tables

import json

import pytest

from nlops.domain.effects import AskModel, RunCalls, Say
from nlops.domain.events import ModelAnswered
from nlops.domain.model import ModelReply
from tests.engine.play import Play, of


@pytest.mark.parametrize(
    ("words", "bot"),
    [("restart --all", "--all"), ("restart bob; id", "bob; id $(whoami)"), ("restart bob", "bob\n"), ("重启 bob && id", "bob && id")],
    ids=["A39", "A40", "a newline", "two commands"],
)  # fmt: skip
@pytest.mark.parametrize("native", [True, False])
def test_a_value_that_a_model_made_up(words: str, bot: str, native: bool) -> None:
    """As content or as a native tool call, in the shape that is asked for or in the attack's own: nothing runs without
    a yes, and nothing with that value at all; the person hears something."""
    shapes = [{"calls": [{"restart": {"bot": bot}}]}, {"tool": "restart", "args": {"bot": bot}}]
    replies = [ModelReply("", (("restart", json.dumps({"bot": bot})),))] if native else []
    replies += [] if native else [ModelReply(json.dumps(shape)) for shape in shapes]
    for reply in replies:
        play = Play()
        asked = of(AskModel, play.say(f"please {words}"))
        effects = play(ModelAnswered(asked[0].question_id, reply)) if asked else ()
        proposals = [call for one in play.state.proposals for call in one.calls]
        assert not of(RunCalls, effects) and all(call.arguments["bot"] in ("alice", "bob") for call in proposals)
        assert not asked or of(Say, effects)
        # "--all" may be understood as all bots, each by its name, and shown first: never as an option.
        runs = of(RunCalls, play.say("yes"))
        assert all(call.arguments["bot"] in ("alice", "bob") for run in runs for call in run.calls)
