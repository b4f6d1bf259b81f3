"""The chain: any change of any record is found, at its place."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.gate.audit import AuditRecord, link, verify


def chain(length: int) -> list[AuditRecord]:
    records: list[AuditRecord] = []
    for number in range(length):
        records.append(
            link(head(records) if records else None, 1.5 + number, "ran", "wei", "wxid_wei", {"n": number, "词": "行"})
        )
    return records


def head(records: list[AuditRecord]) -> tuple[int, str]:
    return records[-1].seq, records[-1].hash


def test_whole_chain_holds() -> None:
    """What was written verifies; nothing written verifies too."""
    assert verify(chain(9), head(chain(9))) is None
    assert verify([], None) is None


@pytest.mark.parametrize(
    "change", [{"at": 9.0}, {"kind": "x"}, {"admin": "eve"}, {"contact_id": "x"}, {"details": {}}, {"hash": "0" * 64}]
)
@pytest.mark.parametrize("place", [0, 4, 8])
def test_changed_record_is_found(change: dict[str, object], place: int) -> None:
    """Each field of each record is covered."""
    records = chain(9)
    records[place] = replace(records[place], **change)  # type: ignore[arg-type]
    broken = verify(records, head(chain(9)))
    assert broken and broken.seq == place + 1


@given(st.integers(0, 8))
def test_removed_and_doubled_records_are_found(place: int) -> None:
    """A gap, a doubled record and a cut end are found."""
    whole = chain(9)
    assert verify(whole[:place] + whole[place + 1 :], head(whole))
    assert verify(whole[: place + 1] + whole[place:], head(whole))
    assert verify(whole[:place], head(whole))


def test_relinked_forgery_is_found_by_the_head() -> None:
    """Someone who computes the hashes anew from a changed record on still misses the head that is kept apart."""
    whole = chain(3)
    forged = link(head(whole[:1]), 2.5, "ran", "eve", "wxid_eve", {})
    assert verify([whole[0], forged, link(head([forged]), 3.5, "ran", "wei", "wxid_wei", {})], head(whole))
