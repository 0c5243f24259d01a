"""The classes of air on maps: of an index, and of one pollutant by its bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

from django.utils.translation import gettext as _

from madang.air.engine import cai
from madang.city import api as city
from madang.kernel import times
from madang.kernel.errors import NotFound
from madang.kernel.maps import LegendClass

GRADES = cai.CLASSES
_STEPS = 50  # halvings: a bound is then exact to nine digits


def grade_of(pollutant: str, value: float) -> str:
    """Return the class of an hour's or a moment's concentration."""
    return cai.category(float(cai.sub_index(pollutant, value)))


@cache
def bounds(pollutant: str) -> tuple[float, ...]:
    """Return the concentration at which each class but the last ends, for a map's live values."""
    found, low = [], 0.0
    for grade in GRADES[:-1]:
        high = cai.BANDS[pollutant][-1].high
        for _step in range(_STEPS):
            middle = (low + high) / 2
            inside = GRADES.index(grade_of(pollutant, middle)) <= GRADES.index(grade)
            low, high = (middle, high) if inside else (low, middle)
        found.append(round(low, 6))
    return tuple(found)


def _words() -> Mapping[str, str]:
    return {
        "good": _("Good"),
        "moderate": _("Moderate"),
        "bad": _("Bad"),
        "very_bad": _("Very bad"),
    }


def legend_of(tops: Sequence[float | None]) -> tuple[LegendClass, ...]:
    """Return the classes as a legend, each with the value where it ends (None: nowhere)."""
    return tuple(
        LegendClass(grade, word, f"cai-{_tone(grade)}", f"cai-{_tone(grade)}", top)
        for (grade, word), top in zip(_words().items(), tops, strict=True)
    )


def _tone(grade: str) -> str:
    return grade.replace("_", "-")


def unit_name(code: str, language: str) -> str:
    """Return a unit's name, or its code where the profile does not know it."""
    try:
        return city.profile().unit(code).name(language)
    except NotFound:
        return code


def ms(moment: datetime | None) -> int | None:
    """Return a moment as ms since 1970, None for none."""
    return None if moment is None else times.to_ms(moment)
