"""Which matters of appointments somebody may see or book, by the services of their mandate."""

from __future__ import annotations

from madang.access.api import Actor
from madang.cases.office_file import Matter
from madang.cases.offices import offices
from madang.identity.api import Extent, extent_of


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
    if not actor.on_behalf_of:
        return True
    found = matters_within(extent_of(actor), "apply")
    return found is not None and (not found or matter.id in found)
