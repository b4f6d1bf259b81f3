"""The audit's part in the service: asked in chat, and watched."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from nlops.domain.effects import ReadAudit
from nlops.domain.errors import StoreError
from nlops.domain.events import AuditRead, AuditTampered
from nlops.ports import Store

log = logging.getLogger("nlops")

EVERY_S = 60.0
Tell = Callable[[AuditRead | AuditTampered], Awaitable[None]]


async def watch(store: Store, tell: Tell) -> None:
    """Now and every minute, until cancelled: whether the audit still reaches its seal. Who cut it may not wait to be
    asked."""
    while True:
        try:
            reason = await store.find_tampering(time.time())
        except StoreError as error:
            log.error("the audit cannot be looked at: %s", error)
            reason = ""
        if reason:
            await tell(AuditTampered(reason))
        await asyncio.sleep(EVERY_S)


async def read(store: Store, effect: ReadAudit, tell: Tell) -> None:
    """Answer a question to the audit."""
    await tell(AuditRead(effect.question_id, await store.read_audit(effect.query)))
