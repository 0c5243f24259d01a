"""What the services room offers the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import Claim, Command, Offer, ProfileFile


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield Command(
        "decisions evaluate",
        "madang.services.cli:evaluate",
        "Evaluate the decisions of a DMN model for facts.",
    )
    yield Command(
        "decisions tck", "madang.services.cli:tck", "Run a tree of DMN conformance tests."
    )
    yield Command(
        "services lint",
        "madang.services.package_cli:lint",
        "Say what keeps packages of services from being published.",
    )
    yield Command(
        "services test", "madang.services.package_cli:test", "Run the tests of service packages."
    )
    yield Command(
        "services texts",
        "madang.services.package_cli:texts",
        "Say which texts of a service package lack a translation.",
    )
    yield ProfileFile(
        "life_events.yaml",
        "madang.services.life_events:faults_of_file",
        "The groups of life events by which services are found.",
    )
    yield Claim(
        "services.explained-decisions",
        "Decision tables of 10 rows per CPU-second, each with outcome, rules that held, and facts",
        "tables/s",
        10_000.0,
        "higher",
        "madang.services.proof:explained_per_cpu_s",
    )
