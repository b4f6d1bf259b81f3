"""Node programs for the tests: the product's own finding and installing (nlops/adapters/node.py), in a cache folder."""

from functools import cache
from pathlib import Path

from nlops.adapters import node
from nlops.cli.resources import cache_dir


@cache
def the_node() -> node.Node:
    return node.find_node()


def node_environment() -> dict[str, str]:
    """This environment with that node first on the PATH."""
    return the_node().environment()


def installed(package: Path) -> Path:
    """The packages of `package` (a folder with package.json and package-lock.json), installed once; where they lie."""
    return node.installed(package, cache_dir() / "tests", the_node(), print)
