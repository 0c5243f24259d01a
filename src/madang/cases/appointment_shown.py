"""Offices and appointments as pages show them, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from madang.cases.appointment_rules import NEEDS
from madang.cases.appointment_words import address_of, bring, when
from madang.cases.models import Appointment
from madang.cases.office_file import Matter
from madang.cases.offices import Office, offices
from madang.city.api import profile
from madang.kernel import times
from madang.kernel.writing import clock_text as clock_in_words
from madang.kernel.writing import weekday_text


@dataclass(frozen=True)
class ShownOffice:
    """An office in a list: what it is called, where it is, how far, its first free time."""

    id: str
    name: str
    address: str
    phone: str
    distance: str
    first: datetime | None
    url: str
    access: str


@dataclass(frozen=True)
class ShownAppointment:
    """An appointment in a list or on its own page."""

    id: str
    number: str
    office: ShownOffice
    matter: str
    when: str
    start: datetime | None
    state: str
    state_text: str
    needs: list[str]
    bring: list[str]
    is_open: bool
    url: str
    wish: str
    offered_until: datetime | None


@dataclass(frozen=True)
class Time:
    """One time of a day: how many places are free, none where it cannot be booked."""

    start: str
    text: str
    places: int


def language() -> str:
    """Return the language in force."""
    return get_language() or ""


def matter_title(matter: Matter) -> str:
    """Return what a matter is called."""
    return profile().text(matter.name, language())


def counter_title(counter: str) -> str:
    """Return what a kind of counter is called."""
    return profile().text(offices().counters[counter], language())


def shown_office(
    office: Office, *, km: float | None = None, first: datetime | None = None, url: str = ""
) -> ShownOffice:
    """Return an office in the reader's words."""
    return ShownOffice(
        id=office.id,
        name=office.name(language()),
        address=address_of(office),
        phone=office.phone,
        distance="" if not km else _("about %(km)s km away") % {"km": f"{km:.1f}"},
        first=first,
        url=url,
        access=access_text(office.step_free),
    )


def access_text(step_free: str) -> str:
    """Return what is known of the way in without steps."""
    return {
        "yes": _("Step-free way in"),
        "no": _("Steps at the entrance: call us, we come to the door"),
        "required": _("Step-free way in, as the law asks; not surveyed yet"),
    }[step_free]


def shown_appointment(row: Appointment, url: str) -> ShownAppointment:
    """Return an appointment in the reader's words; `url` is the address of its page."""
    matter = offices().matter(row.matter)
    return ShownAppointment(
        id=row.pk,
        number=in_groups(row.number),
        office=shown_office(offices().office(row.office)),
        matter=matter_title(matter),
        when=when(row),
        start=row.start,
        state=row.state,
        state_text=state_text(row.state),
        needs=[_(NEEDS[one]) for one in row.needs if one in NEEDS],
        bring=bring(row.matter),
        is_open=row.state == "booked" and row.start is not None and row.start > times.now(),
        url=url,
        wish=span(row.wish_from, row.wish_to) if row.wish_from and row.wish_to else "",
        offered_until=row.offered_until,
    )


def state_text(state: str) -> str:
    """Return how an appointment stands, in a word."""
    return {
        "booked": _("booked"), "waiting": _("on the waiting list"), "offered": _("a time is free"),
        "arrived": _("checked in"), "served": _("done"), "no-show": _("not come"),
        "cancelled": _("cancelled"), "lapsed": _("no time became free"),
    }[state]  # fmt: skip


def span(first: date, last: date) -> str:
    """Return two days as people write them, one where they are the same."""
    if first == last:
        return day_text(first)
    return _("%(first)s to %(last)s") % {"first": day_text(first), "last": day_text(last)}


def day_text(day: date) -> str:
    """Return a day as people write it."""
    city, lang = profile(), language()
    noon = datetime.combine(day, time(12), city.timezone)
    return weekday_text(noon, lang, city.today(), city.habits(lang))


def clock_text(moment: datetime) -> str:
    """Return a time of day as a table has room for it.

    >>> from datetime import UTC
    >>> len(clock_text(datetime(2026, 11, 24, tzinfo=UTC)))
    5
    """
    return f"{profile().local(moment):%H:%M}"


def hour_text(moment: datetime) -> str:
    """Return a full hour as people say it."""
    city, lang = profile(), language()
    return clock_in_words(moment, lang, city.timezone, city.habits(lang))


def places_text(count: int) -> str:
    """Return how many places are free, in words."""
    return ngettext("%(n)s place", "%(n)s places", count) % {"n": count}


def in_groups(number: str) -> str:
    """Return a number as people read it to each other.

    >>> in_groups("ABCD2345")
    'ABCD-2345'
    """
    return f"{number[:4]}-{number[4:]}"


def qr_of(text: str) -> str:
    """Return a QR code as an address of data, dark on white in every theme."""
    import segno

    made: str = segno.make(text, error="m").svg_data_uri(scale=5, border=4, light="white")
    return made


def address(page: str, *args: str, **query: str) -> str:
    """Return the address of a page with its query."""
    asked = {name: value for name, value in query.items() if value}
    return reverse(page, args=args) + (f"?{urlencode(asked)}" if asked else "")
