"""Trying again what must succeed: the disk may be full now, the bus away for a minute."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from madang.kernel.errors import MadangError

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")
_FIRST_S, _LONGEST_S = 0.1, 5.0


async def insist(
    call: Callable[[], Awaitable[Answer]],
    what: str,
    trouble: Callable[[str], None] | None = None,
) -> Answer:
    """Return what `call` gives, trying again for ever; the wait doubles up to 5 s.

    `trouble` is told what is wrong, and "" once it is over. Nothing may go on past a write that
    did not happen, so there is no giving up; cancel the task to stop.
    """
    wait = _FIRST_S
    while True:
        try:
            answer = await call()
        except (MadangError, OSError) as error:
            log.error("%s failed, trying again in %.1f s: %s", what, wait, error)
            if trouble is not None:
                trouble(f"{what}: {error}")
            await asyncio.sleep(wait)
            wait = min(2 * wait, _LONGEST_S)
            continue
        if trouble is not None:
            trouble("")
        return answer
