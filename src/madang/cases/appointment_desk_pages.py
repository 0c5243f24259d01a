"""Pages of an office's counter: who comes today, the queue, letters, closed days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madang.access.api import Actor
from madang.cases import appointment_desk, appointment_letters, office_closures
from madang.cases.appointment_desk import Visit
from madang.cases.appointment_forms import read_day
from madang.cases.appointment_rules import NEEDS
from madang.cases.appointment_shown import (
    address,
    counter_title,
    day_text,
    in_groups,
    language,
    matter_title,
    shown_office,
    state_text,
)
from madang.cases.models import Ticket
from madang.cases.offices import Office, offices, serves
from madang.city.api import profile
from madang.identity.api import current_actor
from madang.kernel.errors import Conflict, Invalid, NotFound


@dataclass(frozen=True)
class ShownVisit:
    """Who comes, in the officer's words."""

    visit: Visit
    number: str
    counter: str
    matter: str
    needs: list[str]
    language: str
    state: str


@dataclass(frozen=True)
class ShownTicket:
    """A number of the queue, in the officer's words."""

    ticket: Ticket
    counter: str
    matter: str
    kind: str


@never_cache
def choose(request: HttpRequest) -> HttpResponse:
    """Choose the office at whose counter one works."""
    actor = current_actor(request)
    district = request.GET.get("district", "") or next(iter(sorted(actor.districts)), "")
    named = sorted((one.name(language()), one.code) for one in _districts(actor))
    context = {
        "heading": _("At which office do you work today?"),
        "crumbs": [(_("Home"), "/")],
        "district": district,
        "places": [("", _("Choose")), *((code, str(name)) for name, code in named)],
        "found": [
            (one.name(language()), address("counter-appointments-day", one.id))
            for one in offices().by_id.values()
            if district and one.district == district
        ],
    }
    return render(request, "cases/desk_choose.html", context)


@never_cache
def day(request: HttpRequest, office: str) -> HttpResponse:
    """Show who comes on a day and who waits; check in, call, note how it went."""
    here, actor = offices().office(office), current_actor(request)
    appointment_desk.require_place(actor, here)
    trouble = ""
    if request.method == "POST":
        try:
            messages.success(request, _said(request, actor, here))
            return redirect("counter-appointments-day", office)
        except (Conflict, Invalid, NotFound) as error:
            trouble = error.message
    wanted = read_day(request.GET.get("day", "")) or profile().today()
    found = [_shown(one) for one in appointment_desk.visits(actor, here, wanted)]
    is_today = wanted == profile().today()
    waiting = [_ticket(one) for one in appointment_desk.queue(here)] if is_today else []
    name = here.name(language())
    heading = ngettext("%(n)s appointment", "%(n)s appointments", len(found)) % {"n": len(found)}
    context: dict[str, Any] = {
        "heading": f"{name}: {heading}, {day_text(wanted)}",
        "crumbs": _trail(),
        "failed": [trouble] if trouble else [],
        "office": shown_office(here),
        "day": wanted.isoformat(),
        "is_today": is_today,
        "visits": found,
        "waiting": waiting,
        "called": [_ticket(one) for one in appointment_desk.called(here)] if is_today else [],
        "counters": [(name, counter_title(name)) for name in here.counters],
        "matters": _matters(here),
        "desk": request.session.get("appointment-desk", "1"),
        "counter": request.session.get("appointment-counter", ""),
        "letters": appointment_letters.count(here) if "clerk" in actor.roles else 0,
        "is_clerk": "clerk" in actor.roles,
    }
    return render(request, "cases/desk_day.html", context, status=409 if trouble else 200)


@never_cache
def letters(request: HttpRequest, office: str) -> HttpResponse:
    """Show the letters of an office, ready to print; note that they were."""
    here, actor = offices().office(office), current_actor(request)
    if request.method == "POST":
        count = appointment_letters.note_printed(actor, here, request.POST.getlist("letter"))
        said = ngettext("%(n)s letter is posted.", "%(n)s letters are posted.", count)
        messages.success(request, said % {"n": count})
        return redirect("counter-appointments-letters", office)
    found = appointment_letters.to_print(actor, here)
    said = ngettext("%(n)s letter to print", "%(n)s letters to print", len(found))
    context = {
        "heading": said % {"n": len(found)} if found else _("No letter to print"),
        "crumbs": _trail((here.name(language()), address("counter-appointments-day", office))),
        "letters": found,
    }
    return render(request, "cases/desk_letters.html", context)


