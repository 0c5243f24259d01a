"""An hour becomes an event, an event an entry of the audit log: each number once in effect."""

from __future__ import annotations

import time

from madang.drill.events import Counted
from madang.kernel import audit
from madang.kernel.bus.message import Message
from madang.kernel.events import announce


def count(message: Message) -> None:
    """Announce the number in the message, in the transaction that moves the position."""
    number = int(message.data)
    delay_ms = (time.time() - float(message.headers["wall"])) * 1000
    audit.record("drill", "drill.received", f"number:{number}", detail={"delay_ms": delay_ms})
    announce(Counted(number=number))


def note(event: Counted) -> None:
    """Write the number down, in the transaction that keeps the inbox row."""
    audit.record("drill", "drill.noted", f"number:{event.number}")
