"""Second factors in the engine: who is asked for what, what an answer does; nothing runs without all of them."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from nlops.domain.config import AdminConfig, AuthyConfig, HttpSms, PolicyConfig, Secret, ToolPolicyConfig
from nlops.domain.effects import AskModel, BeginFactor, CheckCode, Log, Record, RunCalls, Say
from nlops.domain.events import FactorBegun, FactorChecked, FactorTrouble, Paired, Ticked
from nlops.domain.tools import Approval, Ask, Proposal, ProposalState
from nlops.engine.demanding import MOST_WAIT_S
from nlops.gate.confirm import WAITS
from nlops.gate.factors import missing, next_of
from tests.engine.play import RESTART, Play, of
from tests.support import LAN, WEI, make_config, make_setup

CHEN = "wxid_chen"
ADMINS = (
    AdminConfig("wei", WEI, "en", Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "+8613800138000"),
    AdminConfig("lan", LAN, "zh"),
    AdminConfig("chen", None, "en"),
)


def demanding(*auth: str, **changes: Any) -> Play:
    """A play in which restarting demands these."""
    fields = {
        "admins": ADMINS,
        "policy": PolicyConfig(tools={"restart": ToolPolicyConfig(auth=auth)}),
        "sms": HttpSms("https://sms.example"),
        "authy": AuthyConfig("AC", Secret("t"), "VA"),
    }
    return Play(make_setup(make_config(**{**fields, **changes})))


def waiting(play: Play, seconds: float = 0.0) -> tuple[str, BeginFactor]:
    """A proposal that waits for its first factor: its code, and what asks."""
    code = of(Record, play.say("restart bob", seconds=seconds))[0].details["code"]
    (begin,) = of(BeginFactor, play.say(f"yes {code}", seconds=seconds))
    return code, begin


def begun(begin: BeginFactor, trouble: FactorTrouble = "", detail: str = "", **more: Any) -> FactorBegun:
    return FactorBegun(begin.proposal_id, begin.factor, trouble, detail, **more)


def checked(check: CheckCode, **changes: Any) -> FactorChecked:
    return FactorChecked(check.proposal_id, check.factor, check.contact_id, **{"is_right": False, **changes})


def test_what_is_asked_of_the_world_is_bound_to_the_proposal() -> None:
    """Its id, its hash, its owner; and the life of the wait begins when it is asked for."""
    play = demanding("sms")
    code, begin = waiting(play)
    (one,) = play.state.proposals
    assert begin == BeginFactor(one.id, "sms", "wei", WEI, one.fingerprint(), f"{code} (restart)", "en")
    play(begun(begin))
    (check,) = of(CheckCode, play.say("123456", seconds=299))
    assert check == CheckCode(one.id, "sms", "wei", WEI, one.fingerprint(), "123456")
    assert "123456" not in repr(check)


def test_a_wait_does_not_last_for_ever() -> None:
    """However often a code is sent again."""
    play = demanding("sms")
    code, _ = waiting(play)
    seconds = 0.0
    while play.state.proposals[0].state is ProposalState.AWAITING:
        seconds += 200
        play.say(f"yes {code}", seconds=seconds)
        assert seconds <= MOST_WAIT_S + 200
    assert play.state.proposals[0].state is ProposalState.EXPIRED


def test_right_and_wrong_codes() -> None:
    """Wrong: told with what is left, recorded without it. Right: run, once; what comes after is late."""
    play = demanding("totp")
    code, _ = waiting(play)
    (check,) = of(CheckCode, play.say("123456", seconds=1))
    wrong = play(checked(check, left=3), 1)
    assert "3 more" in of(Say, wrong)[0].text and of(Record, wrong)[0].details["reason"] == "a wrong code"
    (check,) = of(CheckCode, play.say(f"{code} 654321", seconds=2))
    right = checked(check, is_right=True)
    assert [type(one) for one in play(right, 3)] == [Record, Record, RunCalls]
    again = play(right, 4)
    assert [type(one) for one in again] == [Log, Say] and "is over: it is running" in again[1].text
    assert not of(RunCalls, play.say(f"yes {code} 123456", seconds=5))


def test_a_code_that_is_judged_too_late_is_told() -> None:
    """The second's tick did not come yet, or did: expired is said, nothing runs."""
    for ticks in (False, True):
        play = demanding("totp")
        waiting(play)
        (check,) = of(CheckCode, play.say("123456", seconds=119))
        if ticks:
            play(Ticked(), 121)
        late = play(checked(check, is_right=True), 121)
        assert not of(RunCalls, late) and "expired" in of(Say, late)[0].text


