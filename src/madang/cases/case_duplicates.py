"""Cases that are perhaps the same: found when one comes in, shown to officers, dismissed by them.

Nothing is joined by itself: an officer marks a duplicate by the verb, or says that it is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose
from madang.cases.case_acting import locked
from madang.cases.case_errors import NotPossible
from madang.cases.case_events import CaseMoved
from madang.cases.case_looking import look_for, seen_by
from madang.cases.case_models import Case, CaseFact
from madang.cases.case_packages import Pinned, pinned
from madang.cases.case_purposes import CASES, KEEP, LIST
from madang.cases.engine.likeness import Likeness, Matter, likeness
from madang.cases.likeness_models import CaseLikeness
from madang.cases.rules import Officer
from madang.kernel import audit, times
from madang.services.api import widget_of

WITHIN = timedelta(days=14)
LOOKED_AT_MOST = 1_000  # cases of one service and district in four weeks; a city has some hundred
PROPOSED_AT_MOST = 5


@dataclass(frozen=True)
class Alike:
    """A case that is perhaps the same as one; `is_earlier` where it was received before that."""

    number: str
    why: tuple[str, ...]
    metres: int | None
    received_at: datetime
    is_earlier: bool


def look(event: CaseMoved) -> None:
    """Look for the like of a case that came in (subscriber)."""
    if event.kind == "submit":
        propose(event.number)


def propose(number: str) -> int:
    """Note which cases one is perhaps the same as; return how many. Run again, it adds none."""
    with purpose(CASES, KEEP), transaction.atomic():
        case = Case.objects.filter(number=number).first()
        if case is None or not case.is_open:
            return 0
        found = []
        others = list(_candidates(case))
        matters = _matters([case, *others])
        for other in others:
            like = likeness(matters[case.pk], matters[other.pk])
            if like and (other.is_open or "subject" in like.why):
                found.append((other, like))
        found.sort(key=lambda pair: (-len(pair[1].why), pair[1].metres or 0))
        for other, like in found[:PROPOSED_AT_MOST]:
            _note(case, other, like)
        return min(len(found), PROPOSED_AT_MOST)


def alike(actor: Actor, number: str) -> list[Alike]:
    """Return which cases are perhaps the same as one, to an officer who works on it."""
    who, case = seen_by(actor, number)
    with look_for(actor, who, case.number):
        rows = CaseLikeness.objects.filter(Q(number=case.number) | Q(other=case.number))
        pairs = [
            (row.other if row.number == case.number else row.number, row)
            for row in rows.filter(dismissed_at=None)
        ]
    with purpose(CASES, KEEP):
        cases = {row.number: row for row in Case.objects.filter(number__in=[n for n, _r in pairs])}
    return [
        Alike(
            other, tuple(row.why), row.metres, cases[other].received_at,
            cases[other].received_at <= case.received_at,
        )
        for other, row in pairs
        if other in cases and not cases[other].merged_into and cases[other].outcome != "withdrawn"
    ]  # fmt: skip


def alike_of(actor: Actor, numbers: Sequence[str]) -> dict[str, str]:
    """Return, for a work list, one earlier case that each is perhaps the same as."""
    with purpose(actor, LIST):
        rows = CaseLikeness.objects.filter(number__in=list(numbers), dismissed_at=None)
        return dict(rows.order_by("-pk").values_list("number", "other"))


def dismiss(actor: Actor, number: str, other: str, reasons: str) -> None:
    """Note that two cases are not the same; the second time changes nothing.

    Raises
    ------
    UnknownCase
        If the actor does not work on the case.
    NotPossible
        If nobody proposed them as the same, or the actor is no officer.
    """
    who, case = seen_by(actor, number)
    if not isinstance(who, Officer):
        raise NotPossible(_("Only an officer says that."), [("by", "dismiss")])
    with purpose(CASES, KEEP), transaction.atomic():
        locked(case.number)
        rows = CaseLikeness.objects.filter(
            Q(number=case.number, other=other) | Q(number=other, other=case.number)
        )
        if not rows.exists():
            raise NotPossible(_("These two cases were not proposed as the same."), [("links", "")])
        rows.filter(dismissed_at=None).update(
            dismissed_at=times.now(), dismissed_by=actor.id, reasons=reasons[:400]
        )
        audit.record(actor.id, "cases.not_the_same", f"case:{case.number}", detail={"other": other})


def _candidates(case: Case) -> Iterable[Case]:
    """Return other cases of the service: of the person, or of the district if about a place.

    They came in up to two weeks before or after: paper is keyed in later than it was received.
    """
    near = Q(received_at__range=(case.received_at - WITHIN, case.received_at + WITHIN))
    mine = Q(subject=case.subject) if case.subject else Q(pk="")
    if _has_place(pinned(case.package)):
        mine |= Q(district=case.district)
    rows = Case.objects.filter(near & mine, service=case.service, merged_into="")
    rows = rows.exclude(pk=case.pk).exclude(outcome="withdrawn").exclude(parent=case.number)
    return rows.order_by("-received_at")[:LOOKED_AT_MOST]


def _note(case: Case, other: Case, like: Likeness) -> None:
    if CaseLikeness.objects.filter(number=other.number, other=case.number).exists():
        return
    CaseLikeness.objects.get_or_create(
        number=case.number, other=other.number,
        defaults={"subject": case.subject, "why": list(like.why), "metres": like.metres},
    )  # fmt: skip


def _matters(cases: Sequence[Case]) -> dict[str, Matter]:
    """Return what each case is about; the facts of all are read at once."""
    facts: dict[str, dict[str, Any]] = defaultdict(dict)
    found = pinned(cases[0].package)
    names = [*_place_names(found), *_things(found), *_categories(found)]
    rows = CaseFact.objects.filter(case__in=[one.pk for one in cases], fact__in=names)
    for row in rows.order_by("version"):
        facts[row.case_id][row.fact] = row.value
    return {one.pk: _matter(one, facts[one.pk], found) for one in cases}


def _matter(case: Case, facts: dict[str, Any], found: Pinned) -> Matter:
    written = next((facts[n] for n in _place_names(found) if isinstance(facts.get(n), str)), "")
    things = {n: facts[n] for n in _things(found) if isinstance(facts.get(n), str)}
    category = next((str(facts[n]) for n in _categories(found) if n in facts), "")
    return Matter(case.subject, case.place, written, things, category)


def _has_place(found: Pinned) -> bool:
    rule = found.package.service.handled_by
    return (rule.by == "place" and rule.level != "city") or bool(_things(found))


def _place_names(found: Pinned) -> list[str]:
    return [q.id for _page, q in found.package.asked() if widget_of(q) in ("place", "address")]


def _things(found: Pinned) -> list[str]:
    return [
        q.id for _page, q in found.package.asked() if q.id.endswith("_number") or q.id == "plate"
    ]


def _categories(found: Pinned) -> list[str]:
    single = (q.id for _page, q in found.package.asked() if widget_of(q) in ("choice", "select"))
    return list(single)[:1]
