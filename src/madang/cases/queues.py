"""Work lists of officers: what waits where they work, what is late, what is theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose
from madang.cases.audit.blind import hidden_numbers
from madang.cases.case_acting import Asked, act
from madang.cases.case_clocks import state_of
from madang.cases.case_duplicates import alike_of
from madang.cases.case_looking import case_for
from madang.cases.case_models import Case
from madang.cases.case_numbers import read_number
from madang.cases.case_packages import pinned, worded
from madang.cases.case_purposes import LIST
from madang.cases.case_words import state_title
from madang.cases.rules import is_adverse, possible
from madang.kernel import times
from madang.kernel.errors import Invalid, MadangError

LISTS = ("mine", "unassigned", "overdue", "waiting", "all")
SOON = timedelta(days=1)
PAGE = 50
MOST_AT_ONCE = 100
BULK_KINDS = ("assign", "ask", "forward", "complete", "close")


@dataclass(frozen=True)
class Waiting:
    """A case in a list: no name, no facts. `lateness` is late, soon, fine or paused.

    alike: number of a case that it is perhaps the same as.
    """

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
    alike: str = ""


@dataclass(frozen=True)
class BulkResult:
    """What became of one case of many; `problem` is empty where it was done."""

    number: str
    problem: str
    note: str = ""


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
        page = list(rows[start : start + PAGE])
    same = alike_of(actor, [row.number for row in page])
    return [_waiting(row, same.get(row.number, "")) for row in page]


def counts(actor: Actor) -> dict[str, int]:
    """Return how many cases each list has, counted in one go."""
    now = times.now()
    wanted = {one: Count("pk", filter=_of_list(actor, one, now)) for one in LISTS}
    with purpose(actor, LIST):
        return _open_rows(actor).aggregate(**wanted)


def services_in(actor: Actor) -> list[tuple[str, str]]:
    """Return id and title of the services of which something waits where the actor works."""
    with purpose(actor, LIST):
        rows = Case.objects.filter(where_works(actor)).exclude(state_kind="final")
        found = dict(rows.values_list("service", "package").order_by("service").distinct())
    titles = {one: worded(pinned(package)).service.title for one, package in found.items()}
    return sorted(titles.items(), key=lambda one: one[1])


def bulk(
    actor: Actor,
    numbers: Iterable[str],
    verb: str,
    asked: Asked,
    *,
    versions: Mapping[str, int] | None = None,
) -> list[BulkResult]:
    """Do a kind of verb to many cases, each on its own; what fails for one stops no other.

    A no is never said to many at once: an adverse act is weighed and reasoned for each person
    (행정절차법 제23조). Where closing a case would end in one, that case is left and named.

    Parameters
    ----------
    verb : kind of verb, of `BULK_KINDS`; each service may call it otherwise.
    versions : which version of each case was seen; those that changed since are left.

    Raises
    ------
    Invalid
        If the kind is not for many, there are too many cases, or reasons are missing that all
        of them need.
    """
    wanted = list(dict.fromkeys(numbers))
    if verb not in BULK_KINDS or len(wanted) > MOST_AT_ONCE:
        raise Invalid(
            _("At most %(n)s cases at once are assigned, asked, forwarded or closed; "
              "each refusal is decided on its own.") % {"n": MOST_AT_ONCE}, {"verb": verb},
        )  # fmt: skip
    if verb != "assign" and not asked.reasons.strip():
        said = _("Say why; everybody concerned reads it.")
        raise Invalid(said, {"reasons": said})
    seen = versions or {}
    return [
        _one_of_many(actor, number, verb, replace(asked, expects_version=seen.get(number)))
        for number in wanted
    ]


def _one_of_many(actor: Actor, number: str, kind: str, asked: Asked) -> BulkResult:
    try:
        found = case_for(actor, number)
        process = pinned(found.package).process
        states = {state.id: state for state in process.states}
        verbs = [one for one in possible(process, found.state) if one.kind == kind]
        if any(is_adverse(one, states[one.to or found.state]) for one in verbs):
            return BulkResult(number, _("This would refuse it. Decide it on its own page."))
        if not verbs:
            said = _("That cannot be done now: the case is in the state %(detail)s.")
            return BulkResult(number, said % {"detail": found.state_title})
        done = act(number, verbs[0].id, actor, asked)
    except MadangError as error:
        return BulkResult(number, error.message)
    return BulkResult(done.number, "", _("Another officer has to confirm it.")
                      if done.awaits_second else "")  # fmt: skip


def lateness(due: datetime | None, now: datetime) -> str:
    """Return how a deadline stands: late, soon, fine, or paused where the clock stands."""
    if due is None:
        return "paused"
    return "late" if due < now else "soon" if due - now < SOON else "fine"


def _rows(actor: Actor, which: str, service: str, number: str) -> QuerySet[Case]:
    if number:
        return _seen_rows(actor).filter(number=read_number(number) or "")
    rows = _open_rows(actor).filter(_of_list(actor, which, times.now()))
    if service:
        rows = rows.filter(service=service)
    return rows.order_by("-priority", "due", "received_at")


def _seen_rows(actor: Actor) -> QuerySet[Case]:
    """Return the cases where the actor works, without those they decide once more unseen."""
    rows = Case.objects.filter(where_works(actor))
    blind = hidden_numbers(actor)
    return rows.exclude(number__in=blind) if blind else rows


def _open_rows(actor: Actor) -> QuerySet[Case]:
    return _seen_rows(actor).exclude(state_kind="final")


def _of_list(actor: Actor, which: str, now: datetime) -> Q:
    """Return the condition of a list among what is open."""
    match which:
        case "mine":
            return Q(assignee=actor.id)
        case "unassigned":
            return Q(assignee="", state_kind="open")
        case "overdue":
            return Q(due__lt=now)
        case "waiting":
            return Q(state_kind="waiting")
        case _:
            return Q()


def _waiting(case: Case, alike: str) -> Waiting:
    package = worded(pinned(case.package))
    return Waiting(
        number=case.number,
        service=case.service,
        title=package.service.title,
        state=state_title(state_of(package.process, case.state)),
        received_at=case.received_at,
        due=case.due,
        lateness=lateness(case.due, times.now()),
        assignee=case.assignee,
        district=case.district,
        version=case.version,
        alike=alike,
    )
