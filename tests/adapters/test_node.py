"""Node programs: which node is taken, what is a package's name, what is installed and pinned, and when not again."""

import json
from pathlib import Path

import pytest

from nlops.adapters.node import Node, Package, find_node, installed, parse_package, pin
from nlops.domain.errors import GatewayError, UsageError
from tests.node import the_node

NOWHERE = Path("/nowhere")


def program(file: Path, text: str) -> Path:
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


class TestNode:
    def test_the_one_of_this_machine(self) -> None:
        """The real one: its npm runs, too."""
        import subprocess

        done = subprocess.run([*the_node().npm, "--version"], env=the_node().environment(), capture_output=True)
        assert done.returncode == 0, done.stderr

    def test_an_old_one_is_refused(self, tmp_path: Path) -> None:
        """What was found, what is needed, how to get it."""
        program(tmp_path / "node", "echo v16.20.2")
        program(tmp_path / "npm", "exit 0")
        with pytest.raises(GatewayError, match=r"node is v16\.20\.2; node 18 or newer.*apt install nodejs npm.*wheel"):
            find_node(str(tmp_path), NOWHERE)

    def test_an_old_one_is_passed_over_for_the_wheel(self, tmp_path: Path) -> None:
        """Whoever installed the wheel meant it."""
        program(tmp_path / "node", "echo v16.20.2")
        wheel = tmp_path / "wheel"
        (wheel / "bin").mkdir(parents=True)
        inside = program(wheel / "bin" / "node", "echo v22.1.0")
        found = find_node(str(tmp_path), wheel)
        assert found.program == inside and found.npm[0] == str(inside)

    @pytest.mark.parametrize(("text", "said"), [("exit 3", "is no node that runs"), ("echo v20.1.0", "has no npm")])
    def test_what_does_not_do(self, text: str, said: str, tmp_path: Path) -> None:
        """One that breaks, and one without npm."""
        program(tmp_path / "node", text)
        with pytest.raises(GatewayError, match=said):
            find_node(str(tmp_path), NOWHERE)

    def test_none(self, tmp_path: Path) -> None:
        """Said in words."""
        with pytest.raises(GatewayError, match="there is no node on the PATH"):
            find_node(str(tmp_path), NOWHERE)

    def test_what_is_for_nlops_stays_here(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """npm and packages do not get nlops's own variables; a puppet's settings pass."""
        monkeypatch.setenv("NLOPS_GATEWAY_TOKEN", "secret")
        monkeypatch.setenv("WECHATY_PUPPET_PADLOCAL_TOKEN", "puppet_padlocal_x")
        environment = the_node().environment()
        assert "NLOPS_GATEWAY_TOKEN" not in environment
        assert environment["WECHATY_PUPPET_PADLOCAL_TOKEN"] == "puppet_padlocal_x"


@pytest.mark.parametrize(
    "name",
    [
        *("--registry=http://example.com", "-g", "", ".", "..", "../x", "/x", "./x", "file:x", "x/y", "@x", "@x/"),
        *("git+ssh://x", "https://x/y.tgz", "npm:x@1.0.0", "x@latest", "x@^1.0.0", "x@1", "x;ls", "x y", "X", "x\n"),
        "a" * 215,
    ],
)
def test_what_is_no_package_is_refused(name: str) -> None:
    """Nothing passes that npm would read as an option, a path, an address, a repository, a tag or a range."""
    with pytest.raises(UsageError, match="is no npm package"):
        parse_package(name)


@pytest.mark.parametrize(
    ("text", "package"),
    [
        ("wechaty-puppet-padlocal", Package("wechaty-puppet-padlocal")),
        ("wechaty-puppet-xp@1.13.12", Package("wechaty-puppet-xp", "1.13.12")),
        ("@juzi/wechaty-puppet-x@1.0.0-beta.2", Package("@juzi/wechaty-puppet-x", "1.0.0-beta.2")),
    ],
)
def test_packages(text: str, package: Package) -> None:
    """Names with and without a scope and a version; a folder of one part each."""
    assert parse_package(text) == package and str(package) == text
    assert "/" not in package.folder_name


FAKE_NPM = """
echo "$@" >> {calls}
case "$1" in
install)
    sed -i 's/"dependencies": {{/&"'"${{4%@*}}"'":"'"${{4#*@}}"'",/' package.json
    cp package.json package-lock.json ;;
ci) mkdir node_modules ;;
esac
"""


@pytest.fixture
def npm(tmp_path: Path) -> tuple[Node, Path]:
    """A node whose npm is a script that writes down its words, and does the files' part of the work."""
    calls = tmp_path / "calls"
    calls.touch()
    return Node(Path("/bin/true"), (str(program(tmp_path / "npm", FAKE_NPM.format(calls=calls))),)), calls


def test_a_pin_holds(npm: tuple[Node, Path], tmp_path: Path) -> None:
    """Looked up once, exactly and without scripts; again for another version only."""
    node, calls = npm
    base = {"dependencies": {"wechaty-puppet": "1.20.2"}}
    folder = tmp_path / "pinned"

    def pinned(text: str) -> int:
        manifest = json.loads(json.dumps(base))
        pin(parse_package(text), manifest, folder, node, print)
        return len(calls.read_text().splitlines())

    assert [pinned("x@1.0.0"), pinned("x@1.0.0"), pinned("x"), pinned("x@1.0.1"), pinned("x")] == [1, 1, 1, 2, 2]
    first = calls.read_text().splitlines()[0]
    assert first.startswith("install --package-lock-only --save-exact x@1.0.0 --ignore-scripts ")
    assert sorted(file.name for file in folder.iterdir()) == ["npm.lock", "package-lock.json", "package.json"]


def test_installed_once_for_each_lock(npm: tuple[Node, Path], tmp_path: Path) -> None:
    """The same folder without npm as long as the lock is the same; what a killed installation left is cleared away."""
    node, calls = npm
    package = tmp_path / "package"
    package.mkdir()
    for name in ("package.json", "package-lock.json"):
        (package / name).write_text("{}")
    cache = tmp_path / "cache"
    first = installed(package, cache, node, print)
    (cache / f"{first.name}.left").mkdir()
    assert installed(package, cache, node, print) == first and (first / "node_modules").is_dir()
    assert calls.read_text().count("ci --omit=dev --ignore-scripts") == 1
    (package / "package-lock.json").write_text('{"other": 1}')
    assert installed(package, cache, node, print) != first


def test_npm_says_why_it_failed(tmp_path: Path) -> None:
    """Its own lines, without the rest; and nothing half done is left."""
    text = "echo npm error code E404; echo npm error A complete log of this run: x; echo noise; exit 1"
    node = Node(Path("/bin/true"), (str(program(tmp_path / "npm", text)),))
    package = tmp_path / "package"
    package.mkdir()
    for name in ("package.json", "package-lock.json"):
        (package / name).write_text("{}")
    with pytest.raises(GatewayError) as failure:
        installed(package, tmp_path / "cache", node, print)
    assert str(failure.value).endswith("npm failed:\n  npm error code E404")
    assert [file.name for file in (tmp_path / "cache").iterdir()] == ["package.lock"]
