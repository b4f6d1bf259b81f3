"""An operator's own log formats, from nlops.toml: checked against their samples, then like the shipped ones.

What the hosts of login codes are is not theirs to say: a payload counts where `payload` knows it, whoever printed it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from nlops.domain.bots import SignKind
from nlops.domain.config import FormatConfig, PatternConfig
from nlops.monitor.formats import FORMATS, LogFormat, SignPattern, with_carriers
from nlops.monitor.linear import fault_of, groups_of
from nlops.monitor.scan import Scanner

# Which signs may carry what.
_GROUPS = {
    "payload": (SignKind.WAITING, SignKind.TIMEOUT),
    "account": (SignKind.LOGGED_IN, SignKind.LOGGED_OUT),
}
Fault = tuple[str, str]  # the place below `format`, and what is wrong there


def known_formats(own: Iterable[FormatConfig]) -> Mapping[str, LogFormat]:
    """The shipped formats and the operator's, which have no fault, by name."""
    formats = (carried for config in own for carried in with_carriers(_format(config)))
    return {**FORMATS, **{one.name: one for one in formats}}


def fault_in(own: tuple[FormatConfig, ...]) -> Fault | None:
    """The first thing that is wrong with the operator's formats; None where all is well."""
    return next(_faults(own), None)


def _format(config: FormatConfig) -> LogFormat:
    patterns = tuple(_pattern(at, one) for at, one in enumerate(config.patterns))
    return LogFormat(config.name, config.description, patterns)


def _pattern(at: int, config: PatternConfig) -> SignPattern:
    return SignPattern(f"{config.sign}-{at}", config.sign, "", config.line, config.payload)


def _faults(own: tuple[FormatConfig, ...]) -> Iterator[Fault]:
    taken = set(FORMATS)
    for at, config in enumerate(own):
        names = {config.name, f"{config.name}-pm2", f"{config.name}-timestamped"}
        if names & taken:
            yield f"[{at}].name", f"there is a format {min(names & taken)!r} already"
        taken |= names
        for nth, pattern in enumerate(config.patterns):
            for place, fault in _faults_of_line(pattern):
                yield f"[{at}].pattern[{nth}].{place}", fault
        for nth in range(len(config.patterns)):
            for place, fault in _faults_of_examples(config, nth):
                yield f"[{at}].pattern[{nth}].{place}", fault


def _faults_of_line(pattern: PatternConfig) -> Iterator[Fault]:
    fault = fault_of(pattern.line)
    if fault is not None:
        yield "line", fault
        return
    groups = groups_of(pattern.line)
    for group in sorted(groups):
        if group not in _GROUPS:
            yield "line", f"no group {group!r}; there are: {', '.join(_GROUPS)}"
        elif pattern.sign not in _GROUPS[group]:
            yield "line", f"the sign {pattern.sign.value} has no {group}"
    if ("payload" in groups) != (pattern.payload is not None):
        yield "payload", "the group (?P<payload>…) in `line`, and `payload` (plain or picture), want each other"


def _faults_of_examples(config: FormatConfig, nth: int) -> Iterator[Fault]:
    """Each sample is read as this pattern's sign by the whole format; no near miss is, by this pattern alone."""
    pattern, whole = config.patterns[nth], _format(config)
    alone = replace(whole, patterns=(whole.patterns[nth],))
    for at, line in enumerate(pattern.samples):
        if _read(alone, line) is None:
            yield (
                f"samples[{at}]",
                "is not read: `line` does not match the whole of it, or no login host issued its code",
            )
        elif (read := _read(whole, line)) is not pattern.sign:
            yield f"samples[{at}]", f"is read as {read.value if read else 'nothing'}, by a pattern that stands before"
    for at, line in enumerate(pattern.near_misses):
        if _read(alone, line) is not None:
            yield f"near_misses[{at}]", f"is read as {pattern.sign.value}"


def _read(log_format: LogFormat, line: str) -> SignKind | None:
    signs = Scanner("", log_format).scan(f"{line}\n".encode())
    return signs[0].kind if signs else None
