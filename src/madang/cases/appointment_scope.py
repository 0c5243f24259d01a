"""Which matters of appointments somebody may see, book or change, as far as their mandate goes."""

from __future__ import annotations

from django.utils.translation import gettext as _

from madang.access.api import Actor
from madang.cases.models import Appointment
from madang.cases.office_file import Matter
from madang.cases.offices import offices
from madang.identity.api import Extent, extent_of
from madang.kernel.errors import Forbidden


def matters_within(reach: Extent, *verbs: str) -> tuple[str, ...] | None:
    """Return the matters to which a right to any of these verbs is limited.

    Empty: all matters; None: no matter. A right to one service reaches the matters that belong to
    it, whatever else is booked at the same counter.
    """
    services = reach.services_for(*verbs)
    if not services:
        return services
    found = [m.id for m in offices().matters.values() if set(services) & set(m.services)]
    return tuple(found) or None


def may_book(actor: Actor, matter: Matter) -> bool:
    """Return whether somebody may book for a matter: for themselves, or as far as a mandate goes.

    Guests may: who is not signed in acts for nobody else.
    """
    return not actor.on_behalf_of or may_apply(extent_of(actor), matter.id)


def may_apply(reach: Extent, matter: str) -> bool:
    """Return whether a right to act reaches what is applied for in a matter."""
    found = matters_within(reach, "apply")
    return found is not None and (not found or matter in found)


def may_change(actor: Actor, row: Appointment) -> bool:
    """Return whether somebody may move, cancel or take an appointment that they may see.

    Who acts for its person needs the right to apply; seeing it is not enough. Everybody else has
    it by the key, as their own, or at a counter.
    """
    if not actor.on_behalf_of or actor.on_behalf_of != row.person:
        return True
    return may_apply(extent_of(actor), row.matter)


def check_may_change(actor: Actor, row: Appointment) -> None:
    """Raise `Forbidden` unless `may_change`."""
    if not may_change(actor, row):
        raise Forbidden(_("Your mandate lets you see this appointment, not change it."))
