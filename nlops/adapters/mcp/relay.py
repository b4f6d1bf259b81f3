"""The line from `nlops mcp` to the service: a request, and what becomes of it (`desk` has the shape)."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from nlops.adapters.mcp.desk import FILE
from nlops.domain.errors import ServerError
from nlops.domain.tools import JsonObject

MAX_ANSWER = 32 << 20  # bytes: a file of 8 MiB and pages of text, with room


async def ask_service(
    state_dir: Path, request: JsonObject, on_wait: Callable[[str], Awaitable[None]]
) -> dict[str, Any]:
    """What the service answers: `ok`, `text`, `files`. `on_wait` hears what it waits for meanwhile. Raises ServerError
    where no service is there, or it stopped before it answered."""
    path = state_dir / FILE
    try:
        reader, writer = await asyncio.open_unix_connection(path, limit=MAX_ANSWER)
    except OSError:
        raise ServerError(
            f"Not run: the nlops service is not running, or its nlops.toml has no [mcp_server] (nothing answers at "
            f"{path}). A person has to start it: nlops run"
        ) from None
    try:
        writer.write(json.dumps(dict(request)).encode() + b"\n")
        await writer.drain()
        while line := await reader.readline():
            answer: dict[str, Any] = json.loads(line)
            if "waits" not in answer:
                return answer
            await on_wait(str(answer["waits"]))
    except (OSError, ValueError):
        pass
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
    raise ServerError("The nlops service stopped before it answered. Whether it ran is in its record: nlops audit tail")
