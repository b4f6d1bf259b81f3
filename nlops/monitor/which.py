"""Which formats read signs in a log: for the choice of the one that a bot is pinned to."""

from collections.abc import Mapping

from nlops.monitor.formats import LogFormat
from nlops.monitor.scan import Scanner


def count_signs(block: bytes, formats: Mapping[str, LogFormat]) -> dict[str, int]:
    """How many signs each format reads in `block`, whole lines; the most first, those that read none left out."""
    counts = {name: len(Scanner("", log_format).scan(block)) for name, log_format in formats.items()}
    return {name: count for name, count in sorted(counts.items(), key=lambda item: -item[1]) if count}
