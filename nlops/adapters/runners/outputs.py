"""What a run printed, as a result: cleaned of colours and secrets, folded, in pages; or a file, or an image."""

from collections.abc import Iterator

from nlops.adapters.lines import clean
from nlops.domain import run_phrases as phrases
from nlops.domain.tools import ToolResult, ToolSpec
from nlops.domain.words import Language
from nlops.gate.redact import Redactor

_PICTURES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg"}
MAX_FILE_BYTES = 8 << 20
MAX_PAGE = 3500  # characters: below what a chat message takes (nlops.replies)
MAX_PAGES = 100
_RULES_ALONE = Redactor(())


def present(
    tool: ToolSpec, data: bytes, language: Language, exit_code: int | None = None, redactor: Redactor = _RULES_ALONE
) -> ToolResult:
    """The result of a run that went well. Secrets go before the text is cut: a half of one would not be known."""
    if tool.output == "image":
        kind = next((kind for magic, kind in _PICTURES.items() if data.startswith(magic)), None)
        if kind is None:
            return ToolResult(False, phrases.NO_PICTURE.say(language), exit_code)
        return ToolResult(True, "", exit_code, file=(f"{tool.name}.{kind}", data))
    if tool.output == "file":
        return ToolResult(True, "", exit_code, file=(f"{tool.name}.{_ending(data)}", redactor.clean_file(data)))
    first, *rest = pages(redactor.clean(clean(data)), tool.max_lines) or [""]
    return ToolResult(True, first, exit_code, rest=tuple(rest))


def _ending(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return next((kind for magic, kind in _PICTURES.items() if data.startswith(magic)), "bin")
    return "txt"


def failed(
    tool: ToolSpec, reason: str, data: bytes, exit_code: int | None, redactor: Redactor = _RULES_ALONE
) -> ToolResult:
    """The result of a run that did not: the reason, then the end of what it said."""
    lines = list(fold_lines(redactor.clean(clean(data))))[-min(tool.max_lines, 40) :]
    return ToolResult(False, "\n".join([redactor.clean(reason), *lines]).strip()[:MAX_PAGE], exit_code)


def pages(text: str, max_lines: int) -> list[str]:
    """The text in pages of at most `max_lines` lines and MAX_PAGE characters, repeated lines folded."""
    found: list[str] = []
    page: list[str] = []
    size = 0
    for line in fold_lines(text):
        if page and (len(page) >= max_lines or size + len(line) > MAX_PAGE):
            found.append("\n".join(page))
            page, size = [], 0
        page.append(line)
        size += len(line) + 1
    if page:
        found.append("\n".join(page))
    return found[:MAX_PAGES]


def fold_lines(text: str) -> Iterator[str]:
    """The lines, each run of equal ones as one with a count, and long ones cut into several."""
    last, count = None, 0
    for line in [*text.rstrip("\n").splitlines(), None]:
        if line == last and line:
            count += 1
            continue
        if last is not None:
            shown = last if count == 1 else f"{last}  (×{count})"
            yield from (shown[at : at + MAX_PAGE] for at in range(0, max(1, len(shown)), MAX_PAGE))
        last, count = line, 1
