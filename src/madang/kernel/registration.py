"""What the kernel itself offers: commands, schedules, health checks."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import Anchor, Claim, Command, HealthCheck, Offer, Schedule


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
    yield HealthCheck("bus", "madang.kernel.bus.watch:problem")
    yield HealthCheck("lake", "madang.kernel.lake.client:problem")
    yield from _claims()


def _claims() -> Iterable[Offer]:
    """Return what the lake claims; the anchors are from the issue trackers they name."""
    proof = "madang.kernel.lake.proof"
    yield Claim(
        "lake-ingest",
        "durable points per second and core into the store",
        "points/s",
        1_000_000,
        "higher",
        f"{proof}:points_per_core",
        (Anchor("FROST-Server, observations/s", 5_000, "FraunhoferIOSB/FROST-Server issue 115"),),
    )
    yield Claim(
        "lake-bytes",
        "bytes on disk per point at second resolution",
        "B",
        3.0,
        "lower",
        f"{proof}:bytes_per_point",
        (Anchor("ThingsBoard on PostgreSQL", 152, "thingsboard/thingsboard issue 11591"),),
    )
    yield Claim(
        "lake-sensor",
        "all points of one sensor among 5 million",
        "ms",
        10,
        "lower",
        f"{proof}:week_ms",
        (Anchor("ThingsBoard, 2,000 values", 6_000, "thingsboard/thingsboard issue 11591"),),
    )
    yield Claim(
        "lake-hourly",
        "hourly aggregate of 50,000 sensors over one day",
        "ms",
        300,
        "lower",
        f"{proof}:hourly_ms",
    )
