"""Closing an office for some days: whoever has an appointment then is told, and can book anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose
from madang.cases import appointments
from madang.cases.appointment_desk import require_place
from madang.cases.appointment_rules import APPOINTMENTS, OWN
from madang.cases.errors import LastOfflineChannel
from madang.cases.models import Appointment, OfficeClosure
from madang.cases.office_rules import ServiceChannels, closing_problem
from madang.cases.offices import Office
from madang.city.api import profile
from madang.kernel import audit, times
from madang.kernel.errors import Invalid

_LONGEST = 31  # days; an office that closes for good leaves the city's profile


def close_days(
    actor: Actor,
    office: Office,
    days: tuple[date, date],
    why: str,
    *,
    services: Iterable[ServiceChannels] = (),
) -> int:
    """Close an office from one day to another; return how many appointments were cancelled.

    Raises
    ------
    LastOfflineChannel
        If a service would be left without any way but the computer.
    Invalid
        If the days do not fit, or nobody says why.
    """
    require_place(actor, office)
    first, last = days
    if not profile().today() <= first <= last or (last - first).days >= _LONGEST:
        reason = _("Choose days from today on, at most 31.")
        raise Invalid(reason, {"first_day": reason})
    if not 0 < len(why.strip()) <= 200:
        reason = _("Say why, in at most 200 letters: residents read it.")
        raise Invalid(reason, {"why": reason})
    left = closing_problem(office.id, services)
    if left:
        text = _("This office is the last way without a computer to: %(services)s.")
        raise LastOfflineChannel(text % {"services": ", ".join(left)})
    with transaction.atomic():
        row = OfficeClosure.objects.create(
            office=office.id, first_day=first, last_day=last, why=why.strip(), by=actor.id
        )
        audit.record(actor.id, "cases.close_office", f"office:{office.id}",
                     detail={"first_day": str(first), "last_day": str(last)})  # fmt: skip
        return _cancel_all(actor, row)


def reasons(office: Office, since: date) -> list[tuple[date, date, str]]:
    """Return from when to when an office is closed, and why, as far as it is not over."""
    rows = OfficeClosure.objects.filter(
        office=office.id, last_day__gte=since, ended__isnull=True
    ).order_by("first_day")
    return [(row.first_day, row.last_day, row.why) for row in rows]


def _cancel_all(actor: Actor, closed: OfficeClosure) -> int:
    zone = profile().timezone
    since = times.day_span(closed.first_day, zone)[0]
    until = times.day_span(closed.last_day, zone)[1]
    states = (Appointment.State.BOOKED, Appointment.State.OFFERED)
    with purpose(APPOINTMENTS, OWN):
        rows = list(
            Appointment.objects.filter(
                office=closed.office, start__gte=max(since, times.now()), start__lt=until,
                state__in=states,
            )
        )  # fmt: skip
    for row in rows:
        appointments.cancel(actor, row, why="office")
    return len(rows)
