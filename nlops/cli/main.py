"""The command line: one table of commands; only the called one's module is imported, so that --help is fast."""

import argparse
import importlib
import os
import select
import sys
from collections.abc import Sequence

from nlops import __version__
from nlops.domain.errors import ConfigError, NlopsError, UsageError

# command -> (module under nlops.cli, what it does). A module has `configure(parser)` and `run(args) -> exit code`.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("demo", "try everything on this machine: no account, no key"),
    "init": ("init", "a few questions, and an nlops.toml to start with"),
    "run": ("run", "the service"),
    "gateway": ("gateway", "a Wechaty gateway of your own on this machine, apart from the service"),
    "pair": ("pair", "a one-time code that binds a contact to an admin"),
    "totp": ("totp", "an authenticator for an admin: the code to scan, and the line for nlops.toml"),
    "unlock": ("unlock", "let an admin try codes again after five wrong ones"),
    "check": ("check", "try every part, a line each, with the mend"),
    "ask": ("ask", "say what a text would be taken to mean; runs nothing"),
    "eval": ("eval", "score a file of phrases"),
    "tools": ("tools", "the catalogue, and the linter of definitions"),
    "mcp": ("mcp", "the tools of MCP servers, and what nlops offers to other programs"),
    "status": ("status", "the bots' states now"),
    "audit": ("audit", "the record of what was asked, decided and run"),
    "formats": ("formats", "the log formats, shipped and own"),
    "replay": ("replay", "what the monitor reads in log files"),
    "follow": ("follow", "print the lines of files as they come, through rotations"),
}


def build_parser(command: str | None) -> argparse.ArgumentParser:
    """The parser. Only `command`'s own module is imported; the others show their line."""
    parser = argparse.ArgumentParser(
        prog="nlops",
        description="An ops assistant that lives in WeChat: it watches your bots, brings their login codes, "
        "and runs what you allow it to.",
        epilog="example: nlops demo",
    )
    parser.add_argument("--version", action="version", version=f"nlops {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (module, text) in COMMANDS.items():
        sub = commands.add_parser(
            name, help=text, description=text, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        sub.add_argument("-c", "--config", metavar="FILE", default=None, help="nlops.toml (default: ./nlops.toml)")
        if name == command:
            importlib.import_module(f"nlops.cli.{module}").configure(sub)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. 0 done, 1 the answer is no, 2 wrong usage or configuration."""
    words = list(sys.argv[1:] if argv is None else argv)
    command = next((word for word in words if word in COMMANDS), None)
    args = build_parser(command).parse_args(words)
    try:
        module = importlib.import_module(f"nlops.cli.{COMMANDS[args.command][0]}")
        code = int(module.run(args))
        sys.stdout.flush()
        return code
    except (ConfigError, UsageError) as error:
        print(f"nlops: {error}", file=sys.stderr)
        return 2
    except NlopsError as error:
        print(f"nlops: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return _without_reader()
    except OSError as error:
        if error.filename is None:
            raise
        print(f"nlops: {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _without_reader() -> int:
    """Where nobody reads the output any more (`nlops audit tail | head`) nothing is wrong with us."""
    output = select.poll()
    output.register(sys.stdout.fileno(), select.POLLOUT)
    if not any(event & select.POLLERR for _, event in output.poll(0)):
        raise  # noqa: PLE0704 - another pipe than ours
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is left of it, at Python's end
    return 1
