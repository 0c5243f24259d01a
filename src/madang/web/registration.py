"""What web offers the house: home, preferences, status, proof and the operations room."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import API, Claim, MenuEntry, Offer, Page, SearchSource

OPERATOR = "role:operator"
REVIEWER = "role:privacy-officer"


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield Page("", "madang.web.home:home", "home", "public", easy=True)
    own = "signed-in+represented"
    yield Page("my/", "madang.web.my:my", "my", own, easy=True)
    yield Page("my/<slug:part>/", "madang.web.my:one", "my-part", own, easy=True)
    yield API("my", "madang.web.my_http:router")
    yield MenuEntry("my", "My page", 1, own)
    yield Page("language/<str:code>/", "madang.web.preferences:language", "language", "public")
    yield Page("display/<str:name>/", "madang.web.preferences:display", "display", "public")
    yield Page("theme/<str:name>/", "madang.web.preferences:theme", "theme", "public")
    yield Page("district/", "madang.web.preferences:district", "district", "public")
    yield Page("design/", "madang.web.gallery:design", "design", "public")
    yield Page("status/", "madang.web.status:status", "status", "public", easy=True)
    yield Page("proof/", "madang.web.proof:proof", "proof", "public")
    yield Page(
        "accessibility/", "madang.web.pages:accessibility", "accessibility", "public", easy=True
    )
    yield Page("maps/basemap.pmtiles", "madang.web.basemap:basemap", "basemap", "public")
    yield API("maps", "madang.web.http:router")
    yield Page("privacy/", "madang.web.pages:privacy", "privacy-notice", "public", easy=True)
    yield Page("privacy/emergencies/", "madang.web.emergencies:listed", "emergencies", REVIEWER)
    yield Page(
        "privacy/emergencies/<int:number>/", "madang.web.emergencies:one", "emergency", REVIEWER
    )
    yield MenuEntry("emergencies", "Emergency looks", 91, REVIEWER)
    yield MenuEntry("home", "Home", 0)
    yield SearchSource("pages", "madang.web.finding:findables")
    yield from _operations()
    yield from _claims()


def _operations() -> Iterable[Offer]:
    here, path, room = "madang.web.operations", "operations/", "madang.web.room"
    act = f"{path}alerts/<int:alert_id>/<slug:verb>/"
    yield Page(path, f"{room}:room", "operations", OPERATOR)
    yield Page(f"{path}desk/", f"{room}:desk", "operations-desk", OPERATOR)
    yield Page(f"{path}strip/", f"{room}:strip", "operations-strip", OPERATOR)
    yield Page(act, f"{room}:act", "operations-act", OPERATOR)
    yield Page(
        f"{path}thing/<slug:layer>/<str:thing_id>/", f"{room}:thing", "operations-thing", OPERATOR
    )
    yield Page(f"{path}pipeline/", f"{here}:overview", "operations-pipeline", OPERATOR)
    yield Page(f"{path}dead-letters/", f"{here}:dead_letters", "operations-dead-letters", OPERATOR)
    yield Page(f"{path}jobs/", f"{here}:jobs_page", "operations-jobs", OPERATOR)
    yield Page(f"{path}gateways/", f"{here}:gateways", "operations-gateways", OPERATOR)
    yield MenuEntry("operations", "Operations", 90, OPERATOR)


def _claims() -> Iterable[Offer]:
    here = "madang.web.figures"
    yield Claim(
        "web-requests",
        "requests for the page of all districts per CPU-second",
        "requests/CPU-s",
        1_000,
        "higher",
        f"{here}:service_page_requests",
    )
    yield Claim(
        "web-p95",
        "95th percentile for the page of all districts with 20 readers at once",
        "ms",
        100,
        "lower",
        f"{here}:service_page_p95",
    )
    yield Claim(
        "web-first-page",
        "first visit to the page of all districts, compressed",
        "kB",
        100,
        "lower",
        f"{here}:first_page_weight",
    )
