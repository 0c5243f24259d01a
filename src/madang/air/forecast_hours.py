"""Hours of one place as the forecast's engine takes them, and what it says in times and units."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np

from madang.air.engine.forecast import AirHours, Issued
from madang.air.engine.forecast_model import LONGEST
from madang.air.rules import Hour

HOUR = timedelta(hours=1)
LEARNED = timedelta(days=5 * 366)
_FARTHEST = timedelta(days=366)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Decimals that are written: a tenth of what the national network publishes.
DECIMALS = {"pm25": 1, "pm10": 1, "o3": 4, "no2": 4, "co": 2, "so2": 4}


@dataclass(frozen=True)
class Place:
    """Consecutive hours of one place from the hour that ends at `start` (UTC).

    `left_out` hours with values were not taken: they are too old, or years away from the others.
    """

    start: datetime
    hours: AirHours
    left_out: int = 0

    @property
    def rows(self) -> int:
        """How many hours there are, known or not."""
        return len(self.hours.values)

    def end_of(self, row: int) -> datetime:
        """Return the end of a row's hour, also past the last."""
        return self.start + int(row) * HOUR

    def row_of(self, end: datetime) -> int:
        """Return the row of the hour that ends then."""
        return round((end - self.start) / HOUR)


@dataclass(frozen=True)
class ForecastHour:
    """One pollutant's forecast of one hour: mean and ends of the 80 % interval, in its unit."""

    issued_at: datetime
    valid_at: datetime
    pollutant: str
    value: float
    low: float
    high: float


def place_of(
    hours: Sequence[Hour],
    pollutants: Sequence[str],
    zone: tzinfo,
    weather: Mapping[str, Mapping[datetime, float]] | None = None,
) -> Place | None:
    """Return the hours of one place without holes; what no hour has is missing.

    Pollutants that never have a value are left out, and so are hours before the first and after
    the last value. Of stretches more than a year apart, a slip of a stamp as a rule, the one with
    the most hours counts, and of that its last five years. None where there is no value at all.

    Parameters
    ----------
    zone : the city's, for its clock: days and hours of the day are the city's.
    weather : values by end of hour, per column; may go on past the last hour.
    """
    found = [hour for hour in hours if any(p in hour.values for p in pollutants)]
    if not found:
        return None
    known = _lasting(found)
    present = tuple(p for p in pollutants if any(p in hour.values for hour in known))
    start, last = known[0].end, known[-1].end
    n = round((last - start) / HOUR) + 1
    values = np.full((n, len(present)), np.nan)
    for hour in known:
        row = round((hour.end - start) / HOUR)
        values[row] = [hour.values.get(p, math.nan) for p in present]
    ends = [start + k * HOUR for k in range(n + LONGEST)]
    local = np.array([_local_hour(end, zone) for end in ends], dtype=np.int64)
    columns = {
        name: np.array([column.get(end, math.nan) for end in ends])
        for name, column in (weather or {}).items()
    }
    air = AirHours(present, values, local, columns or None)
    return Place(start, air, left_out=len(found) - len(known))


def _lasting(hours: Sequence[Hour]) -> Sequence[Hour]:
    """Return the last years of the longest stretch of hours without a gap of more than a year."""
    edges = [0]
    for place, (before, after) in enumerate(itertools.pairwise(hours), start=1):
        if after.end - before.end > _FARTHEST:
            edges.append(place)
    stretches = [hours[a:b] for a, b in itertools.pairwise([*edges, len(hours)])]
    longest = max(stretches, key=len)
    since = longest[-1].end - LEARNED
    return [hour for hour in longest if hour.end > since]


def _local_hour(end: datetime, zone: tzinfo) -> int:
    offset = end.astimezone(zone).utcoffset() or timedelta(0)
    return int((end - _EPOCH + offset) / HOUR)


def forecast_hours(place: Place, issued: Issued) -> Iterator[ForecastHour]:
    """Yield what was forecast, by issue, hour ahead and pollutant, less what is not known."""
    for number, row in enumerate(issued.rows):
        at = place.end_of(row)
        parts = (issued.value, issued.low, issued.high)
        for ahead in range(issued.value.shape[1]):
            for p, pollutant in enumerate(place.hours.pollutants):
                bounds = (part[number, ahead, p] for part in parts)
                value, low, high = (_rounded(pollutant, float(bound)) for bound in bounds)
                if not math.isnan(value + low + high):
                    yield ForecastHour(at, at + (ahead + 1) * HOUR, pollutant, value, low, high)


def _rounded(pollutant: str, value: float) -> float:
    return round(value, DECIMALS[pollutant])
