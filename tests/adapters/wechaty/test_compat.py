"""Importing wechaty, each time in a fresh interpreter: no file, no handler, no crash, nothing replaced for good.

On every supported Python that this machine has; a line at the end of the test run names those that it has not.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.adapters.wechaty.pythons import find_python, supported, with_wechaty

RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
OTHERS = {version: python for version in supported() if version != RUNNING and (python := find_python(version))}

PROBE = """
import json, logging, os, sys
before = dict(os.environ)
import nlops.adapters.wechaty.chat
import nlops.adapters.wechaty  # a second time does nothing
import wechaty, wechaty_puppet_service
from wechaty.user.url_link import get_host
manager = logging.Logger.manager.loggerDict
stderr = [name for name, logger in manager.items() for handler in getattr(logger, "handlers", [])
          if isinstance(handler, logging.StreamHandler)]
print(json.dumps({
    "version": "%d.%d" % sys.version_info[:2],
    "stderr": stderr,
    "loggers": sum(name.startswith("wechaty.") for name in manager),
    "telnetlib": "telnetlib" in sys.modules,
    "environment": dict(os.environ) == before,
    "host": get_host("https://example.com:8443/a"),
    "options": wechaty.WechatyOptions().puppet_options is not None,
}))
"""


def probe(folder: Path, python: Path = Path(sys.executable), **environment: str) -> dict[str, object]:
    """What a fresh interpreter sees after the import, in an empty folder, with every warning an error."""
    done = subprocess.run(
        [python, "-W", "error", "-c", PROBE],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3]), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    told: dict[str, object] = json.loads(done.stdout)
    return told


def assert_clean(told: dict[str, object], folder: Path) -> None:
    assert list(folder.iterdir()) == []
    assert told["stderr"] == []
    assert told["loggers"], "wechaty's loggers are to be found below one name"
    assert (told["telnetlib"], told["environment"]) == (False, True)
    assert (told["host"], told["options"]) == (["https", "example.com", 8443], True)


@pytest.mark.parametrize("version", [RUNNING, *OTHERS])
def test_import_on_every_supported_python(version: str, tmp_path: Path) -> None:
    """`.wechaty/` is not made, no logger writes to stderr, and what stood in for something is gone again. With the
    locked packages: on the running Python as they are installed, on each other in an environment of its
    own, where no other package could help out."""
    python = Path(sys.executable) if version == RUNNING else with_wechaty(version, OTHERS[version])
    told = probe(tmp_path, python)
    assert told["version"] == version
    assert_clean(told, tmp_path)


def test_environment_of_wechaty_can_not_crash_it(tmp_path: Path) -> None:
    """WECHATY_LOG=debug raises in wechaty itself; a log file and a cache folder named there are not made either."""
    named = tmp_path / "named"
    told = probe(tmp_path, WECHATY_LOG="debug", WECHATY_LOG_FILE=str(named / "log"), CACHE_DIR=str(named / "cache"))
    assert list(tmp_path.iterdir()) == []
    assert told["environment"] is True
