"""Pages of an appointment that is booked: one's own list, one appointment, move, cancel, check in.

An appointment opens by its key (the link in the message, on the printed page) or for whoever is
signed in and has it; both lead to the same page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from madang.access.api import Actor
from madang.cases import appointment_desk, appointments, waiting_list
from madang.cases.appointment_forms import read_day, read_moment
from madang.cases.appointment_pages import time_context, trail
from madang.cases.appointment_scope import check_may_change, may_change
from madang.cases.appointment_shown import (
    ShownAppointment,
    address,
    qr_of,
    shown_appointment,
    shown_office,
)
from madang.cases.appointment_words import calendar_entry
from madang.cases.errors import (
    HoldOver,
    NotChangeable,
    NotOpenThen,
    SlotTaken,
    UnknownAppointment,
    UnknownOffice,
)
from madang.cases.models import Appointment, Ticket
from madang.cases.offices import offices
from madang.identity.api import current_actor
from madang.kernel.errors import Conflict


@dataclass(frozen=True)
class Way:
    """How an appointment was opened: by whom, and where its pages are."""

    actor: Actor
    row: Appointment
    pages: str
    right: str

    def url(self, page: str = "") -> str:
        """Return the address of one of its pages."""
        return address(f"{self.pages}{page}", self.right)


View = Callable[[HttpRequest, Way], HttpResponse]


def by_key(view: View) -> Callable[..., HttpResponse]:
    """Return the view for whoever has the key."""

    @never_cache
    def opened(request: HttpRequest, key: str) -> HttpResponse:
        row = appointments.with_key(key)
        return view(request, Way(current_actor(request), row, "appointment-with", key))

    return opened


def by_owner(view: View) -> Callable[..., HttpResponse]:
    """Return the view for whoever is signed in and has the appointment."""

    @never_cache
    def opened(request: HttpRequest, appointment: str) -> HttpResponse:
        actor = current_actor(request)
        row = appointments.of_actor(actor, appointment)
        return view(request, Way(actor, row, "appointment-one", appointment))

    return opened


@require_safe
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """Show one's own appointments: those to come, then those that are over."""
    rows = appointments.list_of(current_actor(request))
    shown = [shown_appointment(row, address("appointment-one", row.pk)) for row in rows]
    ahead = [one for one in shown if one.is_open or one.state in ("waiting", "offered", "arrived")]
    heading = ngettext("%(n)s appointment ahead", "%(n)s appointments ahead", len(ahead))
    context = {
        "heading": heading % {"n": len(ahead)} if ahead else _("No appointment ahead"),
        "crumbs": trail(),
        "ahead": ahead,
        "past": [one for one in reversed(shown) if one not in ahead][:20],
    }
    return render(request, "cases/appointments_mine.html", context)


def show(request: HttpRequest, way: Way) -> HttpResponse:
    """Show an appointment: when, where, what to bring, how to change it; take an offer."""
    if request.method == "POST":
        try:
            waiting_list.accept(way.actor, way.row)
        except (HoldOver, NotChangeable) as error:
            return _said(request, way, error, status=409)
        messages.success(request, _("The time is yours."))
        return redirect(way.url())
    return _said(request, way, None)


def move(request: HttpRequest, way: Way) -> HttpResponse:
    """Choose another time of the same office; the old one is given up for it."""
    check_may_change(way.actor, way.row)
    house, trouble = offices(), ""
    office, matter = house.office(way.row.office), house.matter(way.row.matter)
    if request.method == "POST":
        try:
            at = read_moment(request.POST.get("start", ""))
            if at is None:
                raise NotOpenThen
            appointments.move(way.actor, way.row, at)
            messages.success(request, _("Your appointment is moved."))
            return redirect(way.url())
        except (SlotTaken, NotOpenThen, NotChangeable) as error:
            trouble = error.message
    shown = shown_appointment(way.row, way.url())
    context = time_context(office, matter, read_day(request.GET.get("day", "")))
    context |= {
        "heading": _("Which time instead?"),
        "crumbs": _trail(shown),
        "office": shown.office,
        "now": shown,
        "failed": [trouble] if trouble else [],
        "is_move": True,
    }
    return render(request, "cases/appointment_time.html", context, status=409 if trouble else 200)


