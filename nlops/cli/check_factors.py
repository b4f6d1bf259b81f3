"""`nlops check`, second factors: who can give which, whether the providers know us, and whether the clocks agree."""

import asyncio
import shutil
import subprocess
import time
from collections.abc import Iterator

from nlops.adapters.factors.remote import Away, ask
from nlops.cli.factors import lacking
from nlops.domain.config import CommandSms, Config, HttpSms
from nlops.domain.tools import Catalogue

Finding = tuple[bool, str, str]
MOST_SKEW_S = 25.0  # a code of an authenticator is good for its step of 30 s and the next


def look(config: Config, catalogue: Catalogue | None) -> Iterator[Finding]:
    """One finding each; nothing is sent to a person. `catalogue` None where it could not be loaded."""
    yield from _admins(config, catalogue)
    clocks: list[float] = []
    if config.sms is not None:
        yield _sms(config, clocks)
    if config.authy is not None:
        yield _authy(config, clocks)
    if any(admin.totp is not None for admin in config.admins):
        yield _clock(clocks)


def _admins(config: Config, catalogue: Catalogue | None) -> Iterator[Finding]:
    for admin in config.admins:
        has = [name for name, value in (("totp", admin.totp), ("phone", admin.phone)) if value is not None]
        if has:
            yield True, f"factors of {admin.name}", ", ".join(has)
    if catalogue is not None:
        for admin, tool, factor in lacking(config, catalogue):
            mend = MEND[factor].format(name=admin.name)
            yield (
                False,
                f"factors of {admin.name}",
                f"{tool} demands {factor}, which {admin.name} can't give; {mend}",
            )


MEND = {
    "totp": "nlops totp add {name}",
    "sms": 'write phone = "+86…" and [sms]',
    "authy": 'write phone = "+86…" and [authy]',
    "second-admin": "name another [[admin]]",
}


def _sms(config: Config, clocks: list[float]) -> Finding:
    if isinstance(config.sms, HttpSms):
        try:
            seen = asyncio.run(_reach(config.sms, clocks))
        except Away as error:
            return False, "sms", f"{_origin(config.sms)}: {error}"
        return True, "sms", f"{seen}; whether it takes our messages shows only when one is sent"
    if isinstance(config.sms, CommandSms):
        found = shutil.which(config.sms.command[0])
        return bool(found), "sms", found or f"{config.sms.command[0]} is not a program on the PATH"
    if config.sms is None:
        return False, "sms", "none"
    from nlops.adapters.factors.tencent import Tencent

    try:
        return True, "sms", f"Tencent Cloud: {asyncio.run(Tencent(config.sms).look())}"
    except Away as error:
        return False, "sms", str(error)


def _origin(sms: HttpSms) -> str:
    """Where it is; a key may stand in the rest of the address."""
    return "/".join(sms.url.split("/", 3)[:3])


async def _reach(sms: HttpSms, clocks: list[float]) -> str:
    from nlops.adapters.factors.verify import clock_of

    answer = await ask("HEAD", f"{_origin(sms)}/", timeout_s=sms.timeout_s)
    clock = clock_of(answer)
    clocks += [] if clock is None else [clock - time.time()]
    return f"{_origin(sms)} answers"


def _authy(config: Config, clocks: list[float]) -> Finding:
    from nlops.adapters.factors.verify import Verify

    if config.authy is None:
        return False, "authy", "none"
    try:
        name, clock = asyncio.run(Verify(config.authy).look())
    except Away as error:
        return False, "authy", str(error)
    clocks += [] if clock is None else [clock - time.time()]
    return True, "authy", f"Twilio Verify service {name!r}"


def _clock(clocks: list[float]) -> Finding:
    """Authenticators go by the clock: this host's against the providers', else whether the system keeps it right."""
    what = "clock for totp"
    if clocks:
        off = min(clocks, key=abs)
        if abs(off) > MOST_SKEW_S:
            side = "behind" if off > 0 else "ahead"
            return (
                False,
                what,
                f"this host's clock is {abs(off):.0f} s {side}; codes will be refused: timedatectl set-ntp true",
            )
        return True, what, f"within {abs(off):.0f} s of a provider's"
    synchronised = _synchronised()
    if synchronised is None:
        return True, what, "nobody here tells whether it is kept right; codes need it within 25 s"
    mend = "it is kept right (timedatectl)" if synchronised else "nothing keeps it right; timedatectl set-ntp true"
    return synchronised, what, mend


def _synchronised() -> bool | None:
    """What systemd says; None where there is none."""
    program = shutil.which("timedatectl")
    if program is None:
        return None
    command = [program, "show", "--property=NTPSynchronized", "--value"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {"yes": True, "no": False}.get(done.stdout.strip()) if done.returncode == 0 else None
