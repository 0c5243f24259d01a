"""The job of transfers that the clock runs; it may be run again at any time."""

from __future__ import annotations

from madang.cases import transfer_delivery
from madang.cases import transfers as moving


def transfers() -> None:
    """Knock on doors, then remind and bring back what nobody took."""
    transfer_delivery.deliver()
    moving.clock()