@pytest.mark.parametrize(
    ("trouble", "words"), [("over", "time is over"), ("clock", "Set the host's clock"), ("away", "not counted")]
)
def test_what_could_not_be_judged_waits_on(trouble: FactorTrouble, words: str) -> None:
    """It is told why; the next code may be right."""
    play = demanding("totp")
    waiting(play)
    (check,) = of(CheckCode, play.say("123456"))
    assert words in of(Say, play(checked(check, trouble=trouble, detail="x")))[0].text
    assert of(CheckCode, play.say("123456"))


def test_a_code_alone_says_what_it_needs() -> None:
    """Before the word, with two that wait, and when nothing does: each hears what to say."""
    play = demanding("totp")
    code = of(Record, play.say("restart bob"))[0].details["code"]
    (said,) = play.say("123456")
    assert f"“yes {code} 123456”" in said.text and "not confirmed yet" in said.text
    play.say("no")
    assert "nothing waits" in of(Say, play.say("123456"))[0].text
    waiting(play)
    one = play.state.proposals[-1]
    play.state = replace(play.state, proposals=(*play.state.proposals, replace(one, id=99, code="K2MX")))
    assert "“K2MX 123456”" in of(Say, play.say("123456"))[0].text
    assert of(CheckCode, play.say("K2MX 123456"))[0].proposal_id == 99


def test_one_code_at_a_time() -> None:
    """A second while the first is looked at is ignored: it could only count against who typed it twice."""
    play = demanding("totp")
    waiting(play)
    (check,) = of(CheckCode, play.say("123456"))
    assert not of(CheckCode, play.say("123456")) and not of(CheckCode, play.say("654321"))
    play(checked(check, left=4))
    assert of(CheckCode, play.say("654321"))


def test_a_lock_closes_what_waits_and_tells_everybody() -> None:
    """All of that admin's, none of another's; no code is looked at any more."""
    play = demanding("totp", admins=(ADMINS[0], replace(ADMINS[1], totp=Secret("MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK"))))
    waiting(play)
    theirs = of(Record, play.say("重启 bob", LAN))[0].details["code"]
    play.say(f"确认 {theirs}", LAN)
    (check,) = of(CheckCode, play.say("123456"))
    effects = play(checked(check, trouble="locked", locks_now=True))
    assert [one.conversation_id for one in of(Say, effects)] == [WEI, LAN]
    assert [one.state for one in play.state.proposals] == [ProposalState.DENIED, ProposalState.AWAITING]
    assert not of(CheckCode, play.say("123456")) and of(CheckCode, play.say("123456", LAN))
    code, begin = waiting(play, seconds=1)
    refused = play(begun(begin, "locked", locked=frozenset({"wei"})), 1)
    assert "nlops unlock wei" in of(Say, refused)[0].text
    assert next(one for one in play.state.proposals if one.code == code).state is ProposalState.DENIED


def test_a_locked_admin_approves_nothing() -> None:
    """Neither asked nor heard; where nobody else is left, it is over."""
    play = demanding("second-admin")
    _, begin = waiting(play)
    gone = play(begun(begin, locked=frozenset({"lan"})))
    assert "nobody who could give it" in of(Say, gone)[0].text
    _, begin = waiting(play)
    play(begun(begin))
    (ask,) = play.state.proposals[-1].asks
    play.state = replace(play.state, locked=frozenset({"lan"}))
    assert not of(RunCalls, play.say(f"yes {ask.code}", LAN))


def test_whoever_was_asked_approves_by_their_own_code() -> None:
    """Each gets another; one is enough; another's code, the proposal's, a stranger's word are nothing."""
    play = demanding("second-admin")
    play(Paired("chen", CHEN))
    code, begin = waiting(play)
    asked = of(Say, play(begun(begin)))
    assert [one.conversation_id for one in asked] == [WEI, LAN, CHEN]
    lan, chen = play.state.proposals[-1].asks
    assert len({lan.code, chen.code, code}) == 3 and (lan.contact_id, chen.contact_id) == (LAN, CHEN)
    for words, who in ((chen.code, LAN), (lan.code, CHEN), (code, LAN), (lan.code, WEI), (lan.code, "wxid_mallory")):
        assert not of(RunCalls, play.say(f"yes {words}", who, 1))
    assert of(RunCalls, play.say(f"yes {chen.code}", CHEN, 2))
    assert not of(RunCalls, play.say(f"yes {lan.code}", LAN, 3))


