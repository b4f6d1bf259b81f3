"""Proposals: the table, and that nothing but the right word of the right person in time opens the way."""

import itertools
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.domain.events import Moment
from nlops.domain.tools import CODE_ALPHABET, CODE_LENGTH, Proposal, ProposalState, Risk, ToolCall
from nlops.gate import confirm
from tests.support import LAN, WEI

OPEN = ProposalState.OPEN
WALL = 1_800_000_000.0


def proposal(
    code: str = "7K3F", contact: str = WEI, risk: Risk = "change", expires_at: float = 120, place: str = ""
) -> Proposal:
    call = ToolCall("restart", {"bot": "bob"})
    one = Proposal(code, "wei", contact, place or contact, (call,), ("d",), risk, "restart bob", "model", expires_at)
    return replace(one, id=int.from_bytes(code.encode()), until=WALL + expires_at)


def test_table_is_complete() -> None:
    """The ends have no way out; to every other state there is a way from `open`, and from it to an end; to run again
    leads no way."""
    ends = {state for state in ProposalState if not any(before is state for before, _ in confirm.TABLE)}
    assert ends == {"finished", "unknown", "denied", "expired", "superseded"}
    assert all(confirm.can_become(OPEN, state) for state in ProposalState)
    for state, what in itertools.product(ProposalState, get_args(confirm.Input)):
        after = confirm.move(replace(proposal(), state=state), what).state
        assert after is confirm.TABLE.get((state, what), state)
        if state is ProposalState.RUNNING and after is not state:
            assert not confirm.can_become(after, ProposalState.RUNNING)


def test_only_confirmed_leads_to_a_run() -> None:
    """Whatever comes, nothing begins that was neither confirmed nor given its factors."""
    ways = {before for (before, _), after in confirm.TABLE.items() if after is ProposalState.RUNNING}
    assert ways == {ProposalState.CONFIRMED}
    into = {way for way, after in confirm.TABLE.items() if after is ProposalState.CONFIRMED}
    assert into == {(OPEN, "yes"), (ProposalState.AWAITING, "factors")}


def test_code_confirms_once() -> None:
    """The code opens the way once; the second time it is told that it is used."""
    after, verdict = confirm.answer((proposal(),), WEI, WEI, "7k3f", True, "en")
    assert verdict.proposal and verdict.proposal.state is ProposalState.CONFIRMED and not verdict.refusal
    again, verdict = confirm.answer(after, WEI, WEI, "7K3F", True, "en")
    assert again == after and "7K3F" in verdict.refusal


def test_anothers_code_does_not_exist() -> None:
    """A proposal belongs to who asked: another admin's yes meets nothing, and the proposal stays open."""
    after, verdict = confirm.answer((proposal(),), LAN, LAN, "7K3F", True, "en")
    assert verdict.proposal is None and after[0].state is OPEN
    after, verdict = confirm.answer((proposal(),), LAN, LAN, None, False, "en")
    assert verdict.proposal is None and after[0].state is OPEN


@pytest.mark.parametrize(("risk", "opens"), [("read", True), ("change", True), ("destroy", False)])
def test_bare_yes(risk: Risk, opens: bool) -> None:
    """`yes` alone is enough for what can be mended, never for what destroys."""
    after, verdict = confirm.answer((proposal(risk=risk),), WEI, WEI, None, True, "en")
    assert (after[0].state is ProposalState.CONFIRMED) is opens
    assert bool(verdict.refusal) is not opens


def moment(monotonic: float, wall: float | None = None, boot: str = "") -> Moment:
    return Moment(WALL + (monotonic if wall is None else wall), monotonic, bytes(16), boot)


def test_expiry_is_told() -> None:
    """At its time a proposal is closed, and a late yes is told that it expired."""
    closed = confirm.expire((proposal(expires_at=120),), moment(120.0))
    assert confirm.expire((proposal(expires_at=120),), moment(119.9))[0].state is OPEN
    after, verdict = confirm.answer(closed, WEI, WEI, "7K3F", True, "en")
    assert after == closed and "expired" in verdict.refusal


