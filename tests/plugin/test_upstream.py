"""nlops in somebody's program: what importing it does, and what it leaves alone."""

import subprocess
import sys
from pathlib import Path

import pytest
from wechaty import Wechaty, WechatyOptions, WechatyPlugin
from wechaty.plugin import AsyncIOScheduler
from wechaty.schema import WechatySchedulerOptions

from nlops.plugin.upstream import mend


def run(code: str, folder: Path) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_name_of_nlops_makes_wechaty_importable(tmp_path: Path) -> None:
    """In two lines, in a fresh process; and the working directory stays empty."""
    code = "from nlops import log_monitor, qr_rescue, Operation, attach\nfrom wechaty import Wechaty\nprint(Wechaty)"
    assert "wechaty.wechaty.Wechaty" in run(code, tmp_path)
    assert not list(tmp_path.iterdir())


def test_nlops_alone_loads_nothing(tmp_path: Path) -> None:
    """The names are there, and what is behind them is not loaded before they are asked for."""
    code = "import nlops, sys\nprint(len(nlops.__all__), 'wechaty' in sys.modules, 'asyncio' in sys.modules)"
    assert run(code, tmp_path).split()[1:] == ["False", "False"]


def test_what_nlops_does_not_have() -> None:
    import nlops

    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        nlops.nothing  # noqa: B018


def test_scheduler_database_is_where_upstream_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in nlops's own folder, which may not be writable, and is everybody's."""
    monkeypatch.chdir(tmp_path)
    assert WechatySchedulerOptions().job_store == "sqlite:///.wechaty/job.db"
    monkeypatch.setenv("CACHE_DIR", str(tmp_path / "cache"))
    assert WechatySchedulerOptions().job_store == f"sqlite:///{tmp_path}/cache/job.db"
    assert WechatySchedulerOptions("sqlite:///mine.db").job_store == "sqlite:///mine.db"


def test_other_plugins_are_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They go to upstream's manager, once, however often nlops mends."""
    monkeypatch.chdir(tmp_path)
    mend()

    class Mine(WechatyPlugin):  # type: ignore[misc]  # the base comes from an untyped library
        pass

    bot = Wechaty(WechatyOptions(token="t", endpoint="127.0.0.1:1", scheduler=AsyncIOScheduler()))
    bot.use(Mine())
    assert [plugin.name for plugin in bot._plugin_manager.plugins()] == ["Mine"]
