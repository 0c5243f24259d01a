"""What the application itself offers: its commands, health and metrics addresses."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import Command, Offer, Page


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield Command("up", "madang.app.cli_up:up", "Start everything and open the portal.")
    yield Command("status", "madang.app.cli_admin:status", "Say how the instance is.")
    yield Command("doctor", "madang.app.cli_admin:doctor", "Say what is missing or off.")
    yield Command("migrate", "madang.app.cli_admin:migrate", "Upgrade the stores in place.")
    yield Command("service-file", "madang.app.cli_admin:service_file", "Print a systemd unit.")
    yield Page("healthz", "madang.app.pages:healthz", "healthz", "public")
    yield Page("metrics", "madang.app.pages:metrics", "metrics", "public")
