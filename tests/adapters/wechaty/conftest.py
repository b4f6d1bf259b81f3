"""For every test of the chat link: both gateways, no task may be lost and no exception left in one, and the table of
faults: what each test marked `fault` saw lost, and how long the link took to be there again, printed at the end."""

import gc
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import astuple, dataclass

import pytest

from tests.adapters.wechaty.gateways import Gateway, NodeGateway, PythonGateway, end_node_processes
from tests.adapters.wechaty.pythons import find_python, supported

GATEWAYS = [pytest.param(PythonGateway, id="python"), pytest.param(NodeGateway, id="node")]


@dataclass
class Fault:
    """One row of the table."""

    name: str
    gateway: str
    lost: str = ""
    again: str = ""

    def kept(self, said: Sequence[str], heard: Sequence[str]) -> None:
        """All that was said arrived: once each, and in order."""
        assert list(heard) == list(said)
        self.lost = f"nothing of {len(said)}" if len(said) > 1 else "nothing"

    def recovered(self, seconds: float, of: str = "") -> None:
        """The link was there again after so long; `of` names the clock where it is not the wall's."""
        self.again = f"{seconds:.2f} s{f' {of}' if of else ''}"

    def ends(self, how: str) -> None:
        """There is no way back but a person's."""
        self.again = how


# The property of a test's report that is its row: reports come from whichever process ran the test.
ROW = "fault"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fault(name): goes wrong on purpose; a row of the table of faults")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if any(report.nodeid.find("test_compat") >= 0 for report in terminalreporter.getreports("passed")):
        for version in supported():
            where = find_python(version)
            terminalreporter.write_line(
                f"import of wechaty on Python {version}: {where or 'NOT TRIED, it is not at hand'}"
            )
    rows = [("fault", "gateway", "lost", "there again after")]
    ended = [report for report in terminalreporter.getreports("") if getattr(report, "when", "") == "teardown"]
    rows += [row for report in ended for name, row in report.user_properties if name == ROW]
    if len(rows) == 1:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    terminalreporter.section("faults of the chat link")
    for row in rows:
        terminalreporter.write_line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))


@pytest.fixture(params=GATEWAYS)
async def off_gateway(request: pytest.FixtureRequest) -> AsyncIterator[Gateway]:
    """A gateway that was not started yet."""
    made: Gateway = request.param()
    try:
        yield made
    finally:
        await made.release()


@pytest.fixture
async def gateway(off_gateway: Gateway) -> Gateway:
    """A gateway that was just started; its account is logged in."""
    await off_gateway.start()
    await off_gateway.login()
    return off_gateway


@pytest.fixture
def fault(request: pytest.FixtureRequest) -> Iterator[Fault]:
    """The row of a test marked `fault`, to be filled in; its name may use the test's parameters."""
    marker = request.node.get_closest_marker("fault")
    params = dict(request.node.callspec.params) if hasattr(request.node, "callspec") else {}
    gateway = params.pop("off_gateway", PythonGateway)
    row = Fault(marker.args[0].format(**params), "node" if gateway is NodeGateway else "python")
    yield row
    if row.lost and row.again:
        request.node.user_properties.append((ROW, astuple(row)))
    else:
        assert request.session.testsfailed, "the test filled in no row"


@pytest.fixture(scope="session", autouse=True)
def session() -> Iterator[None]:
    """What is loaded already is left out of the collections after each test: they would take longer than the tests."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
    end_node_processes()


@pytest.fixture(autouse=True)
def nothing_is_left_behind(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """asyncio only logs what was never awaited or retrieved, when it is collected; here that fails the test."""
    yield
    gc.collect()
    assert [record.getMessage() for record in caplog.get_records("call") if record.name == "asyncio"] == []
    assert [record.getMessage() for record in caplog.records if record.name == "asyncio"] == []
