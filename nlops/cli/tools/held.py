"""Whether the gate holds a run by hand: the kill switch, read-only mode, the rules and the limit of [policy]."""

import getpass

from nlops.adapters.sqlite import FILE, SqliteStore
from nlops.domain.config import Config
from nlops.domain.standing import Standing
from nlops.domain.tools import ToolCall, ToolSpec
from nlops.domain.words import Language
from nlops.gate.policy import with_policy
from nlops.gate.rules import HOUR_S, Asking, rule_on
from nlops.runtime import now


def why_held(tool: ToolSpec, call: ToolCall, config: Config) -> str:
    """Why this call may not be run now; empty where it may. `call` has its defaults. Raises StoreError."""
    moment, standing, changes = now(), Standing(), []
    if (config.state_dir / FILE).is_file():
        store = SqliteStore(config.state_dir)
        try:
            standing, decided = store.standing(), store.decided(moment.wall - HOUR_S)
        finally:
            store.close()
        changes = [
            (one.tool, moment.monotonic - max(0.0, moment.wall - run.decided_at))
            for run in decided
            for one in run.calls
        ]
    language: Language = "zh" if config.language == "zh" else "en"
    asking = Asking(f"terminal:{getpass.getuser()}", "keyword", language)
    return rule_on([call], [with_policy(tool, config)], asking, config, standing, changes, moment).denial
