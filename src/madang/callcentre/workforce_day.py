"""What a made day of calls needs: operators through the day, and shifts with free and fixed starts.

Apart from the page, since it brings in SciPy, which a web process need not carry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from madang.callcentre.call_files import CallRows
from madang.callcentre.day_assumptions import read_assumptions
from madang.callcentre.engine.shifts import Limits
from madang.callcentre.engine.staffing import Target
from madang.callcentre.scheduling import (
    Need,
    Scheme,
    Wish,
    fixed_scheme,
    free_scheme,
    needs,
    saving,
)
from madang.callcentre.workforce_asked import Asked
from madang.city.api import profile
from madang.kernel import times
from madang.kernel.chart_lines import Line, Point, Threshold

_HALF_HOUR = timedelta(minutes=30)
_SECONDS = 5.0  # of each search; a day is solved in a small part of it


@dataclass(frozen=True)
class Figure:
    """A chart as `madang_charts` draws it."""

    finding: str
    detail: str
    value: str
    lines: Sequence[Line]
    unit: str
    name: str = "staffing"
    decimals: int = 0
    is_daily: bool = False
    step: timedelta = timedelta(hours=1)
    limit: Threshold | None = None
    files: Sequence[tuple[str, str]] = field(default_factory=tuple)


def planned(asked: Asked) -> dict[str, Any]:
    """Return what the page shows of a day as asked.

    Raises
    ------
    Unstaffable
        If no plan holds what is asked.
    """
    shares = np.repeat(np.array(read_assumptions(None).hours), 2)
    shares = shares / shares.sum()
    zone = profile().timezone
    midnight = times.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    plain = midnight.replace(tzinfo=None)
    rows = CallRows(
        "form",
        tuple(plain + n * _HALF_HOUR for n in range(len(shares))),
        tuple(range(len(shares))),
        True,
        _HALF_HOUR,
        {"calls": shares * asked.calls},
    )
    wish = Wish(
        Target(asked.percent / 100.0, asked.within),
        aht_s=asked.aht,
        shrinkage=asked.shrinkage / 100.0,
        limits=Limits(seconds=_SECONDS),
    )
    need = needs(rows, wish)
    free, fixed = free_scheme(need, wish), fixed_scheme(need, wish)
    busiest = int(need.duty.argmax())
    return {
        "heading": _("%(n)s operators cover this day; from fixed starts it takes %(m)s")
        % {"n": f"{free.busiest_day:,}", "m": f"{fixed.busiest_day:,}"},
        "saved": saving(fixed, free),
        "busiest": {
            "at": f"{need.at(busiest):%H:%M}",
            "duty": int(need.duty[busiest]),
            "phones": int(need.phones[busiest]),
        },
        "figure": _figure(need, free, midnight),
        "half_hours": [
            {
                "at": f"{need.at(n):%H:%M}",
                "calls": float(need.calls[n]),
                "phones": int(need.phones[n]),
                "duty": int(need.duty[n]),
                "planned": int(free.plan.working[n]),
            }
            for n in range(len(need.duty))
        ],
        "schemes": [
            {"title": _("Shifts begin at any half-hour"), **_shown(free)},
            {"title": _("Shifts begin at three fixed times"), **_shown(fixed)},
        ],
    }


def _shown(scheme: Scheme) -> dict[str, Any]:
    clocks = [f"{int(s // 3600):02d}:{int(s % 3600 // 60):02d}" for s in scheme.starts]
    return {
        "operators": scheme.busiest_day,
        "payroll": scheme.payroll,
        "hours": scheme.paid_h,
        "starts": ", ".join(clocks),
        "gap": 100.0 * scheme.plan.gap if not scheme.plan.optimal else None,
    }


def _figure(need: Need, free: Scheme, midnight: datetime) -> Figure:
    def points(values: np.ndarray) -> list[Point]:
        busier = values.reshape(24, -1).max(axis=1).tolist()
        ends = (midnight + timedelta(hours=n + 1) for n in range(24))
        return [Point(at, float(value)) for at, value in zip(ends, busier, strict=True)]

    peak = int(need.duty.argmax())
    return Figure(
        finding=_("Most are needed from %(at)s: %(n)s on duty")
        % {"at": f"{need.at(peak):%H:%M}", "n": f"{int(need.duty[peak]):,}"},
        detail=_(
            "Operators on duty in the busier half of each hour: needed, and planned (dashed)."
        ),
        value=_("needed"),
        lines=[
            Line(points(need.duty), _("needed")),
            Line(points(free.plan.working), _("planned"), "forecast"),
        ],
        unit=_("operators"),
    )
