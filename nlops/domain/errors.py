"""The errors of nlops, one tree.

    NlopsError
    ├── ConfigError       a file the operator wrote is wrong: exit 2, names file and place
    │   └── ToolError     a tool definition is wrong
    ├── UsageError        a command line is wrong: exit 2
    ├── LinkError         the chat gateway refused, or it is not known whether a message went out
    │   └── LinkDown      there is no connection: nothing was sent, trying again later is safe
    ├── GatewayError      the gateway that nlops starts itself could not be had (node, npm), or ended
    ├── ModelError        the model could not be had (fetch, start); a failed question is a value, not an error
    ├── ServerError       an MCP server could not be used, or ours cannot serve
    ├── Failure           something outside did not do what was asked, as a sentence in both languages
    └── StoreError        the store could not keep a record: what waited for it must not run
        └── ProposalTaken a proposal was consumed already, by whatever else has the store open

A denial, an expiry, a process that exits with 1 are values (`nlops.domain.tools`), never exceptions.
"""

from nlops.domain.words import Sentence


class NlopsError(Exception):
    """Base of all errors of nlops; `str(error)` is one sentence for a person."""


class Failure(NlopsError):
    """Something outside did not do what was asked: `sentence` says it in either language, `str` in English."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


class ConfigError(NlopsError):
    """A file of the operator's is wrong. `file` and `place` say where, the message what was found and what would do."""

    def __init__(self, file: str, place: str, message: str) -> None:
        self.file, self.place, self.message = file, place, message
        super().__init__(f"{file}: {place}: {message}" if place else f"{file}: {message}")


class ToolError(ConfigError):
    """A tool definition is wrong; `place` is a JSON path such as `$.run.argv[2]`."""


class UsageError(NlopsError):
    """A command line is wrong."""


class LinkError(NlopsError):
    """The chat gateway refused the link, or a message could not be handed to it."""


class LinkDown(LinkError):
    """There is no connection to the gateway: nothing was sent."""


class GatewayError(NlopsError):
    """The gateway that `nlops gateway` starts could not be installed or started, or it ended."""


class ModelError(NlopsError):
    """The language model could not be fetched or started."""


class ServerError(NlopsError):
    """An MCP server could not be used, or `nlops mcp` cannot serve."""


class StoreError(NlopsError):
    """The store could not make a record durable."""


class ProposalTaken(StoreError):
    """A proposal is in a state that does not lead where this step wanted it."""
