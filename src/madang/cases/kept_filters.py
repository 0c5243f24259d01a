"""Filters of the work list that officers keep under a name of their own."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access.api import Actor
from madang.cases.queues import LISTS
from madang.cases.search_models import KeptFilter
from madang.kernel.errors import Invalid

FIELDS = ("list", "service")
MOST = 20


def kept_by(actor: Actor) -> list[tuple[int, str, str]]:
    """Return (id, title, query) of the filters that somebody keeps, by title."""
    rows = KeptFilter.objects.filter(by=actor.id).order_by("title")
    return [(row.pk, row.title, row.query) for row in rows]


def keep(actor: Actor, title: str, query: str) -> None:
    """Keep a filter; one of the same title is replaced.

    Raises
    ------
    Invalid
        If it has no title, or there are too many already.
    """
    title = " ".join(title.split())[:60]
    if not title:
        said = _("Give the filter a name.")
        raise Invalid(said, {"title": said})
    given = {name: text[:80] for name, text in parse_qsl(query) if name in FIELDS and text}
    if given.get("list", "all") not in LISTS:
        given.pop("list")
    with transaction.atomic():
        mine = KeptFilter.objects.filter(by=actor.id)
        if mine.exclude(title=title).count() >= MOST:
            said = _("You keep %(n)s filters already; delete one first.") % {"n": MOST}
            raise Invalid(said, {"title": said})
        mine.update_or_create(by=actor.id, title=title, defaults={"query": urlencode(given)})


def drop(actor: Actor, filter_id: str) -> None:
    """Delete a filter of one's own; the second time changes nothing."""
    if filter_id.isascii() and filter_id.isdigit() and len(filter_id) < 16:
        KeptFilter.objects.filter(by=actor.id, pk=int(filter_id)).delete()
