"""Definitions on the disk: a catalogue as a whole or not at all, and what a change makes of it."""

import json
import os
from pathlib import Path

import pytest

from nlops.adapters.definitions import CatalogueWatch, Folders, make_catalogue
from nlops.cli.load import load_catalogue, load_config
from nlops.cli.watching import watch_definitions
from nlops.domain.errors import ToolError
from nlops.domain.tools import Catalogue


def write(folder: Path, name: str, **changes: object) -> Path:
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    file = folder / f"{name}.json"
    file.write_text(
        json.dumps({"name": name, "description": "d", "inputSchema": schema, "run": {"argv": ["true"]}, **changes})
    )
    file.chmod(0o644)
    return file


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    for name in ("shipped", "own"):
        (tmp_path / name).mkdir(mode=0o755)
    write(tmp_path / "own", "one", keywords=["eins"])
    write(tmp_path / "own", "two")
    return Folders(tmp_path / "shipped", (tmp_path / "own",))


def watch(folders: Folders) -> CatalogueWatch:
    enable = ("one", "two")

    def load() -> tuple[Catalogue, Folders]:
        catalogue = make_catalogue(folders, enable, ())
        gone = [name for name in enable if catalogue.get(name) is None]
        if gone:
            raise ToolError("nlops.toml", "tools.enable", f"{gone[0]!r} is gone")
        return catalogue, folders

    return CatalogueWatch(load, folders, load()[0])


def look(here: CatalogueWatch) -> Catalogue | str | None:
    """What is seen once the disk is at rest: nothing at the first look."""
    assert here.look() is None
    return here.look()


def test_all_faults_of_all_files_are_told(folders: Folders) -> None:
    """One error, every fault; what is not enabled is not looked at."""
    own = folders.own[0]
    write(own, "one", timeout_s=0, nmae=1)
    write(own, "two", policy={"risk": "?"})
    write(own, "three", nmae=1)
    with pytest.raises(ToolError) as caught:
        make_catalogue(folders, ["one", "two"], ())
    text = str(caught.value)
    assert all(word in text for word in ("$.timeout_s", "$.nmae", "two.json: $.policy.risk")) and "three" not in text


def test_keywords_of_two_tools(folders: Folders) -> None:
    """A word that two tools claim is nobody's."""
    write(folders.own[0], "two", keywords=["EINS"])
    with pytest.raises(ToolError, match="keyword of 'one' too"):
        make_catalogue(folders, ["one", "two"], ())


def test_nothing_new(folders: Folders) -> None:
    """As long as nothing changes, and where a file is only touched or is not enabled."""
    here = watch(folders)
    assert here.look() is None
    os.utime(folders.own[0] / "one.json", (1, 1))
    write(folders.own[0], "three")
    assert look(here) is None and here.look() is None


def test_a_change_is_a_new_catalogue(folders: Folders) -> None:
    """Once; the digest of what changed is another, so that proposals under the old one lapse."""
    here = watch(folders)
    before = here.current.get("one")
    write(folders.own[0], "one", timeout_s=7)
    found = look(here)
    assert isinstance(found, Catalogue) and here.current is found and here.look() is None
    after = found.get("one")
    assert before and after and after.timeout_s == 7 and before.digest != after.digest
    assert found.get("two") == make_catalogue(folders, ["two"], ()).tools[0]


def test_a_faulty_change_leaves_the_old_one(folders: Folders) -> None:
    """All of it: not even the good half is taken; told once, and mended by the next change."""
    here = watch(folders)
    old = here.current
    write(folders.own[0], "one", timeout_s=7)
    write(folders.own[0], "two", timeout_s=-7)
    error = look(here)
    assert isinstance(error, str) and "two.json" in error and here.current is old
    assert here.look() is None
    write(folders.own[0], "two", timeout_s=9)
    found = look(here)
    assert isinstance(found, Catalogue) and [tool.timeout_s for tool in found.tools] == [7, 9]


def test_a_file_that_goes_or_opens(folders: Folders) -> None:
    """Gone, or writable by others since: the old catalogue stays, and why is told."""
    here = watch(folders)
    (folders.own[0] / "two.json").chmod(0o666)
    assert "can write" in str(look(here))
    (folders.own[0] / "two.json").unlink()
    assert "'two' is gone" in str(look(here)) and here.current.get("two") is not None


def test_a_half_written_file(folders: Folders) -> None:
    """An editor that writes in place: what is half is not read while it is at work; left half it is a fault, and what
    is whole is taken."""
    here = watch(folders)
    file = folders.own[0] / "one.json"
    whole = file.read_text().replace('"d"', '"another"')
    file.write_text(whole[:40])
    assert here.look() is None
    file.write_text(whole[:50])
    assert here.look() is None
    assert "one.json" in str(here.look())
    file.write_text(whole)
    assert isinstance(look(here), Catalogue)


def test_nlops_toml_is_watched_too(tmp_path: Path) -> None:
    """A name more in `enable`, a target more: the new allowlist as a whole; one that cannot be: the old one stays."""
    config_file = tmp_path / "nlops.toml"
    (tmp_path / "tools").mkdir(mode=0o755)
    write(tmp_path / "tools", "one")

    def configure(tools: str) -> None:
        config_file.write_text(
            f'[chat]\nendpoint = "127.0.0.1:1"\ntoken = "x"\n[[admin]]\nname = "wei"\ncontact = "c"\n'
            f'[[bot]]\nname = "bob"\nlog = "bob.log"\n[tools]\npaths = ["tools"]\n{tools}\n'
        )

    configure('enable = ["qr"]')
    config = load_config(str(config_file))
    here = watch_definitions(config, load_catalogue(config))
    configure('enable = ["qr", "one"]')
    found = look(here)
    assert isinstance(found, Catalogue) and [tool.name for tool in found.tools] == ["qr", "one"]
    config_file.write_text('chat = "nonsense"\n')
    assert "nlops.toml" in str(look(here))
    config_file.unlink()
    assert "no such file" in str(look(here))
    configure('enable = ["qr", "none"]')
    assert "no tool 'none'" in str(look(here)) and here.current is found
    configure('enable = ["http_health"]')
    assert "tools.targets.http_health" in str(look(here))
    configure('enable = ["http_health"]\n[tools.targets.http_health]\nshop = "https://shop.example.com/health"')
    found = look(here)
    assert isinstance(found, Catalogue) and found.tools[0].properties["site"]["enum"] == ["shop"]
    configure('enable = ["http_health"]\n[tools.targets.http_health]\nshop = "https://shop.example.com/other"')
    other = look(here)
    assert isinstance(other, Catalogue) and other.tools[0].digest != found.tools[0].digest
