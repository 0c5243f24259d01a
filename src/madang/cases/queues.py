"""Work lists of officers: what waits where they work, what is late, what is theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from madang.access.api import Actor, purpose
from madang.cases.case_acting import Acted, Asked, act
from madang.cases.case_clocks import state_of
from madang.cases.case_models import Case
from madang.cases.case_numbers import read_number
from madang.cases.case_packages import pinned
from madang.cases.case_purposes import LIST
from madang.cases.case_words import state_title
from madang.kernel import times
from madang.kernel.errors import Invalid, MadangError

LISTS = ("mine", "unassigned", "overdue", "waiting", "all")
SOON = timedelta(days=1)
PAGE = 50
MOST_AT_ONCE = 100
BULK_VERBS = ("assign", "ask")


@dataclass(frozen=True)
class Waiting:
    """A case in a list: no name, no facts. `lateness` is late, soon, fine or paused."""

    number: str
    service: str
    title: str
    state: str
    received_at: datetime
    due: datetime | None
    lateness: str
    assignee: str
    district: str
    version: int


@dataclass(frozen=True)
class BulkResult:
    """What became of one case of many; `problem` is empty where it was done."""

    number: str
    problem: str


def where_works(actor: Actor) -> Q:
    """Return the condition for cases that lie where a member of staff works."""
    if not actor.departments and not actor.districts:
        return Q()
    found = Q()
    if actor.departments:
        found &= Q(department__in=sorted(actor.departments))
    if actor.districts:
        found &= Q(district__in=sorted(actor.districts))
    return found | Q(assignee=actor.id)


def queue(
    actor: Actor, which: str = "all", *, service: str = "", number: str = "", start: int = 0
) -> list[Waiting]:
    """Return a page of a work list, the most urgent first; closed cases by number only.

    Raises
    ------
    Invalid
        If there is no such list.
    """
    if which not in LISTS:
        raise Invalid(f"there is no list {which!r}", {"list": ", ".join(LISTS)})
    with purpose(actor, LIST):
        rows = _rows(actor, which, service, number)
        return [_waiting(row) for row in rows[start : start + PAGE]]


def counts(actor: Actor) -> dict[str, int]:
    """Return how many cases each list has."""
    with purpose(actor, LIST):
        return {which: _rows(actor, which, "", "").count() for which in LISTS}


def services_in(actor: Actor) -> list[str]:
    """Return the services of which something waits where the actor works."""
    with purpose(actor, LIST):
        rows = Case.objects.filter(where_works(actor)).exclude(state_kind="final")
        return sorted(set(rows.values_list("service", flat=True)))


def bulk(actor: Actor, numbers: Iterable[str], verb: str, asked: Asked) -> list[BulkResult]:
    """Do a verb to many cases, each on its own; what fails for one stops no other.

    Only what binds nobody is done to many at once: assigning and asking.
    """
    wanted = list(dict.fromkeys(numbers))
    if verb not in BULK_VERBS or len(wanted) > MOST_AT_ONCE:
        raise Invalid(f"at most {MOST_AT_ONCE} cases are assigned or asked at once", {"verb": verb})
    found = []
    for number in wanted:
        try:
            done: Acted = act(number, verb, actor, asked)
            found.append(BulkResult(done.number, ""))
        except MadangError as error:
            found.append(BulkResult(number, error.message))
    return found


def lateness(due: datetime | None, now: datetime) -> str:
    """Return how a deadline stands: late, soon, fine, or paused where the clock stands."""
    if due is None:
        return "paused"
    return "late" if due < now else "soon" if due - now < SOON else "fine"


def _rows(actor: Actor, which: str, service: str, number: str) -> QuerySet[Case]:
    rows = Case.objects.filter(where_works(actor))
    if number:
        return rows.filter(number=read_number(number) or "")
    rows = rows.exclude(state_kind="final")
    if service:
        rows = rows.filter(service=service)
    if which == "mine":
        rows = rows.filter(assignee=actor.id)
    elif which == "unassigned":
        rows = rows.filter(assignee="", state_kind="open")
    elif which == "overdue":
        rows = rows.filter(due__lt=times.now())
    elif which == "waiting":
        rows = rows.filter(state_kind="waiting")
    return rows.order_by("due", "received_at")


def _waiting(case: Case) -> Waiting:
    found = pinned(case.package)
    return Waiting(
        number=case.number,
        service=case.service,
        title=found.package.service.title,
        state=state_title(state_of(found.process, case.state)),
        received_at=case.received_at,
        due=case.due,
        lateness=lateness(case.due, times.now()),
        assignee=case.assignee,
        district=case.district,
        version=case.version,
    )
