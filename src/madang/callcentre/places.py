"""Where a contact stands in the queue, how long that may take, and when it does not wait at all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, DurationField, ExpressionWrapper, F, Q

from madang.callcentre.contact_models import Contact, State
from madang.callcentre.engine.queueing import wait_span
from madang.callcentre.operator_models import OperatorState
from madang.callcentre.rules import centre, is_open, next_opening
from madang.city.api import profile

PRESENT = timedelta(seconds=60)
MEASURED_OVER = timedelta(days=14)
FEWEST = 20  # contacts of which a mean handling time says something


@dataclass(frozen=True)
class Place:
    """Where a contact stands.

    Parameters
    ----------
    state : machine, waiting, offered, active, wrapup, done; or closed, full: it does not wait.
    number : place in its queue, 1 for the next; 0 where it does not wait.
    wait_s : expected wait; low_s and high_s hold in 8 of 10 cases. None where nobody who speaks
        the language is there just now.
    operator : account of whoever has it. address : where a call is referred to (SIP), or empty.
    opens : when somebody is there again, where it is closed.
    """

    state: str
    number: int = 0
    wait_s: float | None = None
    low_s: float | None = None
    high_s: float | None = None
    operator: str = ""
    address: str = ""
    opens: datetime | None = None


def place(row: Contact, now: datetime) -> Place:
    """Return where a contact stands; within `KEEP`."""
    if row.state == State.MACHINE and row.why in ("closed", "full"):
        opens = next_opening(centre(), row.language, now, profile())
        return Place(row.why, opens=opens if row.why == "closed" else None)
    if row.state in (State.OFFERED, State.ACTIVE, State.WRAPUP):
        found = OperatorState.objects.filter(pk=row.operator).first()
        return Place(row.state, operator=row.operator, address=found.address if found else "")
    if row.state != State.WAITING or row.queued is None:
        return Place(row.state)
    waiting = Contact.objects.filter(state=State.WAITING, language=row.language)
    before = Q(queued__lt=row.queued) | Q(queued=row.queued, pk__lt=row.pk)
    ahead = waiting.filter(before).count()
    mean, low, high = wait_span(ahead + 1, operators_for(row.language, now), handling_s(row, now))
    if math.isinf(mean):
        return Place(row.state, ahead + 1)
    return Place(row.state, ahead + 1, mean, low, high)


def refusal(row: Contact, now: datetime) -> str:
    """Return why a contact cannot wait: ``closed``, ``full``, or nothing; within `KEEP`."""
    said = centre()
    if not is_open(said, row.language, now, profile()):
        return "closed"
    waiting = Contact.objects.filter(state__in=(State.WAITING, State.OFFERED)).count()
    return "full" if waiting >= said.most_waiting else ""


def operators_for(language: str, now: datetime) -> int:
    """Return how many operators who speak a language are at work and there."""
    here = OperatorState.objects.filter(
        state=OperatorState.State.AVAILABLE, seen__gt=now - PRESENT
    ).values_list("languages", flat=True)
    return sum(language in languages for languages in here)


def handling_s(row: Contact, now: datetime) -> float:
    """Return the mean handling time of late [s]; the city's assumption where few are measured."""
    done = Contact.objects.filter(
        language=row.language, answered__isnull=False, ended__isnull=False,
        queued__gt=now - MEASURED_OVER,
    )  # fmt: skip
    took = ExpressionWrapper(F("ended") - F("answered"), output_field=DurationField())
    if done.count() < FEWEST:
        return centre().handling_s
    mean = done.aggregate(mean=Avg(took))["mean"]
    return float(mean.total_seconds()) if mean else centre().handling_s
