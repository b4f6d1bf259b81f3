"""The rules held against the labels."""

import asyncio
import sys

import pytest

from training.rules import main


def test_what_the_rules_make_of_labels_is_counted_and_the_rest_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a domain that rules let through almost whole; each label that does not come out has a line."""
    monkeypatch.setattr(sys, "argv", ["rules", "zoo"])
    asyncio.run(main())
    *shown, last = capsys.readouterr().out.splitlines()
    labels, right, wrong, dangerous = (int(word) for word in last.split() if word.isdigit())
    assert right + wrong + dangerous == labels > 50 and right >= 0.9 * labels
    assert len(shown) == wrong + dangerous


def test_a_domain_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["rules", "zoo", "nowhere"])
    with pytest.raises(SystemExit, match="no such domain of tools: nowhere"):
        asyncio.run(main())
