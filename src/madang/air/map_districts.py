"""Districts on the map, by the index of their air."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from madang.air.districts import DistrictAir, district_air, district_series
from madang.air.index_spec import GRADES
from madang.air.map_classes import legend_of, ms
from madang.air.map_measures import reasons
from madang.air.present import present_air
from madang.air.standards import index_in_effect
from madang.air.units import DECIMALS, NAMES, UNITS
from madang.city import api as city
from madang.kernel.errors import NotFound
from madang.kernel.maps import NO_CLASS, Detail, Fact, LegendClass, Rows, Trend

_LATE_S = 2 * 3600  # an hour is overdue two hours after its end


def legend(layer: str) -> tuple[LegendClass, ...]:
    """Return the classes of the index."""
    return legend_of((None,) * len(GRADES))


def rows(layer: str, at: datetime | None, language: str) -> Rows:
    """Return the districts with their index; of the past, as the closed hours told it."""
    found = present_air() if at is None else district_air(at=at)
    centres = {unit.code: unit.centre for unit in city.profile().districts()}
    places = [centres.get(air.district) or (None, None) for air in found]
    return Rows(
        ids=[air.district for air in found],
        names=[city.profile().text(air.names, language) for air in found],
        lons=[place[0] for place in places],
        lats=[place[1] for place in places],
        classes=[_class_of(air) for air in found],
        values=[air.index.value for air in found],
        times=[ms(air.time) for air in found],
        limits=[0 if air.origin == "replayed" else _LATE_S for air in found],
        origins=[air.origin or "" for air in found],
        streams=[0] * len(found),
    )


def _class_of(air: DistrictAir) -> str:
    """Return the index's class; without index, that of the worst pollutant known."""
    if air.index.category:
        return air.index.category
    parts = air.index.parts.values()
    return index_in_effect().grade(max(parts)) if parts else NO_CLASS


def detail(layer: str, code: str, language: str) -> Detail:
    """Return the card of a district."""
    found = district_air([code])
    if not found:
        raise NotFound(f"there is no district {code!r}")
    air = found[0]
    return Detail(
        heading=city.profile().text(air.names, language),
        origin=air.origin or "",
        facts=[
            Fact(_("Index"), air.index.value, "", 0, air.time, _provisional(air)),
            *(
                Fact(NAMES[v.pollutant], v.value, UNITS[v.pollutant], DECIMALS[v.pollutant], v.time,
                     _("hourly mean") if v.is_hour else "")
                for v in air.values.values()
            ),
        ],
        trends=[trend for p in ("pm25", "o3") if (trend := _district_trend(air, p)) is not None],
        why=[*_why(air), *reasons(code, language)],
        links=[(_("All of this district"), reverse("air-district", args=[code]))],
    )  # fmt: skip


def _provisional(air: DistrictAir) -> str:
    return _("provisional: too few hours are known") if air.is_provisional else ""


def _why(air: DistrictAir) -> list[str]:
    if air.index.main:
        text = _("The index is that of %(name)s, the worst of what is measured.")
        return [text % {"name": NAMES[air.index.main]}]
    if air.index.missing:
        names = ", ".join(NAMES[pollutant] for pollutant in air.index.missing)
        return [_("No index: %(names)s is missing.") % {"names": names}]
    return []


def _district_trend(air: DistrictAir, pollutant: str) -> Trend | None:
    hours = district_series(air.district, pollutant, origin=air.origin, limit=24)
    if len(hours) < 2:
        return None
    by_end = {hour.end: hour.value for hour in hours}
    end = hours[-1].end
    points = [end - timedelta(hours=n) for n in range(23, -1, -1)]
    return Trend(
        NAMES[pollutant],
        UNITS[pollutant],
        DECIMALS[pollutant],
        [(point, by_end.get(point)) for point in points],
    )
