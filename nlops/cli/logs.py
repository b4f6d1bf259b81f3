"""The last wall before the service's log and the terminal: whatever a library put into a message or a traceback is
cleaned, and nothing that a stranger wrote can look like a line of its own, move a cursor or turn the writing."""

import logging
import sys
import traceback
from collections.abc import Callable
from types import TracebackType

from nlops.gate.escape import escape, escape_lines
from nlops.gate.redact import Redactor

Hook = Callable[[type[BaseException], BaseException, TracebackType | None], None]


class SafeFormatter(logging.Formatter):
    """A record is one line; a traceback follows in lines that begin with a mark."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._redactor = redactor

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        return escape(self._redactor.clean(super().formatMessage(record)))

    def format(self, record: logging.LogRecord) -> str:
        return escape_lines(self._redactor.clean(super().format(record)))


def safe_hook(redactor: Redactor) -> Hook:
    """For `sys.excepthook`: the traceback of an error that nobody caught, cleaned."""

    def show(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        text = "".join(traceback.format_exception(kind, error, where))
        print(escape_lines(redactor.clean(text.rstrip("\n"))), file=sys.stderr)

    return show
