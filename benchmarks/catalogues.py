"""Catalogues of any size for the benchmarks: the shipped four, and definitions of `training/data` beside them."""

import json
from pathlib import Path

from nlops.cli.load import load_catalogue, load_config
from nlops.cli.more_tools import with_more
from nlops.cli.resources import data_path
from nlops.domain.errors import ConfigError, ToolError
from nlops.domain.tools import Catalogue

_STRIDE = 7
DATA = Path(__file__).parent.parent / "training" / "data"


def catalogue_of(count: int, folder: Path) -> Catalogue:
    """The four shipped tools, and others up to `count`; `folder` is for a file on the way."""
    return _filled(_shipped(), count, folder)[0]


def others(own: Path, count: int, folder: Path) -> list[object]:
    """Definitions that fill the shipped tools and `own` up to `count`, from all over the data."""
    return _filled(with_more(_shipped(), own), count, folder)[1]


def _shipped() -> Catalogue:
    return load_catalogue(load_config(str(data_path("examples") / "eval.toml")))


def _filled(catalogue: Catalogue, count: int, folder: Path) -> tuple[Catalogue, list[object]]:
    """Whole domains, one here and one there, so that they are of all sorts."""
    files = sorted(DATA.glob("*/tools.json"))
    added: list[object] = []
    for file in (file for start in range(_STRIDE) for file in files[start::_STRIDE]):
        for raw in json.loads(file.read_text("utf-8")):
            if len(catalogue.tools) == count:
                return catalogue, added
            one = folder / "one.json"
            one.write_text(json.dumps([raw]))
            try:
                catalogue = with_more(catalogue, one)
            except (ConfigError, ToolError):  # a name that is taken, or a pattern that nlops refuses
                continue
            added.append(raw)
    return catalogue, added


def texts_of(catalogue: Catalogue, count: int) -> list[str]:
    """Messages: the definitions' own examples, from one tool after the other."""
    texts = [example.text for nth in range(4) for tool in catalogue.tools for example in tool.examples[nth : nth + 1]]
    return [
        texts[at * len(texts) // count % len(texts)] if len(texts) > count else texts[at % len(texts)]
        for at in range(count)
    ]
