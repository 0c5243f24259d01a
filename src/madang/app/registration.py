"""What the application itself offers: its commands, health and metrics addresses."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import Claim, Command, Offer, Page, ProfileFile, Schedule


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield Command("up", "madang.app.cli_up:up", "Start everything and open the portal.")
    yield Command("status", "madang.app.cli_admin:status", "Say how the instance is.")
    yield Command("doctor", "madang.app.cli_admin:doctor", "Say what is missing or off.")
    yield Command("migrate", "madang.app.cli_admin:migrate", "Upgrade the stores in place.")
    yield Command("service-file", "madang.app.cli_admin:service_file", "Print a systemd unit.")
    yield ProfileFile(
        "simulator.yaml",
        "madang.app.processes:faults_of_climate",
        "What the simulated air of the city is like; read by the simulator only.",
    )
    yield Page("healthz", "madang.app.pages:healthz", "healthz", "public")
    yield Page("metrics", "madang.app.pages:metrics", "metrics", "public")
    yield Schedule(
        "watch-parts",
        "* * * * *",
        "madang.app.watch:watch_parts",
        "Put parts of the platform that fail on the operators' desk.",
    )
    yield from _claims()


def _claims() -> Iterable[Offer]:
    fresh, start = "madang.app.proof.freshness", "madang.app.proof.start"
    yield Claim(
        "app.latest-p99",
        "From the sensor to the newest state at 30,000 points a second, 99th percentile",
        "ms",
        2000.0,
        "lower",
        f"{fresh}:latest_p99_ms",
    )
    yield Claim(
        "app.page",
        "From the sensor to the page at 30,000 points a second, the longest of a run",
        "ms",
        2000.0,
        "lower",
        f"{fresh}:page_worst_ms",
    )
    yield Claim(
        "app.alert",
        "From the completing hour to the declared measure at 30,000 points a second, the longest",
        "ms",
        1000.0,
        "lower",
        f"{fresh}:alert_ms",
    )
    yield Claim("app.help", "Answer of madang --help", "s", 0.3, "lower", f"{start}:help_s")
    yield Claim(
        "app.start",
        "From madang up in an empty folder to the open portal, without the simulator",
        "s",
        15.0,
        "lower",
        f"{start}:first_start_s",
    )
    yield Claim(
        "app.memory",
        "Memory of the whole demo while its city reports",
        "MiB",
        2048.0,
        "lower",
        f"{start}:memory_mib",
        takes_s=60.0,
    )
