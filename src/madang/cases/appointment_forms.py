"""The form of an appointment: what is asked, what was answered."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings as django_settings
from django.http import HttpRequest
from django.utils.translation import get_language, get_language_info, pgettext
from django.utils.translation import gettext as _

from madang.cases.appointment_rules import (
    CHANNELS,
    NEEDS,
    Booking,
    Visitor,
    Wish,
    is_staff,
)
from madang.cases.appointment_shown import matter_title, shown_office
from madang.cases.appointment_words import moment_in_words
from madang.cases.office_file import Matter
from madang.cases.offices import Office
from madang.city.api import profile
from madang.identity.api import current_actor, is_reachable

_ADDRESSED = ("sms", "email", "letter")


def visitor_of(request: HttpRequest) -> Visitor:
    """Return who comes, as the form has it."""
    given = request.POST
    channel = given.get("channel", "")
    return Visitor(
        name=" ".join(given.get("name", "").split()),
        language=_known_language(given.get("language", "")),
        channel="" if channel == "none" else channel,
        address=given.get("address", "") if channel in _ADDRESSED else "",
        needs=tuple(given.getlist("needs")),
    )


def via_of(request: HttpRequest) -> str:
    """Return how this came to us: what staff says, else by these pages."""
    if not is_staff(current_actor(request)):
        return "web"
    return request.POST.get("via", "")


def booking_of(
    request: HttpRequest, hold: str, office: Office, matter: Matter, at: datetime
) -> Booking:
    """Return the booking that a form asks for."""
    return Booking(office.id, matter.id, at, visitor_of(request), hold, via_of(request))


def wish_of(request: HttpRequest, office: Office, matter: Matter) -> Wish:
    """Return the wish for any time that a form asks for; a day that is none fits no wish."""
    first = read_day(request.POST.get("first_day", "")) or date.max
    last = read_day(request.POST.get("last_day", "")) or date.min
    return Wish(office.id, matter.id, first, last, visitor_of(request), via_of(request))


def details_context(
    request: HttpRequest, office: Office, matter: Matter, at: datetime | None
) -> dict[str, Any]:
    """Return what the page of who comes shows."""
    given, actor = request.POST, current_actor(request)
    staff = is_staff(actor)
    codes = [code for code, _name in django_settings.LANGUAGES]
    numbers = profile().city.phones
    channels = _channels(request)
    chosen = given.get("channel") or channels[0][0]
    return {
        "heading": _("Who comes?"),
        "office": shown_office(office),
        "matter": matter.id,
        "matter_title": matter_title(matter),
        "start": at.isoformat() if at else "",
        "at": at,
        "given": given,
        "name": given.get("name", ""),
        "needs": [(name, _(title), "") for name, title in NEEDS.items()],
        "needs_chosen": given.getlist("needs"),
        "channels": channels,
        "channel": [chosen],
        "languages": [(code, get_language_info(code)["name_local"]) for code in codes],
        "form_language": given.get("language") or get_language() or "",
        "example": numbers.patterns[0].example if numbers.patterns else "",
        "is_staff": staff,
        "vias": [("counter", _("At the counter"), ""), ("phone", _("By telephone"), "")],
        "via": [given.get("via", "counter")],
        "asks_address": any(name in _ADDRESSED for name, _title, _hint in channels),
    }


def summary_of(
    request: HttpRequest, office: Office, matter: Matter, at: datetime
) -> list[tuple[str, str, str]]:
    """Return the answers for the check page: (question, answer, no link)."""
    visitor = visitor_of(request)
    channel = _(CHANNELS[visitor.channel]) if visitor.channel else _("Not at all")
    reached = f"{channel} ({visitor.address.strip()})" if visitor.address else channel
    rows = [
        (pgettext("appointment", "What for"), matter_title(matter), ""),
        (_("Where"), office.name(get_language() or ""), ""),
        (_("When"), moment_in_words(at), ""),
        (_("Name"), visitor.name, ""),
        (_("Reminder"), reached, ""),
        (_("Language"), get_language_info(visitor.language)["name_local"], ""),
    ]
    needs = [_(NEEDS[one]) for one in visitor.needs if one in NEEDS]
    if needs:
        rows = [*rows, (pgettext("appointment", "What you need"), ", ".join(needs), "")]
    return rows


def read_moment(text: str) -> datetime | None:
    """Return the moment that a form carries, None for none."""
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    return None


def read_day(text: str) -> date | None:
    """Return the day that an address or a form carries, None for none."""
    with suppress(ValueError):
        return date.fromisoformat(text)
    return None


def _channels(request: HttpRequest) -> list[tuple[str, str, str]]:
    actor = current_actor(request)
    if is_staff(actor):
        names = ["sms", "email", "letter"]
        nothing = [("none", _("Not at all: they get the printed page"), "")]
        return [*((name, _(CHANNELS[name]), "") for name in names), *nothing]
    names = ["sms", "email"]
    if not actor.is_anonymous:
        names.append("letter")
        account = actor.id.removeprefix("account:")
        if actor.on_behalf_of or is_reachable(account):
            names.insert(0, "account")
    return [(name, _(CHANNELS[name]), "") for name in names]


def _known_language(text: str) -> str:
    codes = [code for code, _name in django_settings.LANGUAGES]
    return text if text in codes else get_language() or codes[0]
