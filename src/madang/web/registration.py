"""What web offers the house: home, preferences, operations, proof and status pages."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import MenuEntry, Offer, Page


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield Page("", "madang.web.pages:home", "home", "public")
    yield Page("language/<str:code>/", "madang.web.preferences:language", "language", "public")
    yield Page("display/<str:name>/", "madang.web.preferences:display", "display", "public")
    yield MenuEntry("home", "Home", 0)
