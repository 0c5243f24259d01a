"""The US air quality index with the breakpoints of 2024.

References
----------
.. [1] 40 CFR part 58, appendix G, table 2, as amended on 6 March 2024 (89 FR 16202).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from madang.air.engine.breakpoints import Band, Floats, half_up, interpolated, truncated
from madang.air.engine.cai import Index

CLASSES = (
    "good",
    "moderate",
    "unhealthy_for_sensitive_groups",
    "unhealthy",
    "very_unhealthy",
    "hazardous",
)
CLASS_TOPS = (50, 100, 150, 200, 300)
_INDICES = ((0, 50), (51, 100), (101, 150), (151, 200), (201, 300), (301, 500))


def _bands(step: float, *tops: float) -> tuple[Band, ...]:
    lows = (0.0, *(round(top + step, 4) for top in tops[:-1]))
    indices = _INDICES[: len(tops)]
    return tuple(
        Band(low, top, *index) for low, top, index in zip(lows, tops, indices, strict=True)
    )


# Averaging times [1]: PM 24 h, O3 8 h and 1 h, CO 8 h, SO2 1 h, NO2 1 h. Units: µg/m³ and ppm
# (SO2 and NO2 are printed in ppb).
BANDS: Mapping[str, tuple[Band, ...]] = {
    "pm25": _bands(0.1, 9.0, 35.4, 55.4, 125.4, 225.4, 325.4),
    "pm10": _bands(1, 54, 154, 254, 354, 424, 604),
    "o3": _bands(0.001, 0.054, 0.070, 0.085, 0.105, 0.200),
    "o3_1h": (
        Band(0.125, 0.164, 101, 150),
        Band(0.165, 0.204, 151, 200),
        Band(0.205, 0.404, 201, 300),
        Band(0.405, 0.604, 301, 500),
    ),
    "co": _bands(0.1, 4.4, 9.4, 12.4, 15.4, 30.4, 50.4),
    "so2": _bands(0.001, 0.035, 0.075, 0.185, 0.304),
    "no2": _bands(0.001, 0.053, 0.100, 0.360, 0.649, 1.249, 2.049),
}
_DECIMALS = {"pm25": 1, "pm10": 0, "o3": 3, "o3_1h": 3, "co": 1, "so2": 3, "no2": 3}

# SO2 of one hour is not defined above 304 ppb: 200 then stands until 24-hour values say more [1].
_HIGHEST_SO2_1H = 200.0
_LAST_OZONE_8H = 0.200


def sub_index(pollutant: str, concentration: ArrayLike) -> Floats:
    """Return the sub-index of one pollutant, whole numbers.

    Parameters
    ----------
    pollutant : pm25, pm10, o3 (8 hours), o3_1h, co, so2 or no2.
    concentration : (...) array
        µg/m³ for dust, ppm for gases, over the averaging time of the standard. NaN stays NaN.

    Notes
    -----
    The concentration is truncated (PM2.5 and CO one decimal, PM10 none, ozone three, SO2 and NO2
    to whole ppb), then interpolated and rounded to the nearest whole [1]_. Above the table the
    last band's line goes on. Eight-hour ozone above 0.200 ppm and one-hour ozone below 0.125 ppm
    have no index.

    References
    ----------
    .. [1] 40 CFR part 58, appendix G, section 12 and table 2.

    Examples
    --------
    >>> sub_index("pm25", [9.0, 9.1, 35.49, 125.4]).tolist()
    [50.0, 51.0, 100.0, 200.0]
    """
    value = truncated(concentration, _DECIMALS[pollutant])
    raw = half_up(interpolated(value, value, BANDS[pollutant]))
    if pollutant == "o3":
        return np.where(value > _LAST_OZONE_8H, np.nan, raw)
    return np.minimum(raw, _HIGHEST_SO2_1H) if pollutant == "so2" else raw


def index(values: Mapping[str, float | None]) -> Index:
    """Return the AQI of one set of concentrations: the greatest sub-index there is.

    Ozone: `o3` is the 8-hour, `o3_1h` the 1-hour mean; the greater index counts. Where the 8-hour
    mean is beyond its table and no 1-hour mean is given, the 1-hour table is used.

    >>> index({"pm25": 35.4, "o3": 0.071})
    Index(value=101, category='unhealthy_for_sensitive_groups', main='o3', parts={'pm25': 100, \
'o3': 101}, missing=())
    """
    parts: dict[str, int] = {}
    for name in BANDS:
        value = values.get(name)
        if value is None or np.isnan(value) or value < 0:
            continue
        found = float(sub_index(name, value))
        if name == "o3" and np.isnan(found) and values.get("o3_1h") is None:
            found = float(sub_index("o3_1h", value))
        if not np.isnan(found):
            reported = "o3" if name == "o3_1h" else name
            parts[reported] = max(int(found), parts.get(reported, 0))
    if not parts:
        return Index(None, None, None, parts, ("pm25",))
    main = max(parts, key=lambda name: parts[name])
    return Index(parts[main], category(parts[main]), main, parts)


def category(value: float) -> str:
    """Return the class of an index.

    >>> category(100), category(101), category(600)
    ('moderate', 'unhealthy_for_sensitive_groups', 'hazardous')
    """
    return CLASSES[int(np.searchsorted(CLASS_TOPS, value, side="left"))]
