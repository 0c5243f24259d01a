"""Thirty days of hours for every district, so that the air pages have something to show.

python -m bench.air_hours        into the instance that MADANG_DATA names
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta

DAYS = 30
_LEVELS = {"pm25": 25.0, "pm10": 45.0, "o3": 0.03, "no2": 0.02, "co": 0.5, "so2": 0.003}


def main() -> None:
    """Write the hours; every tenth of a district is missing, so that gaps are drawn, too."""
    from madang.kernel.orm import ready

    ready()
    from madang.air.models import DistrictHour
    from madang.city.api import profile
    from madang.kernel.times import HOUR, hour_end, now

    end = hour_end(now()) - HOUR
    codes = [unit.code for unit in profile().districts()]
    rows = [
        DistrictHour(
            district=code, origin="simulated", pollutant=pollutant, end=at, value=value,
            stations={"1": value}, is_closed=True,
        )
        for number, code in enumerate(codes)
        for pollutant, at, value in _hours(number, end)
    ]  # fmt: skip
    DistrictHour.objects.bulk_create(rows, batch_size=5000)


def _hours(district: int, end: datetime) -> Iterator[tuple[str, datetime, float]]:
    for n in range(DAYS * 24):
        at = end - timedelta(hours=n)
        if (n + district) % 10 == 3:
            continue
        day = 1 + 0.6 * math.sin(2 * math.pi * at.hour / 24 + district)
        for pollutant, level in _LEVELS.items():
            yield pollutant, at, round(level * day, 4)


if __name__ == "__main__":
    main()
