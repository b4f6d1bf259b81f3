"""`nlops tools try`: one run by hand, through the checks of the service, and with its record first."""

import argparse
import asyncio
import getpass
import json
import sys
import time
from collections.abc import Mapping, Sequence

from nlops.adapters.pm2 import Pm2
from nlops.adapters.runner import ToolRunner
from nlops.adapters.sqlite import SqliteStore
from nlops.cli.definitions import load_tool
from nlops.cli.resources import default_state_dir
from nlops.cli.tools.held import why_held
from nlops.cli.tools.show import config_if_any, find_file
from nlops.domain.config import ChatConfig, Config, Secret
from nlops.domain.effects import Record
from nlops.domain.errors import UsageError
from nlops.domain.tools import Catalogue, JsonObject, ToolCall, ToolResult, ToolSpec
from nlops.domain.words import Language
from nlops.gate.cleaning import clean_result
from nlops.gate.redact import Redactor, secrets_in
from nlops.ports import Commit
from nlops.toolbox.arguments import check_call, with_defaults
from nlops.toolbox.preview import preview
from nlops.toolbox.template import RefusedArgument


def run_try(args: argparse.Namespace) -> int:
    """0 where it went well, 1 where it failed or was not wanted."""
    if not args.words:
        raise UsageError("tools try wants a name or a file, then key=value …")
    given = config_if_any(args.config)
    config = given or _no_config()
    tool = load_tool(find_file(args.words[0], given))
    catalogue = Catalogue((tool,), tuple(bot.called() for bot in config.bots))
    call = ToolCall(tool.name, parse_arguments(args.words[1:], tool))
    reason = check_call(call, catalogue)
    if reason is not None:
        raise UsageError(reason)
    call = ToolCall(tool.name, with_defaults(call, tool))
    held = why_held(tool, call, config)
    if held:
        print(f"not run: {held}", file=sys.stderr)
        return 1
    if not _agreed(tool, call, yes=args.yes):
        print("not run", file=sys.stderr)
        return 1
    result = asyncio.run(_run(config, catalogue, call))
    _show(clean_result(result, Redactor(secrets_in(config))))
    return 0 if result.ok else 1


def _no_config() -> Config:
    """What a tool without bots needs where there is no nlops.toml: a state folder for the record."""
    from pathlib import Path

    return Config(Path("nlops.toml").absolute(), default_state_dir(), ChatConfig("127.0.0.1:1", Secret("")), (), ())


def parse_arguments(words: Sequence[str], tool: ToolSpec) -> JsonObject:
    """One JSON object, or `key=value` each, its value read by the type in the schema. Raises UsageError."""
    if len(words) == 1 and words[0].lstrip().startswith("{"):
        try:
            value = json.loads(words[0])
        except ValueError as error:
            raise UsageError(f"not JSON: {error}") from error
        return dict(value)
    pairs = [word.partition("=") for word in words]
    bad = next((key for key, equals, _ in pairs if not equals), None)
    if bad is not None:
        raise UsageError(f"{bad!r} is no key=value; the arguments of {tool.name}: {', '.join(tool.properties)}")
    return {key: _value(text, tool.properties.get(key, {})) for key, _, text in pairs}


def _value(text: str, schema: Mapping[str, object]) -> object:
    given = schema.get("type", "string")
    types = [given] if isinstance(given, str) else list(given) if isinstance(given, list) else []
    if "array" in types and not text.startswith("["):
        return text.split(",")
    if "string" in types and text != "null":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _agreed(tool: ToolSpec, call: ToolCall, *, yes: bool) -> bool:
    """Show what would run, and under which policy; ask where it is more than a look. Raises UsageError."""
    try:
        print(preview(tool, call.arguments), file=sys.stderr)
    except RefusedArgument as error:
        raise UsageError(str(error)) from error
    confirm = tool.policy.confirm or "as [policy] says"
    auth = f", in the chat also {', '.join(tool.policy.auth)}" if tool.policy.auth else ""
    print(f"risk {tool.policy.risk}, confirm {confirm}{auth}, {tool.timeout_s:g} s at most", file=sys.stderr)
    if yes or tool.policy.risk == "read":
        return True
    if not sys.stdin.isatty():
        raise UsageError(f"{tool.name} is a {tool.policy.risk}: answer on a terminal, or give --yes")
    print("run it? y/N ", end="", file=sys.stderr, flush=True)
    return input().strip().lower() in ("y", "yes")


async def _run(config: Config, catalogue: Catalogue, call: ToolCall) -> ToolResult:
    """The record of the decision, the run, the record of its outcome. Raises StoreError: no record, no run."""
    store = SqliteStore(config.state_dir)
    try:
        calls = Redactor(secrets_in(config)).clean_json([call.as_json()])
        details = {"words": "nlops tools try", "calls": calls, "source": "terminal"}
        await _keep(store, "allowed", details)
        runner = ToolRunner(config, catalogue, {"pm2": Pm2()})
        language: Language = "zh" if config.language == "zh" else "en"
        result = await runner.run(
            call, store.bots(), language, lambda seconds: print(f"still running, {seconds:g} s", file=sys.stderr)
        )
        outcome = {"ok": result.ok, "exit": result.exit, "output": result.fingerprint()}
        await _keep(store, "ran", {**details, "results": [outcome]})
        return result
    finally:
        store.close()


async def _keep(store: SqliteStore, kind: str, details: Mapping[str, object]) -> None:
    record = Record(kind, f"terminal:{getpass.getuser()}", "", details)
    await store.commit(Commit((record,)), time.time())


def _show(result: ToolResult) -> None:
    if result.file is not None:
        name, data = result.file
        print(f"a file: {name}, {len(data)} bytes", file=sys.stderr)
        if not sys.stdout.isatty():
            sys.stdout.buffer.write(data)
    out = sys.stdout if result.ok else sys.stderr
    for page in (result.text, *result.rest):
        print(page or ("done; it printed nothing" if result.file is None else ""), file=out)
    if result.qr is not None:
        print("a login code; it is shown in the admin's chat only", file=sys.stderr)
