"""What notices offers the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import API, Offer, Schedule


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield API("notices", "madang.notices.http:router")
    yield Schedule(
        "desk-forget",
        "40 3 * * *",
        "madang.notices.desk:forget_old_alerts",
        "Delete alerts of the desk cleared more than 400 days ago.",
    )
