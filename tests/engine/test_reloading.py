"""Definitions that change while nlops runs: told, and what was proposed under others lapses."""

from dataclasses import replace

from nlops.domain.effects import Log, Record, RunCalls, Say
from nlops.domain.events import ToolsChanged
from nlops.domain.tools import Catalogue, ProposalState, ToolCall
from nlops.engine import Setup
from tests.engine.play import RESTART, Play, of
from tests.support import LAN, WEI


def changed(setup: Setup, name: str) -> Catalogue:
    """One tool another, one gone, one new."""
    tools = [replace(tool, digest="other") if tool.name == name else tool for tool in setup.catalogue.tools]
    new = replace(tools[0], name="disk", digest="disk")
    return replace(setup.catalogue, tools=(*(tool for tool in tools if tool.name != "qr"), new))


def reload(play: Play, catalogue: Catalogue) -> tuple[object, ...]:
    """As the runtime does it: the setup is the new one when the event is handled."""
    before = play.setup.catalogue
    play.setup = replace(play.setup, catalogue=catalogue)
    return play(ToolsChanged(before, catalogue), 1)


def test_all_admins_are_told() -> None:
    """What is new, another, gone; recorded with every digest."""
    play = Play()
    effects = reload(play, changed(play.setup, "restart"))
    said = {one.conversation_id: one.text for one in of(Say, effects)}
    assert said[WEI] == "The tools were loaded anew: restart is another, disk is new, qr is gone."
    assert said[LAN] == "工具已重新加载：restart 已改、disk 新增、qr 已移除。"
    (record,) = of(Record, effects)
    assert record.kind == "reloaded" and record.details["definitions"]["restart"] == "other"


def test_proposals_under_another_definition_lapse() -> None:
    """At once, with a record, and for good: also where the definition comes back; those of other tools stay."""
    play = Play()
    old = play.setup.catalogue
    play.propose(RESTART)
    play.propose(ToolCall("status", {}), code="8M4G", place="r@chatroom")
    effects = reload(play, changed(play.setup, "restart"))
    assert [(one.kind, one.details.get("code")) for one in of(Record, effects)][1:] == [("superseded", "7K3F")]
    assert any("7K3F" in one.text and "changed" in one.text for one in of(Say, effects))
    assert {one.code: one.state for one in play.state.proposals}["8M4G"] is ProposalState.OPEN
    reload(play, old)
    assert not of(RunCalls, play.say("7K3F"))


def test_a_fault_is_told_and_nothing_changes() -> None:
    """The old ones stay, and so do the proposals."""
    play = Play()
    play.propose(RESTART)
    effects = play(ToolsChanged(play.setup.catalogue, None, "tools/x.json: $.nmae: no such key here"), 1)
    assert len(of(Say, effects)) == 2 and of(Log, effects)[0].level == "error" and not of(Record, effects)
    assert all("$.nmae" in one.text for one in of(Say, effects)) and of(RunCalls, play.say("7K3F"))
