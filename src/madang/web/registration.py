"""What web offers the house: home, preferences, status, proof and the operations room."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import MenuEntry, Offer, Page

OPERATOR = "role:operator"


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield Page("", "madang.web.pages:home", "home", "public")
    yield Page("language/<str:code>/", "madang.web.preferences:language", "language", "public")
    yield Page("display/<str:name>/", "madang.web.preferences:display", "display", "public")
    yield Page("status/", "madang.web.status:status", "status", "public")
    yield Page("proof/", "madang.web.proof:proof", "proof", "public")
    yield Page("accessibility/", "madang.web.pages:accessibility", "accessibility", "public")
    yield MenuEntry("home", "Home", 0)
    yield from _operations()


def _operations() -> Iterable[Offer]:
    here, path = "madang.web.operations", "operations/"
    yield Page(path, f"{here}:overview", "operations", OPERATOR)
    yield Page(f"{path}dead-letters/", f"{here}:dead_letters", "operations-dead-letters", OPERATOR)
    yield Page(f"{path}jobs/", f"{here}:jobs_page", "operations-jobs", OPERATOR)
    yield Page(f"{path}gateways/", f"{here}:gateways", "operations-gateways", OPERATOR)
    yield MenuEntry("operations", "Operations", 90, OPERATOR)
