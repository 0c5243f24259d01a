"""The air quality index of a city at work: from hours to the index, its class, its grade.

A grade is one of the house's four words (good, moderate, bad, very_bad); a class is the index's
own, such as ``tidak_sehat``. Pages colour and sort by grade and name the class.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from madang.air.engine import cai, table_index, us_aqi
from madang.air.engine.breakpoints import Floats
from madang.air.engine.cai import Index
from madang.air.engine.statistics import running_mean
from madang.air.index_spec import BUILT_IN, GRADES, IndexClass, IndexSpec

# Averaging times of the US index in hours (40 CFR part 58, appendix G, table 2)
US_HOURS = {"pm25": 24, "pm10": 24, "o3": 8, "co": 8, "so2": 1, "no2": 1}
_CAI_WINDOW = 12


@dataclass(frozen=True)
class Standard:
    """An index and what it needs; `spec` is the section of the profile."""

    spec: IndexSpec

    @property
    def classes(self) -> tuple[IndexClass, ...]:
        """The classes, best first."""
        return BUILT_IN.get(self.spec.standard) or tuple(self.spec.classes)

    @property
    def pollutants(self) -> tuple[str, ...]:
        """The pollutants that the index knows."""
        if self.spec.standard == "table":
            return tuple(self.spec.pollutants)
        return tuple(cai.BANDS if self.spec.standard == "cai" else US_HOURS)

    def mean_hours(self, pollutant: str) -> int:
        """Return over how many hours a pollutant counts; 1: its last hour."""
        if self.spec.standard == "cai":
            return _CAI_WINDOW if pollutant in cai.WEIGHTED_FROM else 1
        if self.spec.standard == "us":
            return US_HOURS.get(pollutant, 1)
        part = self.spec.pollutants.get(pollutant)
        return part.hours if part else 1

    @cached_property
    def window_h(self) -> int:
        """How many hours the longest mean looks back on."""
        return max(self.mean_hours(pollutant) for pollutant in self.pollutants)

    def counted(self, pollutant: str, hours: ArrayLike) -> float | None:
        """Return what counts of a pollutant's last hours; None where too few are known.

        Parameters
        ----------
        hours : consecutive hourly means, oldest first, NaN where missing: the last `window_h`.
        """
        series = self.counted_series(pollutant, hours)
        return None if not len(series) or math.isnan(series[-1]) else float(series[-1])

    def counted_series(self, pollutant: str, hours: ArrayLike) -> Floats:
        """Return what counts at each of consecutive hours, NaN where too few are known."""
        values = np.asarray(hours, dtype=np.float64)
        if self.spec.standard == "cai":
            dust = pollutant in cai.WEIGHTED_FROM
            return cai.predicted_mean(pollutant, values) if dust else values
        return running_mean(values, self.mean_hours(pollutant))

    def index(self, values: Mapping[str, float | None]) -> Index:
        """Return the index of what counts by pollutant; its category is a grade."""
        if self.spec.standard == "cai":
            found = cai.index(values)
        elif self.spec.standard == "us":
            found = us_aqi.index(values)
        else:
            found = table_index.index(self._table, values, self.spec.required)
        return replace(found, category=None if found.value is None else self.grade(found.value))

    def unknown(self) -> Index:
        """Return the index of a place of which nothing is known."""
        return self.index({})

    def class_of(self, value: float) -> IndexClass:
        """Return the class of an index or sub-index."""
        for item in self.classes:
            if item.top is None or value <= item.top:
                return item
        return self.classes[-1]

    def grade(self, value: float) -> str:
        """Return the grade of an index or sub-index."""
        return self.class_of(value).grade

    def class_name(self, value: float, chain: Sequence[str]) -> str:
        """Return the name of the class in the first of these languages that has one, else "".

        The built-in names are English; the profile adds its own.
        """
        item = self.class_of(value)
        names = {**item.name, **self.spec.class_names.get(item.id, {})}
        return next((names[tag] for tag in chain if tag in names), names.get("en", ""))

    @cached_property
    def _table(self) -> table_index.Table:
        parts = {
            name: table_index.Part(part.hours, tuple(part.tops), part.step, part.unit == "ppm")
            for name, part in self.spec.pollutants.items()
        }
        tops = tuple(item.top for item in self.spec.classes if item.top is not None)
        return table_index.Table(tops, parts, self.spec.highest)


def index_in_effect() -> Standard:
    """Return the index of this installation's city."""
    from madang.air.in_effect import rules_in_effect

    return rules_in_effect().standard


def worst_grade(grades: Sequence[str]) -> str | None:
    """Return the worst of some grades, None of none."""
    return max(grades, key=GRADES.index, default=None)
