"""The README's session that adds a tool is the one that the demo plays, in both languages."""

import json
from pathlib import Path

import pytest

from nlops.sandbox import adding
from nlops.sandbox.place import claimed

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_the_readme_shows_what_is_played(readme: str, tmp_path: Path) -> None:
    """Every question and every answer stands in the README, word for word and in this order, and what comes of it: the
    definition passes the linter, and the lines for nlops.toml are the ones that are shown."""
    text = (ROOT / readme).read_text("utf-8")
    with claimed(tmp_path / "demo") as place:
        session = list(adding.new_tool(place))
        place.config.write_text('[tools]\nenable = ["qr", "restart", "tail_logs", "status"]\n[policy]\nttl_s = 120\n')
        enabled = adding.enable(place)
        written = json.loads((place.root / "tools" / "disk_free.json").read_text("utf-8"))
    questions = session[1 : 1 + len(adding.ANSWERS)]
    assert [line.rsplit(": ", 1)[1] for line in questions] == list(adding.ANSWERS)
    at = 0
    for line in ["$ nlops tools new", *questions, *enabled.split("\n")]:
        at = text.index(line, at) + len(line)
    assert "ok " in session[-1] and written["keywords"] == ["disk", "磁盘"]
    assert all(words in text for words in (*adding.KEYWORDS[1:], adding.IN_WORDS))
