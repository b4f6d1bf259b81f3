"""Proposals in the store: as they were, only along the table, and no call of a run twice."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nlops.adapters.sqlite import SqliteStore
from nlops.domain.effects import Effect, KeepProposals, Record
from nlops.domain.errors import ProposalTaken
from nlops.domain.events import Ticked
from nlops.domain.tools import Approval, Proposal, ProposalState, ToolCall
from nlops.gate.confirm import KEEP_CLOSED
from nlops.journal import Journal
from nlops.ports import Commit

S = ProposalState
CALLS = (ToolCall("restart", {"bot": "bob"}), ToolCall("tail_logs", {"bot": "鲍勃", "lines": 20}))
ONE = Proposal(
    "7K3F", "wei", "wxid_wei", "r@chatroom", CALLS, ("d", "e"), "change", "words", "model", 120.0, S.OPEN, 1, 220.0
)
ONE = replace(ONE, boot="b", language="zh", auth=("totp",), approvals=(Approval("totp", "wxid_wei", 3.0, "f"),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path)
    yield store
    store.close()


async def keep(store: SqliteStore, *proposals: Proposal) -> None:
    await store.commit(Commit((Record("proposed", "wei", "wxid_wei"),), proposals=proposals), 1.0)


async def test_every_field_comes_back(store: SqliteStore, tmp_path: Path) -> None:
    """From another connection, as after a restart."""
    assert store.proposals() == () and store.next_proposal_id() == 1
    await keep(store, ONE, replace(ONE, id=7, state=S.RUNNING))
    other = SqliteStore(tmp_path)
    assert other.proposals() == (ONE, replace(ONE, id=7, state=S.RUNNING)) and other.next_proposal_id() == 8
    other.close()


@pytest.mark.parametrize(
    ("before", "after"),
    [(S.DENIED, S.OPEN), (S.EXPIRED, S.RUNNING), (S.FINISHED, S.RUNNING), (S.RUNNING, S.OPEN), (S.UNKNOWN, S.RUNNING)],
)
async def test_off_the_table_nothing_is_kept(store: SqliteStore, before: S, after: S) -> None:
    """Neither the proposal nor the record that came with it: the run that waits for both does not start."""
    await keep(store, replace(ONE, state=before))
    with pytest.raises(ProposalTaken):
        await keep(store, replace(ONE, state=after))
    assert [row[0] for row in store.database.read("SELECT state FROM proposal")] == [before]
    assert len(list(store.records())) == 1


async def test_each_call_begins_once_and_in_order(store: SqliteStore, tmp_path: Path) -> None:
    """Of many that try at once, from two connections, one is let begin; nobody again after a restart, or out of turn,
    or beyond the last call, or of a run that is not running."""
    other = SqliteStore(tmp_path)
    await keep(store, replace(ONE, state=S.RUNNING), replace(ONE, id=2, state=S.DENIED))
    assert not await store.begin_call(1, 2)
    for nth in (1, 2):
        tries = await asyncio.gather(*(one.begin_call(1, nth) for one in (store, other) * 8))
        assert tries.count(True) == 1
    assert [await other.begin_call(run, nth) for run, nth in ((1, 1), (1, 2), (1, 3), (2, 1), (9, 1))] == [False] * 5
    await keep(store, replace(ONE, state=S.RUNNING, begun=0))  # what the engine knows of it is older
    assert store.proposals()[0].begun == 2 and not await store.begin_call(1, 1)
    other.close()


async def test_old_rows_go_and_what_lives_stays(store: SqliteStore) -> None:
    """Two days after: of the closed ones those are gone; an id is never given again."""
    await keep(store, ONE, *(replace(ONE, id=n, state=S.DENIED, made_at=float(n)) for n in range(2, 30)))
    assert len(store.proposals()) == KEEP_CLOSED + 1
    await keep(store, replace(ONE, id=40, state=S.DENIED, made_at=3 * 86_400.0))
    assert [one.id for one in store.proposals()] == [1, 40] and store.next_proposal_id() == 41
    await keep(store, replace(ONE, id=41, made_at=9 * 86_400.0))
    assert [one.id for one in store.proposals()] == [1, 41]


async def test_closing_what_is_closed_otherwise_is_nothing(store: SqliteStore) -> None:
    """The row says what became of it; the step that comes with it is kept."""
    await keep(store, replace(ONE, state=S.FINISHED))
    await keep(store, replace(ONE, state=S.DENIED))
    assert store.proposals()[0].state is S.FINISHED and len(list(store.records())) == 2


async def test_two_services_on_one_store_run_it_once(tmp_path: Path) -> None:
    """Both know it as open, both hear a yes: one is refused as a whole, its run is dropped; and what comes after it, in
    either, is kept."""
    one, other = SqliteStore(tmp_path), SqliteStore(tmp_path)
    await keep(one, ONE)
    first, second = Journal(one), Journal(other)
    finished = (replace(ONE, state=S.FINISHED), replace(ONE, state=S.RUNNING))
    assert await first.keep(Ticked(), [KeepProposals((finished[1],)), KeepProposals(finished[:1])], [], 1.0) == ([], "")
    _, refused = await second.keep(Ticked(), [Record("confirmed", "wei", "w"), KeepProposals((finished[1],))], [], 1.0)
    assert "is finished already" in refused and len(list(one.records())) == 1
    closed: list[Effect] = [KeepProposals((replace(ONE, state=S.DENIED),)), Record("denied", "wei", "w")]
    assert await second.keep(Ticked(), closed, [], 2.0) == ([], "") and len(list(one.records())) == 2
    one.close()
    other.close()
