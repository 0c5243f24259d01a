"""An air quality index given as a table: the form that most national indices have.

Each pollutant has a mean over some hours and the concentrations at which the classes end; between
two of them the index is a straight line. The index of a place is that of its worst pollutant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from madang.air.engine.breakpoints import Band, Floats, half_up, interpolated, truncated
from madang.air.engine.cai import Index
from madang.kernel.units import ppm_to_ugm3


@dataclass(frozen=True)
class Part:
    """The table of one pollutant.

    `hours` is the length of the mean, `tops` where the classes end (µg/m³, or ppm if `is_ppm`),
    `step` the resolution in which the table is printed: the next class begins one step above; 0
    where the classes touch. More classes than tops: the last ones cannot be reached by this one.
    """

    hours: int
    tops: tuple[float, ...]
    step: float = 0.0
    is_ppm: bool = False


@dataclass(frozen=True)
class Table:
    """A whole index: where its classes end on its own scale, and the parts by pollutant.

    `highest` is the greatest index that is told; None where the last line goes on.
    """

    class_tops: tuple[int, ...]
    parts: Mapping[str, Part]
    highest: int | None = None


_GASES = ("o3", "no2", "co", "so2")


def sub_index(table: Table, pollutant: str, concentration: ArrayLike) -> Floats:
    """Return the sub-index of one pollutant, whole numbers.

    Parameters
    ----------
    concentration : (...) array
        µg/m³ for dust, ppm for gases, over the mean of the part. NaN stays NaN. Where the table is
        in µg/m³ a gas is converted at 25 °C and 1 atm.

    Examples
    --------
    >>> ispu = Table((50, 100, 200, 300), {"pm25": Part(24, (15.5, 55.4, 150.4, 250.4))}, 301)
    >>> sub_index(ispu, "pm25", [15.5, 55.4, 100.0, 400.0]).tolist()
    [50.0, 100.0, 147.0, 301.0]
    """
    part = table.parts[pollutant]
    value = np.asarray(concentration, dtype=np.float64)
    if pollutant in _GASES and not part.is_ppm:
        value = ppm_to_ugm3(value, pollutant)
    decimals = _decimals(part.step)
    value = value if decimals is None else truncated(value, decimals)
    raw = half_up(interpolated(value, value, bands(table, part)))
    return raw if table.highest is None else np.minimum(raw, table.highest)


def bands(table: Table, part: Part) -> tuple[Band, ...]:
    """Return the bands of a part: concentrations and the indices they map to."""
    gap = 1 if part.step else 0
    lows = (0.0, *(top + part.step for top in part.tops[:-1]))
    index_lows = (0, *(top + gap for top in table.class_tops[:-1]))
    return tuple(
        Band(low, top, index_low, index_top)
        for low, top, index_low, index_top in zip(
            lows, part.tops, index_lows, table.class_tops, strict=False
        )
    )


def _decimals(step: float) -> int | None:
    """Return the decimals of a step, None where there is none.

    >>> _decimals(0.1), _decimals(1), _decimals(0)
    (1, 0, None)
    """
    return max(0, round(-np.log10(step))) if step else None


def index(table: Table, values: Mapping[str, float | None], required: Sequence[str] = ()) -> Index:
    """Return the index of one set of concentrations; `category` is left to who knows the classes.

    It is None where no pollutant of the table is known, or one of `required` is missing.
    """
    parts: dict[str, int] = {}
    for name in table.parts:
        value = values.get(name)
        if value is None or np.isnan(value) or value < 0:
            continue
        parts[name] = int(sub_index(table, name, value))
    missing = tuple(name for name in required if name not in parts)
    if missing or not parts:
        return Index(None, None, None, parts, missing or tuple(table.parts))
    main = max(parts, key=lambda name: parts[name])
    return Index(parts[main], None, main, parts)