@pytest.mark.parametrize("state", [OPEN, ProposalState.AWAITING])
@pytest.mark.parametrize(
    ("now", "is_over"),
    [
        (moment(119.0, wall=-1e6), False),  # the wall clock was put back: the monotonic one counts
        (moment(120.0, wall=-1e6), True),
        (moment(1.0, wall=120.0), True),  # put forward, or the machine slept
        (moment(1.0, boot="another"), True),  # started anew: how long that took, nothing tells
        (moment(-500.0, wall=1.0, boot="another"), True),
    ],
)
def test_a_clock_that_jumps_gives_no_life(state: ProposalState, now: Moment, is_over: bool) -> None:
    """The first of the two clocks ends it; a proposal of another life of the machine is over."""
    (after,) = confirm.expire((replace(proposal(expires_at=120), state=state),), now)
    assert after.state is (ProposalState.EXPIRED if is_over else state)


def test_what_runs_does_not_expire() -> None:
    """Only what waits does."""
    running = replace(proposal(), state=ProposalState.RUNNING)
    assert confirm.expire((running,), moment(1e9)) == (running,)


def test_newer_supersedes_only_its_own_conversation() -> None:
    """One open proposal a conversation; another admin's is left alone."""
    mine, theirs = proposal("AAAA"), proposal("BBBB", LAN)
    after = confirm.add((mine, theirs), proposal("CCCC"))
    assert [one.state for one in after] == [ProposalState.SUPERSEDED, OPEN, OPEN]


def test_a_proposal_stays_in_its_conversation() -> None:
    """Answered from a room or from the direct chat where it was not made: told so, and open as before."""
    here, there = proposal("AAAA"), proposal("BBBB", place="r@chatroom")
    for place, code in (("r@chatroom", "AAAA"), (WEI, "BBBB"), ("other@chatroom", "BBBB")):
        after, verdict = confirm.answer((here, there), WEI, place, code, True, "en")
        assert after == (here, there) and verdict.proposal is None and "another chat" in verdict.refusal
    after, verdict = confirm.answer((here, there), WEI, "r@chatroom", None, True, "en")
    assert [one.state for one in after] == [OPEN, ProposalState.CONFIRMED]
    assert [one.state for one in confirm.add((here, there), proposal("CCCC"))] == [ProposalState.SUPERSEDED, OPEN, OPEN]
    assert here.fingerprint() != proposal("AAAA", place="r@chatroom").fingerprint()


def test_what_a_former_contact_had_open_lapses() -> None:
    """In every conversation; another's is left alone."""
    after = confirm.lapse((proposal("AAAA"), proposal("BBBB", place="r"), proposal("CCCC", LAN)), WEI)
    assert [one.state for one in after] == [ProposalState.SUPERSEDED, ProposalState.SUPERSEDED, OPEN]


def test_memory_is_bounded() -> None:
    """However many are made, one stays open and the last closed ones are remembered."""
    proposals: tuple[Proposal, ...] = ()
    for number in range(100):
        proposals = confirm.forget(confirm.add(proposals, proposal(f"C{number:03}")))
    assert len(proposals) == confirm.KEEP_CLOSED + 1 and proposals[-1].state is OPEN


@given(st.binary(min_size=16, max_size=16))
def test_codes_are_of_the_alphabet_and_fresh(nonce: bytes) -> None:
    """Any random bytes give a code that no remembered proposal has."""
    first = confirm.make_code(nonce, ())
    assert len(first) == CODE_LENGTH and set(first) <= set(CODE_ALPHABET)
    if len(set(nonce)) > 4:
        taken = (proposal(first),)
        try:
            assert confirm.make_code(nonce, taken) != first
        except ValueError:
            assert len({nonce[i : i + 4] for i in range(13)}) < 3


@given(st.lists(st.tuples(st.sampled_from([WEI, LAN]), st.sampled_from(["AAAA", "BBBB", None]), st.booleans())))
def test_any_order_of_answers_confirms_at_most_once(answers: list[tuple[str, str | None, bool]]) -> None:
    """Whatever is answered by whom and how often, each proposal is confirmed at most once, and by its owner."""
    proposals: tuple[Proposal, ...] = (proposal("AAAA"), proposal("BBBB", LAN))
    confirmed: list[tuple[str, str]] = []
    for who, code, yes in answers:
        proposals, verdict = confirm.answer(proposals, who, who, code, yes, "zh")
        met = verdict.proposal
        if met and not verdict.refusal and met.state is ProposalState.CONFIRMED:
            confirmed.append((who, met.code))
    assert len(confirmed) == len(set(confirmed))
    assert set(confirmed) <= {(WEI, "AAAA"), (LAN, "BBBB")}
