"""The JSON Schema of a tool definition: what `nlops tools schema` prints, what editors and the linter check with."""

from nlops.domain.tools import SECOND_FACTORS, JsonObject

DIALECT = "https://json-schema.org/draft/2020-12/schema"
BUILTINS = ("qr", "restart", "tail_logs", "status")
RUNS = ("argv", "http", "python", "builtin", "mcp")
CHECKS = ("bot", "argv", "http", "python")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

MCP_SERVER_NAME = "^[a-z][a-z0-9_]{0,31}$"

_REFERENCE = "`env:NAME` or `file:/absolute/path` is read when the tool runs, and never shown"

_INPUT: JsonObject = {
    "description": "The arguments, in JSON Schema 2020-12. A string wants a bound: `enum`, `pattern` or `maxLength`. "
    'A property with `"format": "bot"` is one of the watched bots; one with `"format": "target"` is a name that '
    "[tools.targets.TOOL] of nlops.toml lists, and stands for what it says there.",
    "type": "object",
    "required": ["type", "properties", "additionalProperties"],
    "properties": {
        "$schema": {"const": DIALECT},
        "type": {"const": "object"},
        "title": {"type": "string"},
        "description": {"type": "string"},
        "properties": {
            "type": "object",
            "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
            "additionalProperties": {"type": "object"},
        },
        "required": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "additionalProperties": {"const": False, "description": "Always false: no argument that is not listed."},
        "$defs": {"type": "object", "description": "Schemas for `#/$defs/…`; references go nowhere else."},
    },
}

_HTTP: JsonObject = {
    "type": "object",
    "description": "One HTTP request. Scheme, host and port are fixed; {name} may stand in the path, in a value of the "
    "query, in headers and in the body.",
    "required": ["url"],
    "additionalProperties": False,
    "properties": {
        "method": {"enum": list(METHODS), "default": "GET"},
        "url": {"type": "string", "pattern": "^https?://[^\\s/?#{}@\\\\]+([/?][^\\s#]*)?$", "maxLength": 2000},
        "headers": {
            "type": "object",
            "description": f"Header lines. {_REFERENCE}; a word may stand before it: `Bearer env:TOKEN`.",
            "propertyNames": {"pattern": "^[A-Za-z0-9-]{1,64}$"},
            "additionalProperties": {"type": "string", "maxLength": 1000},
        },
        "body": {
            "description": 'Sent as JSON. A string that is just "{name}" becomes the argument with its type; a key '
            "whose optional argument is absent is left out."
        },
        "private": {
            "type": "boolean",
            "default": False,
            "description": "Allow loopback and private addresses. Without it only public ones are connected to.",
        },
        "show": {
            "type": "string",
            "pattern": "^(/([^~/]|~[01])*)*$",
            "description": "A JSON pointer (RFC 6901) to the part of the answer that is shown: `/data/items/0`.",
        },
    },
}

_MCP: JsonObject = {
    "type": "object",
    "description": "A tool of an MCP server; `nlops mcp pin SERVER TOOL` writes this. It is called only while the "
    "server still defines it as `pinned` says.",
    "required": ["server", "tool", "sha256", "pinned"],
    "additionalProperties": False,
    "properties": {
        "server": {"type": "string", "pattern": MCP_SERVER_NAME, "description": "The [[mcp]] of that name."},
        "tool": {"type": "string", "minLength": 1, "maxLength": 128, "description": "What the server calls it."},
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "Of `pinned`, as canonical JSON."},
        "pinned": {"type": "object", "description": "What the server said when it was looked at. Not for editing."},
    },
}

_RUN_KEYS: JsonObject = {
    "argv": {
        "description": "A program and its arguments, one item each. There is no shell. {name} may be a whole item "
        "or a part of one; an item whose optional argument is absent is left out.",
        "type": "array",
        "minItems": 1,
        "maxItems": 200,
        "items": {"type": "string", "minLength": 1, "maxLength": 4000},
    },
    "http": _HTTP,
    "python": {
        "description": "`module:function`, from beside this file or installed. It gets the arguments by name, runs "
        "in a process of its own, and what it returns is shown.",
        "type": "string",
        "pattern": "^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*:[A-Za-z_][A-Za-z0-9_]*$",
    },
    "builtin": {"enum": list(BUILTINS), "description": "Something nlops does itself."},
    "mcp": _MCP,
    "cwd": {
        "type": "string",
        "pattern": "^/",
        "description": "The folder to run in, absolute; default: the definition's own.",
    },
    "user": {
        "type": "string",
        "pattern": "^[a-z_][a-z0-9_-]*$",
        "description": "Run as this user; only where nlops runs as root.",
    },
    "env": {
        "type": "object",
        "description": f"Environment variables of the program, beside PATH, HOME and the like. {_REFERENCE}.",
        "propertyNames": {"pattern": "^[A-Z_][A-Z0-9_]*$"},
        "additionalProperties": {"type": "string", "maxLength": 1000},
    },
}

