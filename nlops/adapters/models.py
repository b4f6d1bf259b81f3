"""The model that the configuration names."""

import logging
import time
from collections.abc import Callable
from pathlib import Path

from nlops.adapters.embedded.model import EmbeddedModel
from nlops.adapters.openai_model import OpenAIModel
from nlops.domain.config import ModelConfig
from nlops.domain.errors import ModelError, StoreError
from nlops.domain.model import NOTHING_AHEAD, ModelFailure, ModelReply, ModelRequest, ModelState, WarmUp
from nlops.ports import Ledger, Model

log = logging.getLogger("nlops")


class NoModel:
    """`provider = "none"`: keywords only."""

    async def start(self) -> None:
        """Nothing to make ready."""

    async def stop(self) -> None:
        """Nothing to stop."""

    async def renew(self, warm_up: WarmUp) -> None:
        """Nothing to read."""

    async def ask(self, request: ModelRequest) -> ModelReply | ModelFailure:  # noqa: ARG002 - the port's signature
        return ModelFailure("off", "no model is configured")


class NotedModel:
    """A model whose state is noted in a ledger whenever it changes, so that `nlops status` can tell it."""

    def __init__(self, model: Model, ledger: Ledger) -> None:
        self._model, self._ledger = model, ledger
        self._last = ("", "")

    async def start(self) -> None:
        await self._note("starting")
        try:
            await self._model.start()
        except ModelError as error:
            await self._note("unreachable", str(error))
            raise
        await self._note("ready")

    async def stop(self) -> None:
        await self._model.stop()
        await self._note("stopped")

    async def renew(self, warm_up: WarmUp) -> None:
        await self._model.renew(warm_up)

    async def ask(self, request: ModelRequest) -> ModelReply | ModelFailure:
        answer = await self._model.ask(request)
        if isinstance(answer, ModelReply):
            await self._note("ready")
        elif answer.reason != "unread":
            await self._note(answer.reason, answer.detail)
        return answer

    async def _note(self, state: str, detail: str = "") -> None:
        if (state, detail) == self._last:
            return
        self._last = (state, detail)
        try:
            await self._ledger.keep_model(ModelState(time.time(), state, detail[:500]))
        except StoreError as error:
            log.warning("the model's state is not kept: %s", error)


def make_model(
    config: ModelConfig,
    cache_dir: Path,
    *,
    warm_up: WarmUp = NOTHING_AHEAD,
    progress: Callable[[str], None] | None = None,
    ledger: Ledger | None = None,
) -> Model:
    """The model, not yet started. `warm_up` is for the embedded one; `progress` gets its lines;
    without a `ledger` nothing of what it used outlives the process."""
    if config.provider == "none":
        return NoModel()
    model: Model
    if config.provider == "embedded":
        model = EmbeddedModel(cache_dir, timeout_s=config.timeout_s, warm_up=warm_up, progress=progress)
    else:
        model = OpenAIModel(config, ledger)
    return NotedModel(model, ledger) if ledger is not None else model