def cancel(request: HttpRequest, way: Way) -> HttpResponse:
    """Ask once more, then cancel."""
    check_may_change(way.actor, way.row)
    shown = shown_appointment(way.row, way.url())
    if request.method == "POST":
        try:
            appointments.cancel(way.actor, way.row)
        except NotChangeable as error:
            return _said(request, way, error, status=409)
        messages.success(request, _("Cancelled. Somebody else can have the time now."))
        return redirect(way.url())
    is_waiting = way.row.state == "waiting"
    context = {
        "heading": _("Leave the waiting list?") if is_waiting else _("Cancel this appointment?"),
        "crumbs": _trail(shown),
        "item": shown,
    }
    return render(request, "cases/appointment_cancel.html", context)


def calendar(request: HttpRequest, way: Way) -> HttpResponse:
    """Return the entry for a calendar."""
    if way.row.start is None:
        raise UnknownAppointment
    body = calendar_entry(way.row)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


@never_cache
def check_in(request: HttpRequest) -> HttpResponse:
    """Check in at the office by the number of the appointment; show the ticket."""
    given = request.POST if request.method == "POST" else request.GET
    try:
        office = offices().office(given.get("office", "")[:32])
    except UnknownOffice:
        return redirect("counters")
    context: dict[str, Any] = {
        "heading": _("Check in: type the number of your appointment"),
        "crumbs": [(_("Home"), "/")],
        "office": shown_office(office),
        "number": given.get("number", ""),
    }
    if request.method != "POST":
        return render(request, "cases/check_in.html", context)
    try:
        ticket = appointment_desk.check_in(office, given.get("number", "")[:40])
    except (UnknownAppointment, Conflict) as error:
        context["errors"] = {"number": error.message}
        return render(request, "cases/check_in.html", context, status=422)
    context |= {"heading": _("Your number is %(n)s") % {"n": ticket.number},
                "before": _before(ticket), "ticket": ticket}  # fmt: skip
    return render(request, "cases/check_in.html", context)


def _before(ticket: Ticket) -> int:
    office = offices().office(ticket.office)
    numbers = [one.number for one in appointment_desk.queue(office, ticket.counter)]
    return numbers.index(ticket.number) if ticket.number in numbers else 0


def _said(request: HttpRequest, way: Way, error: Any, *, status: int = 200) -> HttpResponse:
    shown = shown_appointment(way.row, way.url())
    context = {
        "heading": heading_of(way.row, shown),
        "crumbs": trail(),
        "item": shown,
        "is_new": "new" in request.GET,
        "failed": [error.message] if error else [],
        "qr": qr_of(way.row.number),
        "move_url": way.url("-move"),
        "cancel_url": way.url("-cancel"),
        "calendar_url": way.url("-calendar"),
        "may_change": may_change(way.actor, way.row),
        "can_change": shown.is_open or shown.state in ("waiting", "offered"),
    }
    return render(request, "cases/appointment.html", context, status=status)


def heading_of(row: Appointment, shown: ShownAppointment) -> str:
    """Return the answer that stands above an appointment: when and where, or how it stands."""
    said = {"when": shown.when, "office": shown.office.name}
    if row.state in ("booked", "arrived"):
        return _("You are expected %(when)s, %(office)s") % said
    if row.state == "offered":
        return _("A time is free for you: %(when)s") % said
    if row.state == "waiting":
        return _("You are on the waiting list of %(office)s") % said
    if row.state == "cancelled":
        return _("This appointment is cancelled")
    if row.state == "lapsed":
        return _("No time became free in your days")
    return _("This appointment is over")


def _trail(shown: ShownAppointment) -> list[tuple[str, str]]:
    return trail((shown.when or shown.office.name, shown.url))


show_by_key, show_by_owner = by_key(show), by_owner(show)
move_by_key, move_by_owner = by_key(move), by_owner(move)
cancel_by_key, cancel_by_owner = by_key(cancel), by_owner(cancel)
calendar_by_key, calendar_by_owner = by_key(calendar), by_owner(calendar)
