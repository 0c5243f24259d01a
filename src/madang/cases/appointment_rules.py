"""What can be asked for at an appointment, and what is wrong with a booking, field by field."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_noop as _

from madang.access.api import Actor, system_actor

APPOINTMENTS = system_actor("appointments")
OWN = "own-appointments"
REMIND = "remind-of-appointments"
SERVE = "serve-appointments"
PRINT = "print-letters"
FORGET = "forget-appointments"
# the occasions on which somebody is told
CONFIRMED, MOVED, CANCELLED, CLOSED = "confirmed", "moved", "cancelled", "closed"
OFFERED, WAITING, DAY_BEFORE, SOON = "offered", "waiting", "day-before", "two-hours"
STAFF = frozenset({"clerk", "officer"})

# Civil Petitions Treatment Act art. 11; Sign Language Act art. 16: the office arranges it
NEEDS: dict[str, str] = {
    "wheelchair": _("I come with a wheelchair or a walking aid"),
    "sign-language": _("I need a Korean sign language interpreter"),
    "interpreter": _("I need an interpreter for my language"),
    "reading-help": _("I need help with reading or writing"),
}
CHANNELS: dict[str, str] = {
    "account": _("By the addresses of my account"),
    "sms": _("By text message"),
    "email": _("By e-mail"),
    "letter": _("By letter"),
}
VIAS = ("web", "counter", "phone", "kiosk", "api")
LONGEST_NAME = 100
LONGEST_LETTER = 300
_SHORTEST_LETTER = 8


@dataclass(frozen=True)
class Visitor:
    """Who comes, how to reach them, and what they need.

    Parameters
    ----------
    channel : ``account``, ``sms``, ``email``, ``letter``, or nothing where nobody is to be told.
    address : telephone number, mail address or postal address, where the channel needs one.
    needs : of `NEEDS`.
    """

    name: str
    language: str
    channel: str = ""
    address: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Booking:
    """What somebody wants: a matter at an office at a moment, for a visitor.

    `hold` is the id of a place that is held for it; sending it twice books once.
    """

    office: str
    matter: str
    start: datetime
    visitor: Visitor
    hold: str = ""
    via: str = "web"


@dataclass(frozen=True)
class Wish:
    """A wish for any place of a matter at an office from one day to another."""

    office: str
    matter: str
    first_day: date
    last_day: date
    visitor: Visitor
    via: str = "web"


def is_staff(actor: Actor) -> bool:
    """Return whether somebody books, moves and cancels for others at a counter or by phone."""
    return bool(actor.roles & STAFF) and not actor.on_behalf_of


def faults(visitor: Visitor, *, via: str, staff: bool, signed_in: bool) -> dict[str, str]:
    """Return what is wrong with who comes, by field; the texts are message ids.

    A guest leaves a telephone number or a mail address: one person books few places by it. Who has
    neither books with a member of staff, by phone or at a counter.
    """
    found = {}
    if not visitor.name.strip() or len(visitor.name) > LONGEST_NAME:
        found["name"] = _("Write your name, so that we can call you.")
    if via not in VIAS or (via in ("counter", "phone") and not staff):
        found["via"] = _("Choose how this came to us.")
    if not set(visitor.needs) <= NEEDS.keys():
        found["needs"] = _("Choose from the list.")
    if visitor.channel not in _channels(staff=staff, signed_in=signed_in):
        found["channel"] = _("Choose how we remind you.")
    if visitor.channel == "letter" and not (
        _SHORTEST_LETTER <= len(visitor.address.strip()) <= LONGEST_LETTER
    ):
        found["address"] = _("Write the postal address.")
    return found


def _channels(*, staff: bool, signed_in: bool) -> Collection[str]:
    if staff:
        return {"sms", "email", "letter", ""}
    return {"account", "sms", "email", "letter"} if signed_in else {"sms", "email"}
