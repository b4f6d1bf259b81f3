"""The whole of nlops in a python-wechaty bot that you have already: two lines. nlops.toml says what it watches."""

import asyncio

from nlops import attach

# isort: split
from wechaty import Wechaty  # after nlops, which makes it importable on Python 3.11 to 3.13


async def main() -> None:
    bot = Wechaty()  # your bot, with its own handlers
    attach(bot, "nlops.toml")
    await bot.start()


if __name__ == "__main__":
    asyncio.run(main())
