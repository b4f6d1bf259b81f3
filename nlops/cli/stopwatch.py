"""A model with a stopwatch: how long was waited for it, so that what is left is our own time."""

import time

from nlops.domain.model import ModelFailure, ModelReply, ModelRequest
from nlops.ports import Model


class Stopwatch:
    """Asks another model. `waited_s` is the sum of all waiting, `asked` how often."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.waited_s, self.asked = 0.0, 0

    async def start(self) -> None:
        await self._model.start()

    async def stop(self) -> None:
        await self._model.stop()

    async def ask(self, request: ModelRequest) -> ModelReply | ModelFailure:
        begun = time.perf_counter()
        try:
            return await self._model.ask(request)
        finally:
            self.waited_s += time.perf_counter() - begun
            self.asked += 1
