"""`nlops status`: the states of the bots as the service last kept them, and what pm2 says of their processes."""

import argparse
import asyncio

from nlops.adapters.pm2 import Pm2
from nlops.adapters.runner import ToolRunner
from nlops.adapters.sqlite import open_existing
from nlops.cli.load import load_catalogue, load_config
from nlops.domain.words import Language


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: nlops status -c /etc/nlops.toml"


def run(args: argparse.Namespace) -> int:
    config = load_config(args.config)
    store = open_existing(config.state_dir)
    try:
        bots = store.bots()
    finally:
        store.close()
    # Bots that nlops runs itself are children of the service, and nobody else's: only pm2 can be asked from here.
    runner = ToolRunner(config, load_catalogue(config), {"pm2": Pm2()})
    language: Language = "zh" if config.language == "zh" else "en"
    print(asyncio.run(runner.status(bots, language)))
    return 0
