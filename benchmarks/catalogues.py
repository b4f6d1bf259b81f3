"""Catalogues of any size for the benchmarks: the shipped four, and definitions of `training/data` beside them."""

import json
from pathlib import Path

from nlops.cli.load import load_catalogue, load_config
from nlops.cli.more_tools import with_more
from nlops.cli.resources import data_path
from nlops.domain.errors import ConfigError
from nlops.domain.tools import Catalogue

DATA = Path(__file__).parent.parent / "training" / "data"


def catalogue_of(count: int, folder: Path) -> Catalogue:
    """The four shipped tools, and others up to `count`; `folder` is for a file on the way."""
    catalogue = load_catalogue(load_config(str(data_path("examples") / "eval.toml")))
    for file in sorted(DATA.glob("*/tools.json")):
        for raw in json.loads(file.read_text("utf-8")):
            if len(catalogue.tools) == count:
                return catalogue
            one = folder / "one.json"
            one.write_text(json.dumps([raw]))
            try:
                catalogue = with_more(catalogue, one)
            except ConfigError:  # a name that is taken, or a pattern that nlops refuses
                continue
    return catalogue


def texts_of(catalogue: Catalogue, count: int) -> list[str]:
    """Messages: the definitions' own examples, from one tool after the other."""
    texts = [example.text for nth in range(4) for tool in catalogue.tools for example in tool.examples[nth : nth + 1]]
    return [
        texts[at * len(texts) // count % len(texts)] if len(texts) > count else texts[at % len(texts)]
        for at in range(count)
    ]
