"""The editors' list: what people ask in vain, what is missing, what is cited and gone.

Questions stand here only where five networks asked the same on one day, and masked: search keeps
that (`search.api.first_questions`). Sources stand here by their keys.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from madang.access.api import Actor
from madang.assistant.models import Turn
from madang.assistant.purposes import MEASURE, opened
from madang.assistant.review.kinds import HARMFUL, WRONG
from madang.assistant.review.models import EditorTask, Rating
from madang.kernel import audit, times
from madang.kernel.errors import Forbidden, Invalid, NotFound, Unavailable
from madang.search import api as search

FAILING, MISSING, CITATION, SOURCE = "failing", "missing", "citation", "source"
KINDS = (FAILING, MISSING, CITATION, SOURCE)
OPEN, ASSIGNED, DONE = "open", "assigned", "done"
STATES = (OPEN, ASSIGNED, DONE)
EDITORS = frozenset({"operator", "officer", "department-head"})
LONGEST = 1000
SPAN = timedelta(days=28)
PAGE = 200
AGAIN_AFTER = timedelta(days=28)  # what still fails so long after it was done is open again
_MOST_KEYS = 2000
_WRONG_FROM = 2


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the list; `count` is how often, in the time that it is counted over."""

    id: int
    kind: str
    about: str
    language: str
    count: int
    state: str
    who: str
    said: str
    opened_at: datetime
    done_at: datetime | None


def gather() -> int:
    """Bring the list up to date from search and from what was judged; return new or risen rows."""
    found = [*_of_search(), *_of_ratings()]
    now, fresh = times.now(), 0
    for kind, about, language, count in found:
        row, is_new = EditorTask.objects.get_or_create(
            kind=kind, about=about[:240], language=language, defaults={"count": count}
        )
        fresh += is_new
        if is_new:
            continue
        row.count, row.seen_at = count, now
        if row.state == DONE and row.done_at and row.done_at < now - AGAIN_AFTER:
            row.state, row.who, row.done_at = OPEN, "", None
            fresh += 1
        row.save()
    EditorTask.objects.filter(state=OPEN, seen_at__lt=now - SPAN).delete()
    return fresh


def listed(kind: str = "", state: str = "") -> list[Listed]:
    """Return the list, the most frequent first: what is not done, or what is in a state."""
    rows = EditorTask.objects.filter(kind=kind) if kind in KINDS else EditorTask.objects.all()
    rows = rows.filter(state=state) if state in STATES else rows.exclude(state=DONE)
    return [
        Listed(
            one.pk, one.kind, one.about, one.language, one.count, one.state, one.who, one.said,
            one.opened_at, one.done_at,
        )
        for one in rows.order_by("-count", "pk")[:PAGE]
    ]  # fmt: skip


def change(actor: Actor, task: int, state: str, said: str = "") -> None:
    """Take a row on, say that it is done, or open it again.

    Raises
    ------
    Forbidden
        If the actor is no editor.
    NotFound
    Invalid
        If it is done and nobody says what was done.
    """
    if not actor.roles & EDITORS:
        raise Forbidden(_("This list is for editors."))
    if state not in STATES:
        raise Invalid(_("There is no such state."), {"state": "open, assigned, done"})
    if state == DONE and not said.strip():
        raise Invalid(_("Say what was done."), {"said": _("Say what was done.")})
    row = EditorTask.objects.filter(pk=task).first()
    if row is None:
        raise NotFound(_("There is no such row."))
    row.state, row.said = state, said.strip()[:LONGEST] or row.said
    row.who = actor.id if state == ASSIGNED else row.who if state == DONE else ""
    row.done_at = times.now() if state == DONE else None
    row.save()
    audit.record(actor.id, "assistant.edit_task", f"task:{task}", detail={"state": state})


def _of_search() -> list[tuple[str, str, str, int]]:
    try:
        told = search.first_questions().unresolved
        gone = search.unknown(sorted(_cited())[:_MOST_KEYS])
    except Unavailable:
        return []  # the next run finds them
    found = [
        (MISSING if one.nothing_found * 2 > one.count else FAILING, one.text, one.language,
         one.count)
        for one in told
    ]  # fmt: skip
    cited = _cited()
    return found + [(CITATION, key, "", cited[key]) for key in gone]


def _cited() -> Counter[str]:
    with opened(MEASURE):
        rows = Turn.objects.filter(at__gte=times.now() - SPAN).exclude(cited=[])
        return Counter(
            one["key"] for cited in rows.values_list("cited", flat=True).iterator() for one in cited
            if one.get("key")
        )  # fmt: skip


def _of_ratings() -> list[tuple[str, str, str, int]]:
    """Return sources whose quotes people judged wrong or unsupported, twice or more."""
    with opened(MEASURE):
        rows = list(
            Rating.objects.filter(at__gte=times.now() - 3 * SPAN)
            .exclude(item__cited=[])
            .values_list("item", "score", "cites", "item__cited")
        )
    wrong = {
        (item, one["key"])
        for item, score, cites, cited in rows
        if score in (WRONG, HARMFUL) or cites == "no"
        for one in cited
        if one.get("key")
    }
    counts = Counter(key for _item, key in wrong)
    return [(SOURCE, key, "", n) for key, n in counts.items() if n >= _WRONG_FROM]
