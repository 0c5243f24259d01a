"""Pages on the way to an appointment: matter, office, day and time, who comes, check, booked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from madang.cases import appointments, office_closures, waiting_list
from madang.cases.appointment_forms import (
    booking_of,
    details_context,
    read_day,
    read_moment,
    summary_of,
    via_of,
    visitor_of,
    wish_of,
)
from madang.cases.appointment_rows import checked_visitor
from madang.cases.appointment_seats import free
from madang.cases.appointment_shown import (
    Time,
    address,
    clock_text,
    day_text,
    hour_text,
    language,
    matter_title,
    places_text,
    shown_office,
)
from madang.cases.appointments_api import first_free
from madang.cases.errors import HoldOver, NotOpenThen, SlotTaken
from madang.cases.office_file import Matter
from madang.cases.offices import Office, is_unit, nearest, offices
from madang.city.api import profile
from madang.identity.api import client_address, current_actor
from madang.kernel.errors import Invalid, LimitReached

_SHOWN = 8  # offices of a list
_DAYS = 7


def trail(*further: tuple[str, str]) -> list[tuple[str, str]]:
    """Return the links above a page on the way to an appointment."""
    return [(_("Home"), "/"), (_("Appointments"), address("appointments")), *further]


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Ask what somebody comes for."""
    chosen = request.GET.get("matter", "")
    if chosen in offices().matters:
        return redirect(address("appointment-office", matter=chosen))
    matters = [(one.id, matter_title(one), "") for one in offices().matters.values()]
    context = {
        "heading": _("Book an appointment") if matters else _("Appointments by telephone"),
        "crumbs": [(_("Home"), "/")],
        "matters": matters,
        "errors": {"matter": _("Choose what you come for.")} if "matter" in request.GET else {},
    }
    return render(request, "cases/appointment_start.html", context)


@require_safe
def choose_office(request: HttpRequest) -> HttpResponse:
    """Show the nearest offices for a matter, each with its first free time."""
    matter = _matter(request.GET)
    house = offices()
    serving = house.serving(matter)
    near = request.GET.get("near", "")
    context: dict[str, Any] = {
        "heading": _("Where do you want to come?"),
        "crumbs": trail((matter_title(matter), address("appointments"))),
        "matter": matter.id,
        "near": near,
        "places": _places(),
    }
    if near and is_unit(near):
        found = nearest(serving, near)[:_SHOWN]
        today = profile().today()
        last = today + timedelta(days=house.booking.days_ahead)
        first = first_free([one for one, _km in found], matter.id, today, last)
        context["found"] = [
            shown_office(
                one, km=km, first=first[one.id],
                url=address("appointment-time", matter=matter.id, office=one.id),
            )
            for one, km in found
        ]  # fmt: skip
    return render(request, "cases/appointment_office.html", context)


@never_cache
def choose_time(request: HttpRequest) -> HttpResponse:
    """Show the free times of a day, and the days of a week; choosing one keeps it."""
    given = request.POST if request.method == "POST" else request.GET
    matter, office = _matter(given), _office(given)
    trouble = ""
    if request.method == "POST":
        try:
            return _hold(request, matter, office)
        except (SlotTaken, NotOpenThen, LimitReached) as error:
            trouble = error.message
    asked = read_moment(given.get("start", ""))
    day = profile().local(asked).date() if asked else read_day(given.get("day", ""))
    context = time_context(office, matter, day)
    context |= {
        "heading": _("When do you want to come?"),
        "crumbs": trail(
            (matter_title(matter), address("appointments")),
            (office.name(language()), address("appointment-office", matter=matter.id)),
        ),
        "matter": matter.id,
        "office": shown_office(office),
        "failed": [trouble] if trouble else [],
        "closed": [
            (day_text(a), day_text(b), why)
            for a, b, why in office_closures.reasons(office, profile().today())
        ],
        "wait_url": address("appointment-wait", matter=matter.id, office=office.id),
    }
    return render(request, "cases/appointment_time.html", context, status=409 if trouble else 200)


def time_context(office: Office, matter: Matter, wanted: date | None) -> dict[str, Any]:
    """Return days and times for the page: the week of the day wanted, or of the first free time."""
    house, today = offices(), profile().today()
    last = today + timedelta(days=house.booking.days_ahead)
    found = free([office], matter, today, last, days_ahead=house.booking.days_ahead)[office.id]
    by_day: dict[date, dict[datetime, int]] = {}
    for at, places in found.items():
        by_day.setdefault(profile().local(at).date(), {})[at] = places
    day = wanted if wanted and today <= wanted <= last else min(by_day, default=today)
    shown = [one for one in sorted(by_day) if one >= day - timedelta(days=day.weekday())][:_DAYS]
    earlier = [one for one in sorted(by_day) if shown and one < shown[0]]
    later = [one for one in sorted(by_day) if shown and one > shown[-1]]
    return {
        "day": day_text(day),
        "chosen_day": day.isoformat(),
        "days": [
            (one.isoformat(), day_text(one), places_text(sum(by_day[one].values())), one == day)
            for one in shown
        ],
        "hours": _hours(by_day.get(day, {})),
        "earlier": earlier[-min(_DAYS, len(earlier))].isoformat() if earlier else "",
        "later": later[0].isoformat() if later else "",
        "any_free": bool(found),
    }  # fmt: skip


