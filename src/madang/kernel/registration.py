"""What the kernel itself offers: commands, schedules, health checks."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import HealthCheck, Offer, Schedule


def offers() -> Iterable[Offer]:
    """Return the offers of the kernel."""
    yield Schedule(
        "seal-audit", "*/5 * * * *", "madang.kernel.audit:seal_audit", "Seal new audit entries."
    )
    yield Schedule(
        "clean-up", "17 3 * * *", "madang.kernel.cleanup:clean_up", "Forget old kernel rows."
    )
    yield HealthCheck("database", "madang.kernel.health:database")
    yield HealthCheck("worker", "madang.kernel.health:worker")
    yield HealthCheck("parked", "madang.kernel.health:parked")