@never_cache
def close(request: HttpRequest, office: str) -> HttpResponse:
    """Close an office for some days: whoever is booked then is told."""
    here, actor = offices().office(office), current_actor(request)
    given = request.POST
    today = profile().today().isoformat()
    context: dict[str, Any] = {
        "heading": _("Close %(office)s for some days") % {"office": here.name(language())},
        "crumbs": _trail((here.name(language()), address("counter-appointments-day", office))),
        "first_day": given.get("first_day", today),
        "last_day": given.get("last_day", today),
        "why": given.get("why", ""),
        "closed": [
            (day_text(a), day_text(b), why)
            for a, b, why in office_closures.reasons(here, profile().today())
        ],
    }
    if request.method != "POST":
        return render(request, "cases/desk_close.html", context)
    days = (read_day(context["first_day"]) or date.max, read_day(context["last_day"]) or date.min)
    try:
        count = office_closures.close_days(actor, here, days, context["why"])
    except (Invalid, Conflict) as error:
        fields = error.fields if isinstance(error, Invalid) else {"first_day": error.message}
        context |= {"errors": fields, "error_list": list(fields.items())}
        return render(request, "cases/desk_close.html", context, status=422)
    said = ngettext("Closed. %(n)s person is told.", "Closed. %(n)s people are told.", count)
    messages.success(request, said % {"n": count})
    return redirect("counter-appointments-day", office)


def _said(request: HttpRequest, actor: Actor, office: Office) -> str:
    given = request.POST
    verb, which = given.get("verb", ""), given.get("which", "")
    if verb == "arrive":
        ticket = appointment_desk.arrive(actor, which)
        return _("Checked in: number %(n)s") % {"n": ticket.number}
    if verb == "walk-in":
        ticket = appointment_desk.walk_in(office, given.get("matter", ""))
        return _("Number %(n)s for who walked in") % {"n": ticket.number}
    if verb == "next":
        return _called(request, actor, office)
    if verb == "no-show":
        appointment_desk.note_no_show(actor, which)
        return _("Noted: not come")
    if verb == "undo":
        appointment_desk.undo_no_show(actor, which)
        return _("Taken back")
    if verb in ("served", "gone") and which.isdecimal():
        appointment_desk.finish(actor, int(which), verb)
        return _("It is noted.")
    raise Invalid(_("Choose what to do."))


def _called(request: HttpRequest, actor: Actor, office: Office) -> str:
    counter, desk = request.POST.get("counter", ""), request.POST.get("desk", "")
    number = int(desk) if desk.isdecimal() and len(desk) < 3 else 0
    ticket = appointment_desk.call_next(actor, office, counter, number)
    request.session["appointment-desk"], request.session["appointment-counter"] = desk, counter
    if ticket is None:
        return _("Nobody waits at this counter.")
    return _("Number %(n)s, desk %(desk)s") % {"n": ticket.number, "desk": ticket.desk}


def _shown(visit: Visit) -> ShownVisit:
    return ShownVisit(
        visit=visit,
        number=in_groups(visit.number),
        counter=counter_title(visit.counter),
        matter=matter_title(offices().matter(visit.matter)),
        needs=[_(NEEDS[one]) for one in visit.needs if one in NEEDS],
        language=_language_name(visit.language),
        state=state_text(visit.state),
    )


def _ticket(ticket: Ticket) -> ShownTicket:
    return ShownTicket(
        ticket=ticket,
        counter=counter_title(ticket.counter),
        matter=matter_title(offices().matter(ticket.matter)),
        kind=_("appointment") if ticket.due else _("walked in"),
    )


def _matters(office: Office) -> list[tuple[str, str]]:
    return [(m.id, matter_title(m)) for m in offices().matters.values() if serves(office, m)]


def _districts(actor: Actor) -> list[Any]:
    found = profile().districts(profile().today())
    return [one for one in found if not actor.districts or one.code in actor.districts]


def _language_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _trail(*further: tuple[str, str]) -> list[tuple[str, str]]:
    desk = (_("Counter today"), address("counter-appointments"))
    return [(_("Home"), "/"), desk, *further]