@never_cache
@sensitive_post_parameters("name", "address")
def details(request: HttpRequest, hold: str) -> HttpResponse:
    """Ask who comes; show the answers once more; book."""
    given = request.POST if request.method == "POST" else request.GET
    matter, office = _matter(given), _office(given)
    at = read_moment(given.get("start", ""))
    try:
        kept = appointments.held(hold)
        if at is None or kept.office != office.id or kept.start != at:
            raise HoldOver
    except HoldOver as error:
        known = _booked_before(request, hold)
        return known or _over(request, matter, office, error.message)
    actor = current_actor(request)
    context = details_context(request, office, matter, at) | {
        "until": kept.until,
        "crumbs": trail(),
    }
    if request.method != "POST" or request.POST.get("step") == "change":
        return render(request, "cases/appointment_details.html", context)
    try:
        checked_visitor(actor, matter, visitor_of(request), via_of(request))
        if request.POST.get("step") != "book":
            context |= {
                "heading": _("Is this right?"),
                "rows": summary_of(request, office, matter, at),
            }
            return render(request, "cases/appointment_check.html", context)
        row = appointments.book(actor, booking_of(request, hold, office, matter, at))
    except (SlotTaken, HoldOver) as error:
        return _over(request, matter, office, error.message)
    except Invalid as error:
        context |= {"errors": error.fields, "error_list": list(error.fields.items())}
        return render(request, "cases/appointment_details.html", context, status=422)
    return redirect(address("appointment-with", row.key) + "?new=1")


@never_cache
@sensitive_post_parameters("name", "address")
def wait(request: HttpRequest) -> HttpResponse:
    """Go on the waiting list of an office."""
    given = request.POST if request.method == "POST" else request.GET
    matter, office = _matter(given), _office(given)
    context = details_context(request, office, matter, None)
    context |= {
        "heading": _("Tell me when a time is free"),
        "crumbs": trail(),
        "is_wish": True,
        "first_day": given.get("first_day") or profile().today().isoformat(),
        "last_day": given.get("last_day")
        or (profile().today() + timedelta(days=_DAYS)).isoformat(),
    }
    if request.method != "POST":
        return render(request, "cases/appointment_details.html", context)
    try:
        row = waiting_list.wait(current_actor(request), wish_of(request, office, matter))
    except Invalid as error:
        context |= {"errors": error.fields, "error_list": list(error.fields.items())}
        return render(request, "cases/appointment_details.html", context, status=422)
    return redirect(address("appointment-with", row.key) + "?new=1")


@require_safe
def counters(request: HttpRequest) -> HttpResponse:
    """Show the nearest offices: where they are, when they are open, what one can do there."""
    near = request.GET.get("near", "")
    house = offices()
    found = nearest(list(house.by_id.values()), near)[:_SHOWN] if near and is_unit(near) else []
    shut = {one.id: office_closures.reasons(one, profile().today()) for one, _km in found}
    hours = [f"{a:%H:%M}–{b:%H:%M}" for a, b in house.hours.spans]
    today_open = profile().calendar.is_working_day(profile().today())
    context = {
        "heading": _("The counters nearest to you") if found else _("Find the nearest counter"),
        "crumbs": [(_("Home"), "/")],
        "near": near,
        "places": _places(),
        "hours": ", ".join(hours),
        "lunch": house.hours.lunch is not None,
        "is_open_today": today_open,
        "found": [
            (
                shown_office(one, km=km),
                [matter_title(m) for m in house.matters.values() if one in house.serving(m)],
                [(day_text(a), day_text(b), why) for a, b, why in shut[one.id]],
            )
            for one, km in found
        ],
    }
    return render(request, "cases/counters.html", context)


def _hold(request: HttpRequest, matter: Matter, office: Office) -> HttpResponse:
    at = read_moment(request.POST.get("start", ""))
    if at is None:
        raise NotOpenThen
    actor = current_actor(request)
    by = actor.id or client_address(request)
    kept = appointments.hold(by, office.id, matter.id, at)
    asked = {"matter": matter.id, "office": office.id, "start": request.POST["start"]}
    return redirect(address("appointment-details", kept.holder, **asked))


def _booked_before(request: HttpRequest, hold: str) -> HttpResponse | None:
    """Return the page of what this form booked already: the last button was pressed twice."""
    if request.POST.get("step") != "book":
        return None
    key = appointments.key_of_hold(hold)
    return redirect(address("appointment-with", key)) if key else None


def _over(request: HttpRequest, matter: Matter, office: Office, said: str) -> HttpResponse:
    context = {
        "heading": _("Choose a time once more"),
        "crumbs": trail(),
        "failed": [said],
        "url": address("appointment-time", matter=matter.id, office=office.id),
    }
    return render(request, "cases/appointment_over.html", context, status=409)


def _hours(free_of: dict[datetime, int]) -> list[tuple[str, list[Time]]]:
    """Return the times of a day by hour, as a table has them."""
    rows: dict[str, list[Time]] = {}
    for at in sorted(free_of):
        hour = profile().local(at).replace(minute=0)
        rows.setdefault(hour_text(hour), []).append(
            Time(at.isoformat(), clock_text(at), free_of[at])
        )
    return list(rows.items())


def _places() -> list[tuple[str, str]]:
    named = sorted(
        (one.name(language()), one.code) for one in profile().districts(profile().today())
    )
    return [("", _("Choose")), *((code, str(name)) for name, code in named)]


def _matter(given: QueryDict) -> Matter:
    return offices().matter(given.get("matter", "")[:64])


def _office(given: QueryDict) -> Office:
    return offices().office(given.get("office", "")[:32])
