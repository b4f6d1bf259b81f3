"""From an HTTP template and checked arguments to one request: values are encoded by the place where they stand."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from nlops.domain import run_phrases as phrases
from nlops.domain.tools import HttpRun
from nlops.toolbox.template import PLACEHOLDER, RefusedArgument, fill, names_in

MAX_BODY = 64 * 1024


@dataclass(frozen=True)
class Request:
    """`headers` may still hold references. `target` is path and query, encoded."""

    method: str
    scheme: str
    host: str
    port: int
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes | None


def build_request(run: HttpRun, arguments: Mapping[str, object]) -> Request:
    """Fill the placeholders. Raises RefusedArgument."""
    url = urlsplit(run.url)
    port = url.port or (443 if url.scheme == "https" else 80)
    target = "/".join(_segment(part, arguments) for part in (url.path or "/").split("/"))
    query = [_pair(part, arguments) for part in url.query.split("&") if part]
    if any(query):
        target += "?" + "&".join(filter(None, query))
    body = None if run.body is None else json.dumps(_body(run.body, arguments), ensure_ascii=False).encode()
    if body is not None and len(body) > MAX_BODY:
        raise RefusedArgument(phrases.BIG_BODY.of(count=len(body), most=MAX_BODY))
    headers = tuple(line for line in (_header(*pair, arguments) for pair in run.headers) if line is not None)
    if body is not None and not any(name.casefold() == "content-type" for name, _ in headers):
        headers = (*headers, ("Content-Type", "application/json"))
    return Request(run.method, url.scheme, url.hostname or "", port, target, headers, body)


def _segment(template: str, arguments: Mapping[str, object]) -> str:
    """One segment of the path. A value stays in its segment: not empty, no way up."""
    text = fill(template, arguments, lambda value: quote(value, safe=""))
    if text is None or (names_in(template) and text in ("", ".", "..")):
        raise RefusedArgument(phrases.NOT_IN_PATH.of(text=repr(text or ""), template=repr(template)))
    return text


def _pair(template: str, arguments: Mapping[str, object]) -> str:
    return fill(template, arguments, lambda value: quote(value, safe="")) or ""


def _header(name: str, template: str, arguments: Mapping[str, object]) -> tuple[str, str] | None:
    value = fill(template, arguments)
    if value is not None and not (value.isascii() and value.isprintable()):
        raise RefusedArgument(phrases.NOT_IN_HEADER.of(name=name))
    return None if value is None else (name, value)


_LEFT_OUT = object()


def _body(template: object, arguments: Mapping[str, object]) -> Any:
    """The JSON to send. A string that is one placeholder takes the argument with its type."""
    filled = _fill_body(template, arguments)
    return None if filled is _LEFT_OUT else filled


def _fill_body(template: object, arguments: Mapping[str, object]) -> object:
    if isinstance(template, Mapping):
        pairs = ((key, _fill_body(value, arguments)) for key, value in template.items())
        return {key: value for key, value in pairs if value is not _LEFT_OUT}
    if isinstance(template, list | tuple):
        return [value for one in template if (value := _fill_body(one, arguments)) is not _LEFT_OUT]
    if not isinstance(template, str):
        return template
    whole = PLACEHOLDER.fullmatch(template)
    if whole:
        return arguments.get(whole[1], _LEFT_OUT)
    text = fill(template, arguments)
    return _LEFT_OUT if text is None else text


def point(document: object, pointer: str) -> object:
    """The value at a JSON pointer (RFC 6901). Raises LookupError."""
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(document, Mapping):
            document = document[key]
        elif isinstance(document, list) and key.isascii() and key.isdigit():
            document = document[int(key)]
        else:
            raise LookupError(key)
    return document
