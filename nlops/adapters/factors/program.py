"""SMS by a program: a provider's own command line (Aliyun's, AWS's), gammu with a modem. No shell, a deadline for all
that it starts, its output read up to a bound. Other users of this host may see the arguments while it runs; `stdin`
is for whom that is too much."""

from nlops.adapters.factors.remote import Away
from nlops.adapters.factors.sms import Sms, fill, pointed, shorten
from nlops.adapters.process import run_command
from nlops.domain import run_phrases as phrases
from nlops.domain.config import CommandSms

MAX_OUTPUT_BYTES = 65_536


async def send_by_program(config: CommandSms, message: Sms) -> None:
    """Run it once. Raises Away where it failed, or its answer says no."""
    values = message.values()
    done = await run_command(
        [fill(word, values) for word in config.command],
        config.timeout_s,
        merge_stderr=config.accept is None,
        stdin=None if config.stdin is None else fill(config.stdin, values).encode(),
        max_output_bytes=MAX_OUTPUT_BYTES,
    )
    said = shorten(done.output, [message.code])
    if done.reason is not None:  # it names the program and what the system says of it
        raise Away(done.reason)
    if done.exit != 0:
        raise Away(phrases.ENDED_WITH.of(program=config.command[0], exit=done.exit, said=said))
    if config.accept is not None and pointed(done.output, config.accept[0]) != config.accept[1]:
        raise Away(phrases.NOT_SENT.of(program=config.command[0], said=said))
