"""What a model proposes for one argument, and whether it is so sure of it that its word counts."""

from collections.abc import Sequence
from dataclasses import dataclass

from nlops.understand.glosses import told_of
from nlops.understand.outcomes import ABSENT, Impossible, Said, describe
from nlops.understand.sayings import hinted, must_be_named
from nlops.understand.schema import Argument

# How sure a model must be of a value that nothing in the text says. Measured on four sets that rules were looked
# at with: of a choice's values that were right 4 of 72 lie below 0.9, of the others 19 of 34.
SURE_TO_LOOK = 0.6
SURE_TO_CHANGE = 0.6
SURE_OF_FLAG = 0.5  # a flag of a change that has a default: of 4,855 messages all 12 from here to 0.6 were right
SURE_TO_ASK = 0.6  # an option of a change that nothing in the text says: above it asked about, below it left out
# An option without a default, of a look or a number: of 4,255 messages 3 of 25 below it were right, above it 31 of 37.
SURE_OF_OPTION = 0.95
SURE_TO_CHOOSE = 0.9  # one value of several, for a change, where the text has no part of its name either


@dataclass(frozen=True)
class Offer:
    """What a model proposes for one argument.

    `said` is its value, or ABSENT; `sure` its probability, 0 to 1. `changes`: the tool changes something. `alone`: the
    tool has no other number. `elsewhere` are the values that other calls of the message have, of a choice for the same
    argument, and `beside` those of the other arguments of its own call.
    """

    argument: Argument
    said: object
    sure: float = 1.0
    changes: bool = True
    alone: bool = True
    elsewhere: Sequence[object] = ()
    beside: Sequence[object] = ()

    def is_enough(self, facts: Said) -> bool:
        """Whether the model is so sure that its word counts where the message has none for the value."""
        is_open = not self.argument.required and self.argument.default is None
        is_number = self.argument.kind in ("integer", "number") and not facts.numbers
        if is_open and (is_number or (self.argument.choices and not self.changes)):
            return self.sure >= SURE_OF_OPTION or (not is_number and self._is_reasoned(facts))
        if not self.changes:
            return self.sure >= SURE_TO_LOOK
        if self.argument.kind == "boolean" and self.argument.default is not None:
            return self.sure >= SURE_OF_FLAG
        if self.argument.choices and must_be_named(self.argument):
            return False
        if not self.argument.choices or not SURE_TO_CHANGE <= self.sure < SURE_TO_CHOOSE:
            return self.sure >= SURE_TO_CHANGE
        return self._is_reasoned(facts)

    def _is_reasoned(self, facts: Said) -> bool:
        """Whether the message has a part of its name, or a word of what the definition says of it."""
        live = facts.reading.live
        reasons = (*hinted(self.argument, live), *told_of(self.argument, live))
        values = self.said if isinstance(self.said, list) else [self.said]
        return all(one in reasons and one not in self.elsewhere for one in values)

    def in_doubt(self) -> object:
        """What a choice comes to whose value the model is not sure enough of: an option of a change is asked about
        where something was probably said of it, since the change without it would be another one."""
        is_open = not self.argument.required and self.argument.default is None
        if self.changes and is_open and self.sure >= SURE_TO_ASK:
            return Impossible(None, describe(self.argument))
        return ABSENT
