"""Measures on the operators' desk: from the declaration until the measure is over."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from madang.air.events import MeasureEvent
from madang.air.measures import Measure, measure
from madang.city import api as city
from madang.kernel.errors import NotFound
from madang.notices import api as notices

_AWAITS = gettext_noop("%(name)s in %(place)s awaits an officer's decision")
_STANDS = gettext_noop("%(name)s in %(place)s is in force")
_DECLARED = gettext_noop("%(name)s in %(place)s is declared and begins later")


def follow(event: MeasureEvent) -> None:
    """Bring the desk up to date with a turn in a measure's life."""
    found = measure(event.measure)
    if found.status == "lifted":
        notices.clear_alert(_key(found))
        return
    notices.open_alert(
        notices.Trouble(
            key=_key(found),
            kind="air.measure",
            severity=severity(found),
            message=_message(found),
            values={"name": dict(found.name), "place": _names(found.district)},
            origin=found.origin,
            layer="air-measures",
            thing=found.district,
            link="/air/measures/",
        )
    )


def severity(found: Measure) -> str:
    """Return how grave a measure is to an operator: a decision that is due goes first."""
    return "critical" if found.awaits_approval else "serious"


def _message(found: Measure) -> str:
    if found.awaits_approval:
        return _AWAITS
    return _STANDS if found.status == "in_force" else _DECLARED


def _key(found: Measure) -> str:
    return f"air:measure:{found.id}"


def _names(code: str) -> dict[str, str]:
    try:
        return dict(city.profile().unit(code).names)
    except NotFound:  # a unit of an older profile
        return {"en": code}