def test_who_is_bound_anew_was_not_asked() -> None:
    """The code is good from the contact that got it, while that is the admin's: neither the new contact of chen nor
    the former one can use it."""
    play = demanding("second-admin")
    play(Paired("chen", CHEN))
    _, begin = waiting(play)
    play(begun(begin))
    ask = play.state.proposals[-1].asks[1]
    play(Paired("chen", "wxid_new"))
    assert not of(RunCalls, play.say(f"yes {ask.code}", CHEN)) and not of(RunCalls, play.say(ask.code, "wxid_new"))


def test_an_approval_in_a_room_counts_for_nothing() -> None:
    """Whoever reads the room would know the code."""
    room = replace(make_config().chat, rooms=("ops@chatroom",))
    play = demanding("second-admin", chat=room)
    _, begin = waiting(play)
    play(begun(begin))
    (ask,) = play.state.proposals[-1].asks
    said = play.say(f"yes {ask.code}", LAN, room_id="ops@chatroom", is_addressed=True)
    assert not of(RunCalls, said) and "另一个聊天" in of(Say, said)[0].text
    assert of(RunCalls, play.say(f"yes {ask.code}", LAN))


def test_late_and_foreign_events_change_nothing() -> None:
    """Of another factor, another contact, a proposal that is over or was never there."""
    play = demanding("totp", "second-admin")
    _, begin = waiting(play)
    (check,) = of(CheckCode, play.say("123456"))
    before = play.state.proposals
    for event in (
        begun(replace(begin, factor="second-admin")),
        begun(replace(begin, proposal_id=99)),
        checked(replace(check, factor="second-admin"), is_right=True),
        checked(replace(check, factor="sms"), is_right=True),
        checked(replace(check, contact_id=LAN), is_right=True),
        checked(replace(check, proposal_id=99), is_right=True),
    ):
        assert not of(RunCalls, play(event)) and play.state.proposals == before
    play.say("no")
    assert not of(RunCalls, play(checked(check, is_right=True)))
    assert play.state.proposals[0].state is ProposalState.DENIED


def test_a_yes_again_asks_again_only_for_what_is_sent() -> None:
    """Or where the asking was lost with the process; for an authenticator it tells what is missing."""
    play = demanding("sms")
    code, _ = waiting(play)
    assert of(BeginFactor, play.say(f"yes {code}"))
    play = demanding("totp")
    code, _ = waiting(play)
    assert not of(BeginFactor, play.say(f"yes {code}"))
    lost = replace(play.state.proposals[0], asked="")
    play.state = replace(play.state, proposals=(lost,))
    assert of(BeginFactor, play.say(f"yes {code}"))


@pytest.mark.parametrize("auth", [("retina",), ("totp", "retina"), ("none ",), ("",)])
def test_an_unknown_factor_is_never_none(auth: tuple[str, ...]) -> None:
    """It can't be given: nothing runs, and it is told."""
    play = demanding(*auth)
    code = of(Record, play.say("restart bob"))[0].details["code"]
    effects = play.say(f"yes {code}")
    for begin in of(BeginFactor, effects):
        play(begun(begin))
        (check,) = of(CheckCode, play.say("123456"))
        effects += play(checked(check, is_right=True))
    assert not of(RunCalls, effects) and "can't check" in of(Say, effects)[-1].text


@pytest.mark.parametrize("text", ["123456", "１２３４５６", "123 456", "yes 123456", "7K3F 123456", "验证码123456"])
def test_a_code_alone_is_never_asked_of_a_model(text: str) -> None:
    """Whether anything waits or not."""
    for play in (Play(), demanding("totp")):
        assert not of(AskModel, play.say(text))
        waiting(play) if len(play.setup.config.admins) == 3 else None
        assert not of(AskModel, play.say(text))


CODES = ["123456", "000000", "yes 123456", "yes", "no", "help"]


