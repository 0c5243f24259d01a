"""The residents' own page (My Madang): what waits for them, and all that is theirs, from all rooms.

Every room offers its part (`OwnPanel`); the page decides nothing and knows nobody. All is read for
one purpose, the reader's own data, so that one visit is one entry of each decision in the log.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from madang.access.api import Actor, purpose
from madang.identity.api import acting_in, current_actor
from madang.kernel.errors import NotFound
from madang.kernel.own_page import OwnPart, OwnRow
from madang.kernel.registry import OwnPanel, load, registry
from madang.web.context import own_page_name
from madang.web.parts import Parts

SHOWN, ALL = 5, 100  # rows of a part on the page, and on the page of that part alone
OWN_DATA = "own-data"


@dataclass(frozen=True)
class Told:
    """What a room told, cut to what is shown; `all_url` leads to the rest."""

    name: str
    part: OwnPart
    rows: tuple[OwnRow, ...]
    has_more: bool
    all_url: str


@require_safe
@never_cache
def my(request: HttpRequest) -> HttpResponse:
    """Show what waits for the reader, and a part from each room."""
    actor, parts = current_actor(request), Parts()
    found = told(actor, SHOWN, parts)
    waiting = waiting_in(found)
    around = _around(actor)
    context = around | {
        "heading": _heading(around["for_name"], len(waiting)),
        "crumbs": [(_("Home"), "/")],
        "waiting": waiting,
        "found": found,
        "failed": parts.failed,
    }
    return render(request, "web/my.html", context)


@require_safe
@never_cache
def one(request: HttpRequest, part: str) -> HttpResponse:
    """Show one part with all its rows."""
    actor, parts = current_actor(request), Parts()
    found = told(actor, ALL, parts, only=part)
    if not found and not parts.failed:
        raise NotFound(_("This page has no such part."))
    context = _around(actor) | {
        "heading": found[0].part.title if found else own_page_name(get_language() or ""),
        "crumbs": [(_("Home"), "/"), (own_page_name(get_language() or ""), reverse("my"))],
        "found": found,
        "is_alone": True,
        "failed": parts.failed,
    }
    return render(request, "web/my.html", context)


def told(actor: Actor, limit: int, parts: Parts, *, only: str = "") -> list[Told]:
    """Return what the rooms say, in their order; `parts` names who does not answer."""
    sentence = _("Not all that is yours could be shown. Try again in a minute, or call us.")
    found = []
    with purpose(actor, OWN_DATA):
        for offer in panels():
            if only not in ("", offer.name):
                continue
            part = parts.ask(sentence, partial(_target(offer), actor, limit), None)
            if part is not None:
                found.append(_told(offer.name, part, limit))
    return found


def waiting_in(found: Sequence[Told]) -> list[OwnRow]:
    """Return the rows that ask something of the reader, each once: what ends first comes first."""
    asked = {row.asks_url or row.id: row for one in found for row in one.rows if row.asks}
    return sorted(asked.values(), key=lambda row: (row.asks_by is None, row.asks_by or 0))


@cache
def panels() -> tuple[OwnPanel, ...]:
    """Return the parts that rooms offer, in their order."""
    return tuple(sorted(registry().offers(OwnPanel), key=lambda offer: offer.order))


@cache
def _target(offer: OwnPanel) -> Callable[[Actor, int], OwnPart | None]:
    target: Callable[[Actor, int], OwnPart | None] = load(offer.target)
    return target


def _told(name: str, part: OwnPart, limit: int) -> Told:
    has_more = len(part.rows) > limit
    whole = reverse("my-part", args=[name]) if has_more else ""
    return Told(name, part, part.rows[:limit], has_more, part.all_url or whole)


def _around(actor: Actor) -> dict[str, Any]:
    acting = acting_in(actor)
    return {
        "for_name": acting.name if acting else "",
        "is_unknown": not (actor.person or actor.on_behalf_of),
    }


def _heading(other: str, count: int) -> str:
    """Return the answer above the page: what waits for the reader, or for whom they act for."""
    said = {"n": count, "page": own_page_name(get_language() or ""), "name": other}
    if other and not count:
        return _("Nothing waits for %(name)s") % said
    if other:
        text = ngettext("%(n)s thing waits for %(name)s", "%(n)s things wait for %(name)s", count)
        return text % said
    if not count:
        return _("%(page)s: nothing waits for you") % said
    return (
        ngettext(
            "%(page)s: %(n)s thing waits for you", "%(page)s: %(n)s things wait for you", count
        )
        % said
    )
