"""The link's state: each change is told once, in order, whatever the one who is told does."""

import asyncio

import pytest

from nlops.adapters.wechaty.link import LinkState
from nlops.domain.events import LinkChanged


async def test_each_change_is_told_once() -> None:
    told: list[LinkChanged] = []

    async def deliver(change: LinkChanged) -> None:
        told.append(change)

    link = LinkState(deliver)
    for why in ("refused", "refused", "timeout"):
        await link.down(why)
    await link.up()
    await link.up()
    await link.down("broke")
    assert told == [LinkChanged(False, "refused"), LinkChanged(True), LinkChanged(False, "broke")]


async def test_account_is_told_once_it_is_known() -> None:
    """A login that names the account after the link came up, and another account after it, are changes; a repeated
    login is none."""
    told: list[str] = []

    async def deliver(change: LinkChanged) -> None:
        told.append(change.account)

    link = LinkState(deliver)
    for account in ("", "wxid_a", "wxid_a", "wxid_b"):
        await link.up(account)
    assert told == ["", "wxid_a", "wxid_b"]


async def test_slow_listener_gets_them_in_order() -> None:
    told: list[bool] = []

    async def deliver(change: LinkChanged) -> None:
        await asyncio.sleep(0.01 if not change.up else 0)
        told.append(change.up)

    link = LinkState(deliver)
    await asyncio.gather(link.down("away"), link.up())
    assert told == [False, True]


async def test_listener_that_raises_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def deliver(_: LinkChanged) -> None:
        raise RuntimeError("a handler fell over")

    await LinkState(deliver).up()
    assert "a handler fell over" in caplog.text
