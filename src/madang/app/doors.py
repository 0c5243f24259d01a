"""The public ports of an instance: which there are depends on the city."""

from __future__ import annotations

from functools import cache

from madang.kernel.config import Settings


def public_ports(here: Settings) -> dict[str, int]:
    """Return the ports for people and devices by name, a dialect's where the city speaks it."""
    dialect = {"seoul_dialect": here.dialect_port} if speaks_seoul(here.city) else {}
    return {"portal": here.front_port, **dialect, "mqtt": here.mqtt_port}


@cache
def speaks_seoul(city: str) -> bool:
    """Return whether the city's profile asks for open data in the form of Seoul's own service."""
    from madang.city.api import load_profile

    return "seoul" in load_profile(city).city.dialects
