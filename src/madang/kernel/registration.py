"""What the kernel itself offers: commands, schedules, health checks."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import Command, HealthCheck, Offer, Schedule


def offers() -> Iterable[Offer]:
    """Return the offers of the kernel."""
    yield Command("audit verify", "madang.kernel.cli_audit:verify", "Find any tampering with it.")
    yield Command("audit export", "madang.kernel.cli_audit:export", "Write it out as JSON lines.")
    yield Command("audit seal", "madang.kernel.cli_audit:seal", "Seal the new entries now.")
    yield Command("jobs list", "madang.kernel.cli:list_jobs", "Show schedules and recent jobs.")
    yield Command("jobs parked", "madang.kernel.cli:list_parked", "Show what failed for good.")
    yield Command("jobs retry", "madang.kernel.cli:retry", "Try something parked again.")
    yield Command("jobs run", "madang.kernel.cli:run", "Run a schedule's job once, now.")
    yield Command("backup", "madang.kernel.cli_backup:backup", "Write all that is kept to a file.")
    yield Command("restore", "madang.kernel.cli_backup:restore", "Make a folder from a backup.")
    yield Command("prove", "madang.kernel.cli:prove", "Measure what we claim, on this machine.")
    yield Schedule(
        "seal-audit", "*/5 * * * *", "madang.kernel.audit:seal_audit", "Seal new audit entries."
    )
    yield Schedule(
        "clean-up", "17 3 * * *", "madang.kernel.cleanup:clean_up", "Forget old kernel rows."
    )
    yield HealthCheck("database", "madang.kernel.health:database")
    yield HealthCheck("worker", "madang.kernel.health:worker")
