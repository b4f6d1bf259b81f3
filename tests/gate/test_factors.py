"""Second factors: what is missing, and that nothing runs while something is."""

from dataclasses import replace
from typing import Any

import pytest

from nlops.domain.effects import Record, RunCalls, Say
from nlops.domain.events import Ticked
from nlops.domain.tools import Approval, Proposal, ProposalState
from nlops.engine import deciding
from nlops.gate.factors import missing
from tests.engine.play import RESTART, Play, of
from tests.gate.test_confirm import proposal
from tests.support import LAN, WEI, at, make_config, make_setup


def approved(one: Proposal, factor: str, by: str = WEI) -> Proposal:
    given = Approval(factor, by, 1.0, one.fingerprint())
    return replace(one, approvals=(*one.approvals, given))


def test_all_that_is_demanded_is_missing_until_it_is_given() -> None:
    """A list means all of them; an unknown one can't be given."""
    one = replace(proposal(), auth=("totp", "second-admin", "retina"))
    assert missing(proposal()) == () and missing(one) == one.auth
    assert missing(approved(one, "second-admin", LAN)) == ("totp", "retina")
    given = approved(approved(approved(one, "second-admin", LAN), "totp"), "retina")
    assert missing(given) == ("retina",)


def test_nobody_is_their_own_second_admin() -> None:
    """Another contact approves, not the one who asked."""
    one = replace(proposal(), auth=("second-admin",))
    assert missing(approved(one, "second-admin", WEI)) == one.auth


@pytest.mark.parametrize("field", ["calls", "digests", "contact_id", "conversation_id"])
def test_an_approval_is_for_what_was_shown(field: str) -> None:
    """Given for other calls, another definition, somebody else or another place, it counts for nothing."""
    one = approved(replace(proposal(), auth=("totp",)), "totp")
    assert missing(one) == ()
    other: dict[str, Any] = {field: () if field in ("calls", "digests") else "other"}
    assert missing(replace(one, **other)) == ("totp",)


def demanding(*auth: str) -> Play:
    """A play in which restarting demands these."""
    setup = make_setup(make_config())
    tools = tuple(
        replace(tool, policy=replace(tool.policy, auth=auth)) if tool.name == "restart" else tool
        for tool in setup.catalogue.tools
    )
    return Play(replace(setup, catalogue=replace(setup.catalogue, tools=tools)))


def test_a_keyword_waits_for_word_and_factor() -> None:
    """Also where a keyword needs no word of confirmation: it is shown, confirmed, and then waits; it does not run, and
    the same code again tells what is missing. After its time it is over."""
    play = demanding("totp", "second-admin")
    code = of(Record, play.say("restart bob"))[0].details["code"]
    waits = play.say(code, seconds=1)
    assert not of(RunCalls, waits) and of(Record, waits)[0].kind == "awaiting"
    assert "authenticator" in waits[-1].text and "another admin" in waits[-1].text
    again = play.say(f"yes {code}", seconds=2)
    assert not of(RunCalls, again) and "still waits" in of(Say, again)[0].text
    assert of(Record, play(Ticked(), 120))[0].kind == "expired"
    assert "expired" in of(Say, play.say(code, seconds=121))[0].text


def test_the_last_factor_runs_it() -> None:
    """One of two: it waits on. Both: it runs, once; a factor that comes again finds nothing that waits."""
    play = demanding("totp", "second-admin")
    code = of(Record, play.say("restart bob"))[0].details["code"]
    play.say(code, seconds=1)
    (one,) = play.state.proposals
    asker = deciding.asker_of(one)
    kinds = []
    for factor, by in (("totp", WEI), ("second-admin", LAN), ("second-admin", LAN)):
        given = Approval(factor, by, 1.0, one.fingerprint())
        play.state, effects = deciding.on_approval(play.setup, play.state, asker, one.id, given, at(2))
        kinds.append([effect.kind if isinstance(effect, Record) else type(effect) for effect in effects])
    assert kinds == [["approved", Say], ["approved", "confirmed", RunCalls], []]


def test_an_awaiting_proposal_is_denied_and_superseded() -> None:
    """`no` drops it; so does a newer one."""
    play = demanding("totp")
    for words in ("no", "restart alice"):
        code = of(Record, play.say("restart bob"))[0].details["code"]
        play.say(code)
        (one,) = [one for one in play.state.proposals if one.code == code]
        assert one.state is ProposalState.AWAITING
        play.say(words)
        assert not of(RunCalls, play.say(code))


def test_a_proposal_of_nothing_special_demands_nothing() -> None:
    """And runs after its code."""
    play = Play()
    play.propose(RESTART)
    assert play.state.proposals[0].auth == () and of(RunCalls, play.say("7K3F"))
