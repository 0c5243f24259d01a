"""What the application itself offers: its commands."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import Command, Offer


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield Command("up", "madang.app.cli_up:up", "Start everything and open the portal.")
