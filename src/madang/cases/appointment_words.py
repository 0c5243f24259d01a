"""What people read of their appointment: messages, letters, the entry for a calendar."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import override

from madang.access.api import purpose
from madang.cases import appointment_rules as told
from madang.cases.appointment_rules import APPOINTMENTS, REMIND
from madang.cases.events import AppointmentTold
from madang.cases.models import Appointment
from madang.cases.offices import Office, offices
from madang.city.api import profile
from madang.identity.api import Outgoing, to_accounts
from madang.kernel import times
from madang.kernel.config import settings
from madang.kernel.writing import moment_text
from madang.notices.api import unsealed_address

State = Appointment.State
# in which state each kind is still worth telling
_STILL = {
    told.CONFIRMED: {State.BOOKED}, told.MOVED: {State.BOOKED}, told.DAY_BEFORE: {State.BOOKED},
    told.SOON: {State.BOOKED}, told.OFFERED: {State.OFFERED}, told.WAITING: {State.WAITING},
    told.CANCELLED: {State.CANCELLED}, told.CLOSED: {State.CANCELLED},
}  # fmt: skip
_LINE = 75  # octets (RFC 5545, section 3.1)


def messages_of(event: AppointmentTold) -> list[Outgoing]:
    """Return the messages of an event; none where it is past, changed or cancelled by now."""
    with purpose(APPOINTMENTS, REMIND):
        row = Appointment.objects.filter(pk=event.appointment).first()
    if row is None or row.revision != event.revision or not is_still_true(row, event.kind):
        return []
    path = f"/appointments/with/{row.key}/"
    if row.channel == "account":
        return to_accounts([row.account], lambda: words_of(row, event.kind), path=path)
    with override(row.language or None):
        title, text = words_of(row, event.kind)
    address = unsealed_address(row.channel, row.address)
    return [Outgoing(0, row.channel, address, row.language, title, text, path)]


def words_of(row: Appointment, kind: str) -> tuple[str, str]:
    """Return title and text of a message, in the language in force."""
    lang = _language()
    office = offices().office(row.office)
    said = {
        "office": office.name(lang),
        "when": when(row),
        "number": row.number,
        "matter": profile().text(offices().matter(row.matter).name, lang),
        "phone": office.phone,
    }
    titles = {
        told.CONFIRMED: _("Your appointment: %(when)s, %(office)s"),
        told.MOVED: _("Your appointment is moved: %(when)s, %(office)s"),
        told.DAY_BEFORE: _("Tomorrow: %(when)s, %(office)s"),
        told.SOON: _("Soon: %(when)s, %(office)s"),
        told.OFFERED: _("A time is free: %(when)s, %(office)s"),
        told.WAITING: _("You are on the waiting list of %(office)s"),
        told.CANCELLED: _("Cancelled: your appointment at %(office)s"),
        told.CLOSED: _("The office is closed then: your appointment at %(office)s is cancelled"),
    }
    texts = {
        told.OFFERED: _("Take it within two hours, or it goes to the next person. "
                        "Number %(number)s, %(matter)s."),
        told.WAITING: _("We tell you when a time is free. Number %(number)s, %(matter)s."),
        told.CANCELLED: _("Number %(number)s, %(matter)s. You can book again, or call %(phone)s."),
        told.CLOSED: _("We are sorry. Book another time, come without an appointment on another "
                       "day, or call %(phone)s. Number %(number)s, %(matter)s."),
    }  # fmt: skip
    usual = _("Number %(number)s, %(matter)s. Bring: %(bring)s. Cannot come? Cancel, so that "
              "somebody else gets the time, or call %(phone)s.")  # fmt: skip
    said["bring"] = ", ".join(bring(row.matter)) or "–"
    return titles[kind] % said, texts.get(kind, usual) % said


def when(row: Appointment) -> str:
    """Return day and time of an appointment as people write them; empty while there is none."""
    return moment_in_words(row.start) if row.start else ""


def moment_in_words(moment: datetime) -> str:
    """Return day and time as people write them, in the language in force."""
    city, lang = profile(), _language()
    return moment_text(moment, lang, city.timezone, city.today(), city.habits(lang))


def bring(matter_id: str) -> list[str]:
    """Return what to bring for a matter, in the language in force."""
    return [profile().text(one, _language()) for one in offices().matter(matter_id).bring]


def address_of(office: Office) -> str:
    """Return where an office is, in the reader's letters; empty where it is not known."""
    latin = _language() != profile().city.default_language and office.address_latin
    return office.address_latin if latin else office.address


def calendar_entry(row: Appointment) -> str:
    """Return an appointment as an iCalendar file (RFC 5545), lines ended by CR LF.

    The entry keeps its UID and counts its changes, so that a calendar moves it instead of adding
    a second one.
    """
    assert row.start is not None
    office = offices().office(row.office)
    lang = _language()
    matter = profile().text(offices().matter(row.matter).name, lang)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//Madang//{_escaped(profile().name('en'))}//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:appointment-{row.pk}@{_host()}",
        f"DTSTAMP:{_stamp(times.now())}",
        f"DTSTART:{_stamp(row.start)}",
        f"DTEND:{_stamp(row.start + timedelta(minutes=row.minutes))}",
        f"SEQUENCE:{row.revision}",
        f"STATUS:{'CANCELLED' if row.state == State.CANCELLED else 'CONFIRMED'}",
        f"SUMMARY:{_escaped(f'{office.name(lang)}: {matter}')}",
        f"LOCATION:{_escaped(', '.join(filter(None, (office.name(lang), address_of(office)))))}",
        f"DESCRIPTION:{_escaped(_('Number: %(n)s') % {'n': row.number})}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(matter)}",
        "TRIGGER:-PT2H",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def is_still_true(row: Appointment, kind: str) -> bool:
    """Return whether what was to be told is still so."""
    is_past = kind in (told.DAY_BEFORE, told.SOON) and (not row.start or row.start <= times.now())
    return row.state in _STILL[kind] and not is_past


def _escaped(text: str) -> str:
    r"""Return a text as RFC 5545, section 3.3.11 writes it.

    >>> _escaped("a, b; c")
    'a\\, b\\; c'
    """
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """Return a content line in parts of at most 75 octets, never inside a character."""
    parts: list[str] = []
    part = ""
    for sign in line:
        room = _LINE - (1 if parts else 0)  # a continued line begins with a space
        if len((part + sign).encode()) > room:
            parts.append(part)
            part = ""
        part += sign
    return [text if n == 0 else f" {text}" for n, text in enumerate([*parts, part])]


def _stamp(moment: datetime) -> str:
    return times.format_time(moment).replace("-", "").replace(":", "")


def _host() -> str:
    return settings().public_origin.partition("://")[2].partition(":")[0] or "localhost"


def _language() -> str:
    from django.utils.translation import get_language

    return get_language() or ""
