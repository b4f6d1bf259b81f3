"""The model that the configuration names."""

from collections.abc import Callable
from pathlib import Path

from nlops.adapters.embedded.model import EmbeddedModel
from nlops.adapters.openai_model import OpenAIModel
from nlops.domain.config import ModelConfig
from nlops.domain.model import ModelFailure, ModelReply, ModelRequest
from nlops.ports import Model


class NoModel:
    """`provider = "none"`: keywords only."""

    async def start(self) -> None:
        """Nothing to make ready."""

    async def stop(self) -> None:
        """Nothing to stop."""

    async def renew(self, warm_up: tuple[ModelRequest, ...]) -> None:
        """Nothing to read."""

    async def ask(self, request: ModelRequest) -> ModelReply | ModelFailure:  # noqa: ARG002 - the port's signature
        return ModelFailure("off", "no model is configured")


def make_model(
    config: ModelConfig,
    cache_dir: Path,
    *,
    warm_up: tuple[ModelRequest, ...] = (),
    progress: Callable[[str], None] | None = None,
) -> Model:
    """The model, not yet started. `warm_up` is asked at every start of the embedded one; `progress` gets its lines."""
    if config.provider == "none":
        return NoModel()
    if config.provider == "embedded":
        return EmbeddedModel(cache_dir, timeout_s=config.timeout_s, warm_up=warm_up, progress=progress)
    return OpenAIModel(config)
