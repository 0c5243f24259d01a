"""Measures on the map: the districts in which one is declared or in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from madang.air.map_classes import ms, unit_name
from madang.air.measures import Measure, measures, measures_in_force
from madang.air.units import DECIMALS, NAMES, UNITS
from madang.city import api as city
from madang.kernel.errors import NotFound
from madang.kernel.maps import Detail, Fact, LegendClass, Rows


def legend(layer: str) -> tuple[LegendClass, ...]:
    """Return the two states of a measure that is not over."""
    return (
        LegendClass("in_force", _("In force"), "alert", "danger"),
        LegendClass("declared", _("Declared, awaits a decision"), "clock", "warning"),
    )


def rows(layer: str, at: datetime | None, language: str) -> Rows:
    """Return the districts with a measure that is not over; the gravest state of each."""
    worst = _by_district(measures_in_force() if at is None else _measures_at(at))
    units = [city.profile().unit(code) for code in worst]
    places = [unit.centre or (None, None) for unit in units]
    found = list(worst.values())
    return Rows(
        ids=list(worst),
        names=[unit.name(language) for unit in units],
        lons=[place[0] for place in places],
        lats=[place[1] for place in places],
        classes=[measure.status for measure in found],
        values=[None] * len(found),
        times=[ms(measure.in_force_at or measure.declared_at) for measure in found],
        limits=[0] * len(found),
        origins=[measure.origin for measure in found],
        streams=[0] * len(found),
    )


def _by_district(found: Iterable[Measure]) -> dict[str, Measure]:
    worst: dict[str, Measure] = {}
    for measure in found:
        known = worst.get(measure.district)
        if known is None or (known.status != "in_force" and measure.status == "in_force"):
            worst[measure.district] = measure
    return worst


def _measures_at(at: datetime) -> list[Measure]:
    """Return the measures that were not over at a moment, as they stood then."""
    return [
        replace(m, status="in_force" if m.in_force_at and m.in_force_at <= at else "declared")
        for m in measures(limit=1000)
        if m.declared_at <= at and (m.lifted_at is None or m.lifted_at > at)
    ]


def detail(layer: str, code: str, language: str) -> Detail:
    """Return the card of a district's measures, with the readings that led to them."""
    found = [measure for measure in measures_in_force() if measure.district == code]
    if not found:
        raise NotFound(f"no measure stands in {code!r}")
    return Detail(
        heading=unit_name(code, language),
        origin=found[0].origin,
        facts=[
            Fact(NAMES[m.pollutant], reading.value, UNITS[m.pollutant], DECIMALS[m.pollutant],
                 reading.time, city.profile().text(m.name, language))
            for m in found for reading in m.readings
        ],
        why=reasons(code, language),
        links=[(_("Air measures"), reverse("air-measures"))],
    )  # fmt: skip


def reasons(code: str, language: str) -> list[str]:
    """Return why the measures that stand in a district were declared."""
    return [
        city.profile().text(measure.reason, language)
        for measure in measures_in_force()
        if measure.district == code
    ]