class Gate(RuleBasedStateMachine):
    """Two admins talk at random, the world answers late, twice or wrongly, a clock runs: whatever runs has a right code
    of who asked and another admin's word, both given for it while it waited."""

    def __init__(self) -> None:
        super().__init__()
        self.play = demanding("totp", "second-admin")
        self.seconds = 0.0
        self.checks: list[CheckCode] = []
        self.begins: list[BeginFactor] = []
        self.proved: set[int] = set()
        self.approved: set[int] = set()
        self.runs: list[int] = []

    def take(self, effects: tuple[Any, ...]) -> None:
        self.checks += of(CheckCode, effects)
        self.begins += of(BeginFactor, effects)
        for run in of(RunCalls, effects):
            assert run.run_id in self.proved and run.run_id in self.approved, "it ran without its factors"
            self.runs.append(run.run_id)

    def say(self, text: str, who: str) -> None:
        asks = ((one.id, ask) for one in self.play.state.proposals for ask in one.asks)
        said = (text, text.removeprefix("yes "))
        self.approved |= {number for number, ask in asks if ask.contact_id == who == LAN and ask.code in said}
        self.take(self.play.say(text, who, self.seconds))

    @initialize()
    def begin(self) -> None:
        self.say("restart bob", WEI)

    @rule(who=st.sampled_from([WEI, LAN]), text=st.sampled_from(["restart bob", "restart alice", *CODES]))
    def words(self, who: str, text: str) -> None:
        self.say(text, who)

    @rule(
        who=st.sampled_from([WEI, LAN]),
        nth=st.integers(0, 3),
        form=st.sampled_from(["{}", "yes {}", "no {}", "{} 123456"]),
    )
    def codes(self, who: str, nth: int, form: str) -> None:
        known = [one.code for one in self.play.state.proposals] + [
            a.code for one in self.play.state.proposals for a in one.asks
        ]
        if known:
            self.say(form.format(known[-1 - nth % len(known)]), who)

    @rule(
        nth=st.integers(0, 3), is_right=st.booleans(), trouble=st.sampled_from(["", "", "", "away", "over", "locked"])
    )
    def judge(self, nth: int, is_right: bool, trouble: FactorTrouble) -> None:
        if self.checks:
            check = self.checks[-1 - nth % len(self.checks)]
            is_right = is_right and not trouble
            if is_right:
                self.proved.add(check.proposal_id)
            self.take(self.play(checked(check, is_right=is_right, trouble=trouble), self.seconds))

    @rule(nth=st.integers(0, 3), trouble=st.sampled_from(["", "", "", "away", "wait", "locked"]))
    def answer(self, nth: int, trouble: FactorTrouble) -> None:
        if self.begins:
            begin = self.begins[-1 - nth % len(self.begins)]
            self.take(self.play(begun(begin, trouble, "1"), self.seconds))

    @rule(steps=st.integers(1, 5))
    def go_on(self, steps: int) -> None:
        """What people who know what they want would do next."""
        for _ in range(steps):
            live = [one for one in self.play.state.proposals if one.state in WAITS]
            if not live:
                return self.say("restart bob", WEI)
            one = live[-1]
            if one.state is ProposalState.OPEN:
                self.say(one.code, one.contact_id)
            elif next_of(one) == "second-admin" and one.asks:
                self.say(one.asks[0].code, one.asks[0].contact_id)
            elif next_of(one) == "second-admin":
                self.take(self.play(FactorBegun(one.id, "second-admin"), self.seconds))
            else:
                self.say(f"{one.code} 654321", one.contact_id)
                self.proved.add(one.id)
                self.take(self.play(FactorChecked(one.id, "totp", one.contact_id, is_right=True), self.seconds))
        return None

    @rule(seconds=st.sampled_from([0.5, 30.0, 119.0, 700.0]))
    def wait(self, seconds: float) -> None:
        self.seconds += seconds
        self.take(self.play(Ticked(), self.seconds))

    @invariant()
    def each_runs_once(self) -> None:
        assert len(set(self.runs)) == len(self.runs)

    @invariant()
    def what_waits_lacks_something(self) -> None:
        for one in self.play.state.proposals:
            if one.state is ProposalState.AWAITING:
                assert missing(one) and next_of(one) in one.auth


Gate.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestGate = Gate.TestCase


def test_asks_are_for_one_contact() -> None:
    """What the store gives back is what was asked."""
    one = Proposal(
        "7K3F", "wei", WEI, WEI, (RESTART,), ("d",), "change", "w", "model", 1.0, asks=(Ask("lan", LAN, "K2MX"),)
    )
    given = replace(one, auth=("second-admin",), approvals=(Approval("second-admin", WEI, 1.0, one.fingerprint()),))
    assert missing(given) == ("second-admin",)
