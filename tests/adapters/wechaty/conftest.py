"""For every test of the chat link: no task may be lost, and no exception left in one."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def nothing_is_left_behind(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """asyncio only logs what was never awaited or retrieved, when it is collected; here that fails the test."""
    yield
    gc.collect()
    assert [record.getMessage() for record in caplog.get_records("call") if record.name == "asyncio"] == []
    assert [record.getMessage() for record in caplog.records if record.name == "asyncio"] == []
