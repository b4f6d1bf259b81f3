"""What `nlops check` sees of second factors, with true servers in the place of the providers."""

import asyncio
from dataclasses import replace
from pathlib import Path

from nlops.adapters.sqlite import SqliteStore, factors
from nlops.cli import check
from nlops.cli.check_factors import Finding, look
from nlops.domain.config import (
    AdminConfig,
    AuthyConfig,
    Config,
    HttpSms,
    PolicyConfig,
    Secret,
    TencentSms,
    ToolPolicyConfig,
)
from nlops.gate.policy import with_policy
from tests.providers import ACCOUNT, SECRET_ID, SECRET_KEY, SERVICE, TOKEN, Server, TencentCloud, Twilio, takes_all
from tests.support import LAN, WEI, make_config, make_setup

TOTP = Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
ADMINS = (AdminConfig("wei", WEI, "en", TOTP, "+8613800138000"), AdminConfig("lan", LAN, "zh"))


async def findings(folder: Path, **changes: object) -> dict[str, Finding]:
    config = make_config(folder, **{"admins": ADMINS, **changes})
    return await asyncio.to_thread(looked, config)


def looked(config: Config) -> dict[str, Finding]:
    return {what: (well, what, seen) for well, what, seen in look(config, make_setup(config).catalogue)}


async def test_providers_that_know_us(tmp_path: Path) -> None:
    """Each is asked, no code is sent, no number told; the clock is held against theirs."""
    twilio, cloud = Twilio(), TencentCloud()
    async with Server(twilio).serving() as verify, Server(cloud).serving() as sms:
        tencent = TencentSms(Secret(SECRET_ID), Secret(SECRET_KEY), "1400", "s", "449739", endpoint=sms.url)
        authy = AuthyConfig(ACCOUNT, Secret(TOKEN), SERVICE, base_url=verify.url)
        seen = await findings(tmp_path, sms=tencent, authy=authy)
        assert all(well for well, _, _ in seen.values())
        assert "approved" in seen["sms"][2] and "'ops codes'" in seen["authy"][2]
        assert "of a provider's" in seen["clock for totp"][2] and "totp, phone" in seen["factors of wei"][2]
        assert not twilio.open and not cloud.sent and not any(b"138" in one.body for one in verify.asked + sms.asked)


async def test_providers_that_do_not(tmp_path: Path) -> None:
    """A wrong token, a template that waits for approval, nobody there: each with its reason."""
    twilio, cloud = Twilio(), TencentCloud(status_code=1)
    async with Server(twilio).serving() as verify, Server(cloud).serving() as sms:
        tencent = TencentSms(Secret(SECRET_ID), Secret(SECRET_KEY), "1400", "s", "449739", endpoint=sms.url)
        authy = AuthyConfig(ACCOUNT, Secret("other"), SERVICE, base_url=verify.url)
        seen = await findings(tmp_path, sms=tencent, authy=authy)
        assert not seen["sms"][0] and "not approved" in seen["sms"][2]
        assert not seen["authy"][0] and "HTTP 401" in seen["authy"][2]
    seen = await findings(tmp_path, sms=HttpSms("http://127.0.0.1:1/send?key=k3y&c={code}&to={phone}"))
    assert seen["sms"][0] is False and "can't be reached" in seen["sms"][2] and "k3y" not in seen["sms"][2]


async def test_a_wrong_clock_is_told(tmp_path: Path) -> None:
    """Two minutes off: by how much, on which side, and the mend. A provider by HTTP is only reached, at its root."""
    async with Server(takes_all, clock_off_s=120).serving() as server:
        sms = HttpSms(f"{server.url}/send?key=k3y&to={{phone}}&c={{code}}")
        seen = await findings(tmp_path, sms=sms)
        well, _, told = seen["clock for totp"]
        assert not well and "behind" in told and "timedatectl" in told and ("119 s" in told or "120 s" in told)
        assert seen["sms"][0] and [(one.method, one.target) for one in server.asked] == [("HEAD", "/")]
        server.clock_off_s = -120
        assert "ahead" in (await findings(tmp_path, sms=sms))["clock for totp"][2]


async def test_who_cannot_give_what_is_demanded(tmp_path: Path) -> None:
    """A tool that lan could never run is told before lan tries, at night."""
    policy = PolicyConfig(tools={"restart": ToolPolicyConfig(auth=("totp",))})
    config = make_config(tmp_path, admins=ADMINS, policy=policy)
    catalogue = make_setup(config).catalogue
    tools = tuple(with_policy(tool, config) for tool in catalogue.tools)
    told = [one for one in look(config, replace(catalogue, tools=tools)) if not one[0] and "lan" in one[1]]
    assert [seen for _, _, seen in told] == ["restart demands totp, which lan can't give; nlops totp add lan"]


async def test_without_factors_nothing_is_said(tmp_path: Path) -> None:
    """Most have none."""
    assert not await findings(tmp_path, admins=(AdminConfig("wei", WEI), AdminConfig("lan", LAN)))


async def test_a_lock_is_told(tmp_path: Path) -> None:
    """With the question to ask first, and the mend."""
    config = make_config(tmp_path, admins=ADMINS)
    store = SqliteStore(config.state_dir)
    for _ in range(5):
        await store.in_transaction(lambda db: factors.reserve(db, "wei", "totp"))
    store.close()
    bad = [seen for well, what, seen in check._admins(config) if not well and what == "admin wei"]
    assert bad == ["locked after five wrong codes; who typed them? then: nlops unlock wei"]
