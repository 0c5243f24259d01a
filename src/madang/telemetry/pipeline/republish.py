"""Which messages of a doubtful entry are on the bus already.

The bus drops a repeated message id for an hour; a lake that was down longer must look itself. The
pipeline is the only one that writes these subjects, and it writes in order, so the newest message
of a subject says how far it came.
"""

from __future__ import annotations

from collections.abc import Sequence

import nats.errors
import nats.js.errors

from madang.kernel.bus.client import MSG_ID, Bus
from madang.kernel.bus.message import EVENTS, HOURS, Outgoing, Stream
from madang.kernel.errors import Unavailable


async def unpublished(bus: Bus, outgoing: Sequence[Outgoing]) -> list[Outgoing]:
    """Return the messages that the bus does not hold yet, in their order.

    Raises
    ------
    Unavailable
        If the bus does not answer.
    """
    missing: list[Outgoing] = []
    for subject in dict.fromkeys(message.subject for message in outgoing):
        ours = [message for message in outgoing if message.subject == subject]
        newest = await _newest_id(bus, subject)
        ids = [message.msg_id for message in ours]
        missing += ours[ids.index(newest) + 1 :] if newest in ids else ours
    return missing


async def _newest_id(bus: Bus, subject: str) -> str:
    try:
        found = await bus.client.jetstream().get_last_msg(_stream_of(subject).name, subject)
    except nats.js.errors.NotFoundError:
        return ""
    except (nats.errors.Error, nats.js.errors.Error) as error:
        raise Unavailable(f"the bus does not answer: {error}") from error
    newest: str = (found.headers or {}).get(MSG_ID, "")
    return newest


def _stream_of(subject: str) -> Stream:
    return HOURS if subject.startswith("madang.hours.") else EVENTS
