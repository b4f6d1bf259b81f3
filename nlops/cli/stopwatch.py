"""A model with a stopwatch: how long was waited for it, so that what is left is our own time."""

import time
from collections import Counter

from nlops.domain.model import ModelFailure, ModelReply, ModelRequest, WarmUp
from nlops.ports import Model


class Stopwatch:
    """Asks another model. `waited_s` is the sum of all waiting, `asked` how often, `failures` what got no answer."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.waited_s, self.asked = 0.0, 0
        self.failures: Counter[str] = Counter()

    async def start(self) -> None:
        await self._model.start()

    async def stop(self) -> None:
        await self._model.stop()

    async def renew(self, warm_up: WarmUp) -> None:
        await self._model.renew(warm_up)

    async def ask(self, request: ModelRequest) -> ModelReply | ModelFailure:
        begun = time.perf_counter()
        answer = await self._model.ask(request)
        self.waited_s += time.perf_counter() - begun
        self.asked += 1
        if isinstance(answer, ModelFailure):
            self.failures[answer.reason] += 1
        return answer
