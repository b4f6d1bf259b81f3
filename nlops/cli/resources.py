"""Where things lie: what nlops brings along (prompts, tools), and the user's folders by the XDG rules."""

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def data_path(name: str) -> Path:
    """The folder `name` (`prompts`, `tools`) as shipped: inside the package of a wheel, beside it in a checkout."""
    packed = _PACKAGE / "_data" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name


def _xdg(variable: str, fallback: str) -> Path:
    # The specification (0.8) says that a relative path in these variables is to be ignored.
    value = os.environ.get(variable, "")
    return (Path(value) if value.startswith("/") else Path.home() / fallback) / "nlops"


def cache_dir() -> Path:
    """What can be fetched again: the model."""
    return _xdg("XDG_CACHE_HOME", ".cache")


def default_state_dir() -> Path:
    """What must not be lost: the store, the cursors."""
    return _xdg("XDG_STATE_HOME", ".local/state")
