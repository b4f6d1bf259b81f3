"""Proposals: the table, and that nothing but the right word of the right person in time opens the way."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.domain.tools import CODE_ALPHABET, CODE_LENGTH, Proposal, ProposalState, Risk, ToolCall
from nlops.gate import confirm
from tests.support import LAN, WEI

OPEN = ProposalState.OPEN


def proposal(
    code: str = "7K3F", contact: str = WEI, risk: Risk = "change", expires_at: float = 120, place: str = ""
) -> Proposal:
    call = ToolCall("restart", {"bot": "bob"})
    return Proposal(code, "wei", contact, place or contact, (call,), ("d",), risk, "restart bob", "model", expires_at)


def test_table_is_complete() -> None:
    """From `open` each input leads to its own end, and from an end nothing leads anywhere."""
    ends = {confirm.move(proposal(), what).state for what in ("yes", "no", "time", "newer")}
    assert len(ends) == 4 and OPEN not in ends
    for state, what in itertools.product(set(ProposalState) - {OPEN}, ("yes", "no", "time", "newer")):
        assert confirm.move(replace(proposal(), state=state), what).state is state  # type: ignore[arg-type]


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


def test_expiry_is_told() -> None:
    """At its time a proposal is closed, and a late yes is told that it expired."""
    closed = confirm.expire((proposal(expires_at=120),), 120.0)
    assert confirm.expire((proposal(expires_at=120),), 119.9)[0].state is OPEN
    after, verdict = confirm.answer(closed, WEI, WEI, "7K3F", True, "en")
    assert after == closed and "expired" in verdict.refusal


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
        proposals = confirm.add(proposals, proposal(f"C{number:03}"))
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
