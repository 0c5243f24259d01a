"""What a mandate may be: kinds, verbs, how long; and until when parents act for a child."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_noop as _

VERBS: dict[str, str] = {
    "view": _("See what the city keeps, and how cases stand"),
    "apply": _("Apply and answer questions"),
    "sign": _("Sign declarations"),
    "pay": _("Pay, and receive payments"),
    "receive-notices": _("Receive letters and notices"),
}
EVIDENCE: dict[str, str] = {
    "session": _("agreed by both while signed in"),
    "register": _("found in the register"),
    "court-order": _("order of a court, seen at a counter"),
    "counter": _("papers seen at a counter"),
}
# a code that was handed on is used within two weeks, or asked for anew
OFFER_LASTS = timedelta(days=14)


@dataclass(frozen=True)
class Kind:
    """What the one who acts is to the other.

    Parameters
    ----------
    by_resident : whether a person can give it themselves, on a page.
    evidence : what it may rest on where it is entered at a counter.
    longest : how long it may hold at most; None: until it is revoked.
    """

    id: str
    title: str
    by_resident: bool
    evidence: tuple[str, ...]
    longest: timedelta | None = None


# Agency by the person's own will and by law: Civil Act art. 114, 911, 938; it ends with the death
# of either (art. 127) and by revocation (art. 128). Professionals act for a matter, not for good.
KINDS: dict[str, Kind] = {
    one.id: one
    for one in (
        Kind("parent", _("My parent acts for me"), True, ("register", "counter")),
        Kind("child", _("My adult child acts for me"), True, ("register", "counter")),
        Kind("guardian", _("A guardian acts"), False, ("register", "court-order")),
        Kind("company", _("Somebody acts for a company"), False, ("register", "counter")),
        Kind("court", _("Somebody named by a court acts"), False, ("court-order",)),
        Kind("professional", _("A lawyer, tax adviser or helper acts for me"), True,
             ("counter",), timedelta(days=366)),
    )
}  # fmt: skip
# what the list says of the other side: they may act for me, I may act for them
BY_LAW = frozenset({"register", "court-order"})


def faults(
    kind: str, verbs: Collection[str], since: datetime, until: datetime | None
) -> dict[str, str]:
    """Return what is wrong with a mandate, by field; the texts are message ids."""
    found = {}
    known = KINDS.get(kind)
    if known is None:
        found["kind"] = _("Choose who acts.")
    if not verbs or not set(verbs) <= VERBS.keys():
        found["verbs"] = _("Choose what they may do.")
    if until is not None and until <= since:
        found["until"] = _("The last day lies before the first.")
    elif known and known.longest and (until is None or until - since > known.longest):
        found["until"] = _("Name a last day, at most a year from now.")
    return found


def is_of_age(born: date, on: date, majority_age: int) -> bool:
    """Return whether somebody is of age on a day.

    >>> is_of_age(date(2007, 11, 22), date(2026, 11, 22), 19)
    True
    """
    return on >= birthday(born, majority_age)


def birthday(born: date, years: int) -> date:
    """Return the day on which somebody completes so many years.

    Born on 29 February, that is 1 March where there is no 29th: the day of birth counts
    (Civil Act art. 158), so that the year is full with the end of 28 February (art. 160).

    >>> birthday(date(2008, 2, 29), 19)
    datetime.date(2027, 3, 1)
    """
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


# the one service that could be named before the catalogue was there; its title was "All services"
ALL_SERVICES = "services"


def limits(services: Sequence[str]) -> tuple[str, ...]:
    """Return the services to which a mandate is limited, as the catalogue names them; empty: none.

    >>> limits(["services"]), limits(["library-card", "names"])
    ((), ('library-card', 'names'))
    """
    return () if ALL_SERVICES in services else tuple(services)


def allows(verbs: Sequence[str], services: Sequence[str], verb: str, service: str) -> bool:
    """Return whether a mandate covers a verb for a service; without a service, for everything.

    >>> allows(["view"], ["housing"], "view", "tax"), allows(["view"], [], "view", "tax")
    (False, True)
    >>> allows(["view"], ["housing"], "view", ""), allows(["view"], [], "view", "")
    (False, True)
    """
    return verb in verbs and (not services or service in services)
