"""What pm2 says after `pm2_scale` and `pm2_flush`: looked at to see whether they did what they had to."""

import json
import subprocess
from pathlib import Path
from typing import Any

EMPTY_BYTES = 64 * 1024  # a process that goes on writes at once


def _processes(app: str) -> list[dict[str, Any]]:
    done = subprocess.run(["pm2", "--no-color", "jlist"], capture_output=True, text=True, check=True)  # noqa: S607
    line = next(line for line in reversed(done.stdout.splitlines()) if line.startswith("["))
    return [one for one in json.loads(line) if one["name"] == app]


def instances(app: str, count: int) -> str:  # noqa: ARG001  the arguments are the tool's
    """How many instances are online."""
    return f"{sum(one['pm2_env']['status'] == 'online' for one in _processes(app))} online"


def logs(app: str) -> str:
    """Whether the logs are empty, but for what was written since."""
    keys = ("pm_out_log_path", "pm_err_log_path")
    paths = {one["pm2_env"].get(key) for one in _processes(app) for key in keys}
    size = sum(Path(path).stat().st_size for path in paths if path and Path(path).exists())
    return "emptied" if size < EMPTY_BYTES else f"{size} bytes are still there"
