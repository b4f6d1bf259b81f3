"""The providers of models: where each answers, what its model is called, and how it is asked first."""

from dataclasses import dataclass
from typing import Literal

from nlops.adapters.embedded.fetch import NAME
from nlops.domain.config import ModelConfig, Provider

Mode = Literal["tools", "schema", "json", "plain"]


@dataclass(frozen=True)
class Preset:
    """Where a provider answers, and how it is asked first: for JSON under a schema, or with native definitions."""

    base_url: str
    name: str
    mode: Mode


# The providers' own documentation of their OpenAI-compatible endpoints, read 2026-11. A strict schema of OpenAI's
# wants every property required, which an optional argument is not, so hosted models get native tools.
PRESETS: dict[Provider, Preset] = {
    "openai": Preset("https://api.openai.com/v1", "gpt-4.1-mini", "tools"),
    "deepseek": Preset("https://api.deepseek.com/v1", "deepseek-chat", "tools"),
    "qwen": Preset("https://dashscope.aliyuncs.com/compatible-mode/v1", "qwen-plus", "tools"),
    "moonshot": Preset("https://api.moonshot.cn/v1", "moonshot-v1-8k", "tools"),
    "zhipu": Preset("https://open.bigmodel.cn/api/paas/v4", "glm-4-flash", "tools"),
    "ollama": Preset("http://127.0.0.1:11434/v1", "qwen2.5:3b", "schema"),
    "custom": Preset("http://127.0.0.1:8000/v1", "default", "schema"),
}


def shown_name(config: ModelConfig) -> str:
    """The provider and its model's own name, for people."""
    if config.provider == "none":
        return "none"
    own = NAME if config.provider == "embedded" else config.name or PRESETS[config.provider].name
    return f"{config.provider} {own}"
