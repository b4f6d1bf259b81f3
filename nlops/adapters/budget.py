"""The day's tokens: how many were used, over restarts too, and whether any are left."""

import logging
import time

from nlops.domain.errors import StoreError
from nlops.ports import Ledger

log = logging.getLogger("nlops")

DAY_S = 86_400


class DailyTokens:
    """At most `most` tokens from midnight to midnight UTC, the provider's own days.

    Without a ledger, or where it cannot be read or written, it counts in memory: a full disk must neither silence the
    model nor open the budget.
    """

    def __init__(self, most: int, ledger: Ledger | None = None) -> None:
        self.most = most
        self._ledger, self._day, self._used = ledger, -1, 0

    async def used(self) -> int:
        """The tokens of today."""
        today = int(time.time() // DAY_S)
        if today != self._day:
            self._day, self._used = today, await self._noted(today)
        return self._used

    async def spend(self, tokens: int) -> None:
        """Count what a question and its answer took; less than nothing counts as nothing."""
        tokens = max(0, tokens)
        self._used = await self.used() + tokens
        if self._ledger is not None and tokens:
            try:
                await self._ledger.spend_tokens(self._day, tokens)
            except StoreError as error:
                log.warning("the model's tokens are counted in memory only: %s", error)

    async def _noted(self, day: int) -> int:
        if self._ledger is None:
            return 0
        try:
            return await self._ledger.tokens_used(day)
        except StoreError as error:
            log.warning("the tokens used today are not known, counting from nothing: %s", error)
            return 0
