"""The classes of air on maps: grades of the city's index, and the values where they end."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

import msgspec
from django.utils.translation import gettext as _

from madang.air.index_spec import GRADES, IndexSpec
from madang.air.standards import Standard, index_in_effect
from madang.city import api as city
from madang.kernel import times
from madang.kernel.errors import NotFound
from madang.kernel.maps import NO_CLASS, LegendClass

_HIGHEST = {"pm25": 2000.0, "pm10": 5000.0, "co": 100.0}  # above what any index tells; else 10 ppm
_STEPS = 34  # halvings: bounds are then exact to six digits


def bounds(pollutant: str) -> tuple[float, ...]:
    """Return the concentration at which each grade but the last ends, by the city's index."""
    return _bounds(msgspec.json.encode(index_in_effect().spec), pollutant)


@lru_cache(maxsize=64)
def _bounds(spec: bytes, pollutant: str) -> tuple[float, ...]:
    """Return the bounds, found by halving: whatever the index, a higher value is no better."""
    standard = Standard(msgspec.json.decode(spec, type=IndexSpec))
    if pollutant not in standard.pollutants:
        return ()
    found, low = [], 0.0
    for rank in range(len(GRADES) - 1):
        high = _HIGHEST.get(pollutant, 10.0)
        for _step in range(_STEPS):
            middle = (low + high) / 2
            part = standard.index({pollutant: middle}).parts[pollutant]
            inside = GRADES.index(standard.grade(part)) <= rank
            low, high = (middle, high) if inside else (low, middle)
        found.append(round(high, 6))
    return tuple(found)


def grade_among(ends: Sequence[float], value: float | None) -> str:
    """Return the grade of a value by `bounds`; `NO_CLASS` where there is no value or no index.

    >>> grade_among((15.5, 35.5, 75.5), 15.5)
    'moderate'
    """
    if value is None or not ends:
        return NO_CLASS
    return GRADES[bisect_right(ends, value)]


def _words() -> Mapping[str, str]:
    return {
        "good": _("Good"),
        "moderate": _("Moderate"),
        "bad": _("Bad"),
        "very_bad": _("Very bad"),
    }


def legend_of(ends: Sequence[float | None]) -> tuple[LegendClass, ...]:
    """Return the grades as a legend, each with the value where it ends (None: nowhere)."""
    words = _words()
    return tuple(
        LegendClass(grade, words[grade], f"cai-{tone}", f"air-{tone}", end)
        for grade, end in zip(GRADES, ends, strict=True)
        for tone in (grade.replace("_", "-"),)
    )


def unit_name(code: str, language: str) -> str:
    """Return a unit's name, or its code where the profile does not know it."""
    try:
        return city.profile().unit(code).name(language)
    except NotFound:
        return code


def ms(moment: datetime | None) -> int | None:
    """Return a moment as ms since 1970, None for none."""
    return None if moment is None else times.to_ms(moment)
