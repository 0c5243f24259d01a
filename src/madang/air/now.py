"""The air of one district in a few lines, for the home page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from madang.air.present import present_air
from madang.air.summary import advice, category_of, is_stale
from madang.air.units import DECIMALS, NAMES, UNITS
from madang.kernel import times

SHOWN = ("pm25", "pm10")


def district_now(code: str) -> dict[str, Any] | None:
    """Return the context of ``air/now.html``; None where the district has no readings."""
    air = next((air for air in present_air() if air.district == code), None)
    if air is None or not air.values:
        return None
    stale = is_stale(air, times.now())
    category = category_of(air)
    return {
        "code": code,
        "category": (category or "none").replace("_", "-"),
        "advice": "" if stale else advice(category),
        "origin": air.origin,
        "time": air.time,
        "stale": stale,
        "title": _("Air"),
        "values": [
            (NAMES[name], air.values[name].value, UNITS[name], DECIMALS[name])
            for name in SHOWN
            if name in air.values
        ],
    }
