"""The JSON Schema of a tool definition: what `nlops tools schema` prints, and what the linter checks with."""

from nlops.domain.tools import JsonObject

BUILTINS = ("qr", "restart", "tail_logs", "status")

DEFINITION_SCHEMA: JsonObject = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "nlops tool definition",
    "description": "The MCP tool shape, plus what the operator decides: how it runs and who must agree.",
    "type": "object",
    "required": ["name", "description", "inputSchema", "run"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string"},
        "name": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$"},
        "title": {"type": "string", "minLength": 1, "maxLength": 100},
        "description": {"type": "string", "minLength": 1, "maxLength": 1000},
        "inputSchema": {
            "type": "object",
            "required": ["type", "properties", "additionalProperties"],
            "properties": {
                "type": {"const": "object"},
                "properties": {"type": "object"},
                "required": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
                "additionalProperties": {"const": False},
            },
        },
        "annotations": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "title": {"type": "string"},
                "readOnlyHint": {"type": "boolean"},
                "destructiveHint": {"type": "boolean"},
                "idempotentHint": {"type": "boolean"},
                "openWorldHint": {"type": "boolean"},
            },
        },
        "keywords": {"type": "array", "items": {"type": "string", "pattern": "^\\S+$", "maxLength": 32}},
        "examples": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["text", "arguments"],
                "additionalProperties": False,
                "properties": {"text": {"type": "string", "minLength": 1}, "arguments": {"type": "object"}},
            },
        },
        "run": {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
            "properties": {
                "argv": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
                "builtin": {"enum": list(BUILTINS)},
            },
        },
        "timeout_s": {"type": "number", "exclusiveMinimum": 0, "maximum": 3600},
        "output": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "max_lines": {"type": "integer", "minimum": 1, "maximum": 10000},
                "as": {"enum": ["text", "file", "image"]},
            },
        },
        "policy": {
            "type": "object",
            "required": ["risk"],
            "additionalProperties": False,
            "properties": {
                "risk": {"enum": ["read", "change", "destroy"]},
                "confirm": {"enum": ["always", "natural-language", "never"]},
                # Second factors are part of the format, and not part of this version: what cannot be asked for
                # must not be promised, so that anything but "none" is refused.
                "auth": {"const": "none"},
            },
        },
    },
}
