"""`nlops tools list` and `show`: what there is, what of it is enabled, and how one is defined."""

import argparse
import json
from pathlib import Path

from nlops.adapters.definitions import lint_file
from nlops.cli.definitions import folders_of
from nlops.cli.load import load_config
from nlops.domain.config import Config, ToolsConfig
from nlops.domain.errors import UsageError


def config_if_any(path: str | None) -> Config | None:
    """The configuration that is named, or that stands in the working folder. Raises ConfigError."""
    return None if path is None and not Path("nlops.toml").exists() else load_config(path)


def run_list(args: argparse.Namespace) -> int:
    config = config_if_any(args.config)
    folders = folders_of(config)
    enabled = (config.tools if config is not None else ToolsConfig()).enable
    rows = []
    for name, file in folders.files().items():
        tool = lint_file(file, trusted=folders.is_shipped(file)).tool
        risk, title = (tool.policy.risk, tool.title) if tool else ("faulty", f"see: nlops tools check {file}")
        rows.append({"name": name, "risk": risk, "enabled": name in enabled, "title": title, "file": str(file)})
    if args.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    for row in rows:
        print(f"{row['name']:<18} {row['risk']:<8} {'enabled' if row['enabled'] else '-':<8} {row['title']}")
    return 0


def run_show(args: argparse.Namespace) -> int:
    if len(args.words) != 1:
        raise UsageError("tools show wants one name")
    print(find_file(args.words[0], config_if_any(args.config)).read_text("utf-8"), end="")
    return 0


def find_file(name: str, config: Config | None) -> Path:
    """The definition of a name, or the file itself where a path is given. Raises UsageError."""
    if name.endswith(".json") or "/" in name:
        return Path(name).absolute()
    files = folders_of(config).files()
    if name not in files:
        raise UsageError(f"no tool {name!r}; there are: {', '.join(files)}")
    return files[name]
