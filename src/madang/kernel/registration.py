"""What the kernel itself offers: commands, schedules, health checks."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import Offer, Schedule


def offers() -> Iterable[Offer]:
    """Return the offers of the kernel."""
    yield Schedule(
        "seal-audit", "*/5 * * * *", "madang.kernel.audit:seal_audit", "Seal new audit entries."
    )
