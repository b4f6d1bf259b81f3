"""A python-wechaty bot that watches another one, as wechaty-log-monitor's users know it. Change the names, run it."""

import asyncio

from nlops import Operation, OperationConfig, log_alert, log_monitor, qr_rescue, restart_pm2, say, show_log

# isort: split
from wechaty import Wechaty  # after nlops, which makes it importable on Python 3.11 to 3.13

ADMIN = "BobWeixin"  # the admin's contact id or WeChat number, exactly; a nickname is nothing


async def greet(bot: Wechaty, command: str) -> None:
    if command == "hello":
        await say(bot, ADMIN, "hello yourself")


async def main() -> None:
    bot = Wechaty()  # WECHATY_PUPPET_SERVICE_TOKEN and WECHATY_PUPPET_SERVICE_ENDPOINT in the environment
    operations = [
        qr_rescue("../bob.log", ADMIN, login_test="#ping", name="bob"),
        log_alert("../bob-errors.log", ADMIN),
        show_log("../bob.log", ADMIN),
        restart_pm2("bob", ADMIN),
        Operation(OperationConfig(ADMIN), on_command_received=greet),
    ]
    bot.use(log_monitor(operations, enable_self_to_be_qr_rescued=True))
    await bot.start()


if __name__ == "__main__":
    asyncio.run(main())
