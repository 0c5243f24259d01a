"""Use case: closed hours change the class of a district's pollutant, and that is announced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from madang.air.engine.class_changes import Told, follow
from madang.air.events import ClassChanged
from madang.air.index_spec import GRADES
from madang.air.models import DistrictClass, Series
from madang.air.standards import Standard, index_in_effect
from madang.kernel.events import announce

Hours = Sequence[tuple[datetime, float | None]]


def follow_classes(series: Series, hours: Hours) -> None:
    """Put closed hours, in order of time, to the class that people were told; announce changes.

    Hours that were put to it already are left out. An hour is graded by its own mean, whatever
    the city's index averages over: a warning does not wait for a mean of 24 hours.
    """
    standard = index_in_effect()
    if series.pollutant not in standard.pollutants:
        return
    row = DistrictClass.objects.select_for_update().filter(**series.key).first()
    row = row or DistrictClass(**series.key)
    fresh = [(end, value) for end, value in hours if row.at is None or end > row.at]
    if not fresh:
        return
    told = Told(row.level, tuple(row.calmer))
    for end, value in fresh:
        before = told.level
        told, is_news = follow(told, grade_of(standard, series.pollutant, value))
        if is_news and before is not None and told.level is not None and value is not None:
            _announce(series, before, told.level, value, end)
    row.level, row.calmer, row.at = told.level, list(told.calmer), fresh[-1][0]
    row.save()


def grade_of(standard: Standard, pollutant: str, value: float | None) -> int | None:
    """Return the place of a value's grade among `GRADES`; None for no value."""
    if value is None:
        return None
    part = standard.index({pollutant: value}).parts.get(pollutant)
    return None if part is None else GRADES.index(standard.grade(part))


def _announce(series: Series, before: int, after: int, value: float, end: datetime) -> None:
    announce(
        ClassChanged(
            district=series.district,
            origin=series.origin,
            pollutant=series.pollutant,
            earlier=GRADES[before],
            grade=GRADES[after],
            value=value,
            turned_at=end,
        )
    )