_RUN: JsonObject = {
    "type": "object",
    "description": "How it runs: exactly one of argv, http, python, builtin, mcp.",
    "additionalProperties": False,
    "properties": _RUN_KEYS,
}

_VERIFY: JsonObject = {
    "type": "object",
    "description": "What must be true after the run, before it is said to be done: exactly one of bot, argv, http, "
    "python. The last three are tried again until they go well, and print `expect` where it is given.",
    "additionalProperties": False,
    "properties": {
        "bot": {
            "type": "string",
            "pattern": "^\\{[A-Za-z_][A-Za-z0-9_]*\\}$",
            "description": "An argument that is a bot: its process is up in another life than before, and it logs in "
            "or asks for a scan.",
        },
        **{key: _RUN_KEYS[key] for key in ("argv", "http", "python", "cwd", "user", "env")},
        "expect": {
            "type": "string",
            "minLength": 1,
            "maxLength": 500,
            "description": "What has to stand in what it prints, as words of their own; {name} may stand in it.",
        },
        "within_s": {
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": 600,
            "default": 30,
            "description": "For how many seconds it is tried again.",
        },
    },
}

DEFINITION_SCHEMA: JsonObject = {
    "$schema": DIALECT,
    "title": "nlops tool definition",
    "description": "The MCP tool shape, plus what the operator decides: how it runs and who must agree.",
    "type": "object",
    "required": ["name", "description", "inputSchema", "run"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "description": "For editors: where this schema lies. Not read by nlops."},
        "name": {
            "type": "string",
            "pattern": "^[A-Za-z][A-Za-z0-9_-]{0,63}$",
            "description": "The tool's name, as the file is called, and as [tools] enable names it.",
        },
        "title": {
            "type": "string",
            "minLength": 1,
            "maxLength": 100,
            "description": "A few words for people; in both languages as in: Disk space / 磁盘空间. So may "
            "arguments' titles be.",
        },
        "description": {
            "type": "string",
            "minLength": 1,
            "maxLength": 1000,
            "description": "What it does, in the words people use for it; in English and Chinese where both are "
            "spoken. Free text is understood by this and the examples.",
        },
        "inputSchema": _INPUT,
        "annotations": {
            "type": "object",
            "description": "MCP's hints. Where `policy` is absent, the risk follows them.",
            "additionalProperties": False,
            "properties": {
                "title": {"type": "string"},
                "readOnlyHint": {"type": "boolean", "description": "It changes nothing: risk `read`."},
                "destructiveHint": {"type": "boolean", "description": "It may destroy something: risk `destroy`."},
                "idempotentHint": {"type": "boolean", "description": "Twice is the same as once."},
                "openWorldHint": {"type": "boolean", "description": "It talks to things outside of this machine."},
            },
        },
        "keywords": {
            "type": "array",
            "description": "Words that run it without a model, each one word.",
            "uniqueItems": True,
            "items": {"type": "string", "pattern": "^\\S+$", "maxLength": 32},
        },
        "examples": {
            "type": "array",
            "description": "What people would write, and the arguments that it means. Four in each language do well.",
            "items": {
                "type": "object",
                "required": ["text", "arguments"],
                "additionalProperties": False,
                "properties": {"text": {"type": "string", "minLength": 1}, "arguments": {"type": "object"}},
            },
        },
        "run": _RUN,
        "verify": _VERIFY,
        "host": {
            "type": "string",
            "pattern": "^([A-Za-z0-9][A-Za-z0-9.-]{0,252}|\\{[A-Za-z_][A-Za-z0-9_]*\\})$",
            "description": "The host that it runs on: a name, or {name} for the host of the bot in that argument. "
            "Without it: the machine that nlops runs on.",
        },
        "timeout_s": {
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": 3600,
            "default": 30,
            "description": "Seconds; then the run is stopped, with all that it started.",
        },
        "output": {
            "type": "object",
            "description": "What becomes of the output.",
            "additionalProperties": False,
            "properties": {
                "max_lines": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": 10000,
                    "default": 500,
                    "description": "Lines of one page; the rest waits.",
                },
                "as": {"enum": ["text", "file", "image"], "default": "text"},
            },
        },
        "policy": {
            "type": "object",
            "description": "Who must agree before it runs.",
            "required": ["risk"],
            "additionalProperties": False,
            "properties": {
                "risk": {
                    "enum": ["read", "change", "destroy"],
                    "description": "read: looks only; change: can be undone; destroy: cannot.",
                },
                "confirm": {
                    "enum": ["always", "natural-language", "never"],
                    "description": "When a word of confirmation is wanted; natural-language: where a model chose it.",
                },
                "auth": {
                    "description": "Second factors that the run waits for; of a list, all of them.",
                    "anyOf": [
                        {"enum": ["none", *SECOND_FACTORS]},
                        {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"enum": [*SECOND_FACTORS]}},
                    ],
                },
            },
        },
    },
}
