"""Definitions: what is right loads, and each fault is refused with its file and place."""

import json
from typing import Any

import pytest

from nlops.cli.load import load_tool
from nlops.cli.resources import data_path
from nlops.domain.errors import ToolError
from nlops.domain.words import in_both, language_of
from nlops.toolbox.definition import parse_definition

GOOD: dict[str, Any] = {
    "name": "disk",
    "description": "Free space.",
    "inputSchema": {
        "type": "object",
        "properties": {"path": {"type": "string", "pattern": "^/[a-z/]*$"}, "deep": {"type": "integer", "default": 1}},
        "required": ["path"],
        "additionalProperties": False,
    },
    "run": {"argv": ["df", "-h", "{path}"]},
}


def parse(**changes: object) -> Any:
    return parse_definition(json.dumps({**GOOD, **changes}), "/t/disk.json")


def schema(**properties: object) -> dict[str, object]:
    return {**GOOD["inputSchema"], "properties": {**GOOD["inputSchema"]["properties"], **properties}}


def test_good_definition_loads_with_its_defaults() -> None:
    """What says nothing of its risk is a change; the digest names the content."""
    tool = parse()
    assert tool.policy.risk == "change" and tool.title == "disk" and tool.timeout_s == 30
    assert tool.digest != parse(timeout_s=5).digest and tool.digest == parse().digest


@pytest.mark.parametrize(
    ("hints", "risk", "confirm"),
    [
        ({"readOnlyHint": True}, "read", None),
        ({"destructiveHint": True}, "destroy", "always"),
        ({"readOnlyHint": True, "destructiveHint": True}, "read", None),
        ({}, "change", None),
    ],
)
def test_risk_follows_the_annotations(hints: dict[str, bool], risk: str, confirm: str | None) -> None:
    """Without a policy, the hints decide; what destroys wants a word even by keyword."""
    policy = parse(annotations=hints).policy
    assert (policy.risk, policy.confirm) == (risk, confirm)


def test_a_title_may_be_in_both_languages() -> None:
    """Split by a slash between the languages, in either order; what is no such pair is said in both."""
    for title, english, chinese in (
        ("Disk space / 磁盘空间", "Disk space", "磁盘空间"),
        ("磁盘空间 / Disk space", "Disk space", "磁盘空间"),
        ("CI/CD 流水线", "CI/CD 流水线", "CI/CD 流水线"),
        ("Start / stop", "Start / stop", "Start / stop"),
        ("磁盘 / 内存", "磁盘 / 内存", "磁盘 / 内存"),
    ):
        tool = parse(title=title)
        assert (tool.called("en"), tool.called("zh")) == (english, chinese)


def test_shipped_tools_speak_both_languages() -> None:
    for file in sorted(data_path("tools").glob("*.json")):
        raw = json.loads(file.read_text("utf-8"))
        for titled in (raw, *raw["inputSchema"]["properties"].values()):
            english, chinese = in_both(titled["title"])
            assert (language_of(english), language_of(chinese)) == ("en", "zh"), (file.name, titled["title"])


def test_shipped_tools_load() -> None:
    """Every definition that nlops ships passes its own linter."""
    tools = [load_tool(file) for file in sorted(data_path("tools").glob("*.json"))]
    assert {tool.name for tool in tools} >= {"qr", "restart", "tail_logs", "status"}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"nmae": 1}, "$.nmae"),
        ({"name": "other"}, "$.name"),
        ({"name": "Disk"}, "$.name"),
        ({"run": {"argv": ["df", "{nope}"]}}, "$.run.argv[1]"),
        ({"run": {"argv": ["df -h | sh"]}}, "$.run.argv[0]"),
        ({"run": {"argv": ["./df"]}}, "$.run.argv[0]"),
        ({"run": {"argv": ["{path}"]}}, "$.run.argv[0]"),
        ({"run": {"argv": ["bash", "-c", "{path}"]}}, "$.run.argv[0]"),
        ({"run": {"argv": ["/bin/sh", "-c", "x"]}}, "$.run.argv[0]"),
        ({"run": {"argv": "df -h"}}, "$.run.argv"),
        ({"run": {"argv": ["df"], "builtin": "qr"}}, "$.run"),
        ({"run": {"builtin": "format_disk"}}, "$.run.builtin"),
        ({"run": {}}, "$.run"),
        ({"policy": {"risk": "harmless"}}, "$.policy.risk"),
        ({"policy": {"risk": "read", "auth": "otp"}}, "$.policy.auth"),
        ({"policy": {"risk": "read", "auth": []}}, "$.policy.auth"),
        ({"policy": {"risk": "read", "auth": ["none"]}}, "$.policy.auth"),
        ({"policy": {"risk": "read", "auth": ["totp", "totp"]}}, "$.policy.auth"),
        ({"policy": {"risk": "read", "auth": None}}, "$.policy.auth"),
        ({"timeout_s": 0}, "$.timeout_s"),
        ({"inputSchema": {"type": "object", "properties": {}}}, "$.inputSchema"),
        ({"inputSchema": schema(x={"type": "sting"})}, "$.inputSchema.properties.x.type"),
        ({"inputSchema": schema(x={"$ref": "http://evil/x.json"})}, "$.inputSchema.properties.x.$ref"),
        ({"inputSchema": schema(x={"$ref": "file:///etc/passwd"})}, "$.inputSchema.properties.x.$ref"),
        ({"inputSchema": schema(x={"type": "string", "pattern": "(a+)+$"})}, "$.inputSchema.properties.x.pattern"),
        ({"inputSchema": schema(x={"type": "string", "pattern": "("})}, "$.inputSchema.properties.x.pattern"),
        ({"inputSchema": {**GOOD["inputSchema"], "required": ["nope"]}}, "$.inputSchema.required"),
        ({"examples": [{"text": "disk", "arguments": {}}]}, "$.examples[0].arguments"),
        ({"examples": [{"text": "disk", "arguments": {"path": 1}}]}, "$.examples[0].arguments.path"),
    ],
)
def test_faults_are_placed(changes: dict[str, object], place: str) -> None:
    """Each fault names the file and the JSON path."""
    with pytest.raises(ToolError) as caught:
        parse(**changes)
    assert caught.value.file == "/t/disk.json" and caught.value.place == place, str(caught.value)


@pytest.mark.parametrize("text", ['{"name": 1, "name": 2}', '{"a": NaN}', '{"a": ', "[]", "[" * 100_000, "\ufeff{}"])
def test_bad_json_is_one_clear_error(text: str) -> None:
    """Twins, NaN, a cut file, a list, a bomb, a byte order mark: a ToolError, nothing else."""
    with pytest.raises(ToolError):
        parse_definition(text, "/t/disk.json")
