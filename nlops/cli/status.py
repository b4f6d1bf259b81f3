"""`nlops status`: the states of the bots as the service last kept them, what their process managers say, and who the
admins are."""

import argparse
import asyncio

from nlops.adapters.managers import make_managers
from nlops.adapters.runner import ToolRunner
from nlops.adapters.sqlite import open_existing
from nlops.cli.load import load_catalogue, load_config
from nlops.cli.pair import who_is
from nlops.domain.words import Language
from nlops.gate.policy import contacts_of


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: nlops status -c /etc/nlops.toml"


def run(args: argparse.Namespace) -> int:
    config = load_config(args.config)
    store = open_existing(config.state_dir)
    try:
        bots, contacts = store.bots(), contacts_of(config.admins, store.contacts())
    finally:
        store.close()
    runner = ToolRunner(config, load_catalogue(config), make_managers())
    language: Language = "zh" if config.language == "zh" else "en"
    print(asyncio.run(runner.status(bots, language)))
    for admin in config.admins:
        print(f"admin {admin.name}: {who_is(admin, contacts)}")
    return 0
