"""What the drill offers."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import Offer, StreamConsumer, Subscriber


def offers() -> Iterable[Offer]:
    """Return the offers of the drill."""
    yield StreamConsumer("drill-hours", "madang.hours.drill", "madang.drill.actions:count")
    yield Subscriber("drill.counted", "drill-ledger", "madang.drill.actions:note")
