"""How we know what we claim: each claim, measured here, beside its goal and published figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from madang.kernel import claims
from madang.kernel.registry import Anchor


@dataclass(frozen=True)
class ShownClaim:
    """A claim as the page shows it; `value` None where it was not measured or failed."""

    room: str
    what: str
    unit: str
    value: float | None
    goal: float
    is_floor: bool
    held: bool | None
    failed: bool
    at: datetime | None
    machine: claims.Machine | None
    anchors: Sequence[Anchor]


@require_safe
@cache_control(public=True, max_age=5)
def proof(request: HttpRequest) -> HttpResponse:
    """Show the claims register with the figures measured on this machine."""
    rows = [_shown(kept) for kept in claims.kept()]
    context = {
        "heading": _heading(rows),
        "crumbs": [(_("Home"), "/")],
        "rows": rows,
        "measured": any(row.at for row in rows),
    }
    return render(request, "web/proof.html", context)


def _heading(rows: Sequence[ShownClaim]) -> str:
    if not rows:
        return _("Nothing is claimed yet")
    measured = [row for row in rows if row.held is not None]
    if not measured:
        return _("Nothing has been measured on this machine yet")
    held = sum(row.held is True for row in measured)
    return ngettext(
        "%(held)s of %(n)s measured claim holds on this machine",
        "%(held)s of %(n)s measured claims hold on this machine",
        len(measured),
    ) % {"held": held, "n": len(measured)}


def _shown(kept: claims.Kept) -> ShownClaim:
    claim, figure = kept.claim, kept.figure
    return ShownClaim(
        room=kept.room,
        what=_(claim.what),
        unit=claim.unit,
        value=figure.value if figure else None,
        goal=claim.goal,
        is_floor=claim.better == "higher",
        held=kept.held,
        failed=figure is not None and figure.value is None,
        at=datetime.fromisoformat(figure.measured_at) if figure else None,
        machine=figure.machine if figure else None,
        anchors=claim.anchors,
    )
