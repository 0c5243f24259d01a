"""What the city room offers the house: its facts over HTTP, its time zone, its commands."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import API, Claim, Command, LocalZone, Offer, ProfileFile


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield API("city", "madang.city.http:router")
    yield LocalZone("madang.city.api:time_zone")
    yield Command("city check", "madang.city.cli:check", "Say everything wrong with a profile.")
    yield Command("city new", "madang.city.cli:new", "Start the profile of another city.")
    yield Command("city show", "madang.city.cli:show", "Show what a profile says.")
    yield Command(
        "city import-boundaries",
        "madang.city.cli:import_boundaries",
        "Take official boundaries (GeoJSON) for schematic ones.",
    )
    yield Command(
        "city basemap", "madang.city.cli:basemap", "Make the base map (PMTiles) of a city."
    )
    yield Command(
        "calendar deadline",
        "madang.city.cli_calendar:deadline",
        "Say when a time limit ends, counted as the city's law counts it.",
    )
    yield ProfileFile(
        "deadlines.yaml",
        "madang.city.deadline_rules:faults_of_file",
        "How time limits of offices are counted, and when offices work.",
    )
    yield Claim(
        id="city.cold-start",
        what="The active city profile in a fresh process, imports and YAML included",
        unit="ms",
        goal=150.0,
        better="lower",
        target="madang.city.claims:cold_start_ms",
    )
