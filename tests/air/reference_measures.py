"""The city's air rules once more, told by another algorithm: whole series, lists and dicts only.

Limits are written here, from the law and the city's decision, not read from the profile. An hour
is a naive datetime of the city, named by its end.
"""

from __future__ import annotations

import csv
import gzip
from datetime import date, datetime, timedelta

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

# rule: pollutant, hours, declares, lifts
RUNS = {
    "early_action": ("pm25_ugm3", 4, lambda v: v > 50, lambda v: v <= 50),
    "advisory_pm25": ("pm25_ugm3", 2, lambda v: v >= 75, lambda v: v < 35),
    "warning_pm25": ("pm25_ugm3", 2, lambda v: v >= 150, lambda v: v < 75),
    "advisory_pm10": ("pm10_ugm3", 2, lambda v: v >= 150, lambda v: v < 100),
    "warning_pm10": ("pm10_ugm3", 2, lambda v: v >= 300, lambda v: v < 150),
}


def read(path) -> tuple[dict[datetime, dict[str, float]], list[int]]:
    """Return the first row of each hour, and the lines of the repeated ones."""
    hours, repeated = {}, []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            day, clock = row.pop("time").split(" ")
            at = datetime.fromisoformat(day) + int(clock[:2]) * HOUR
            if at in hours:
                repeated.append(line)
            else:
                hours[at] = {k: float(v) for k, v in row.items() if v.replace(".", "").isdigit()}
    return hours, repeated


def run_measures(values: dict[datetime, float], hours: int, declares, lifts) -> list[tuple]:
    """Return (declared, lifted or None) of one run rule."""
    found, free_after = [], datetime(1, 1, 1)  # noqa: DTZ001
    for at in sorted(values):
        run = [at - n * HOUR for n in range(hours)]
        if run[-1] <= free_after or not all(h in values and declares(values[h]) for h in run):
            continue
        lifted = next((h for h in sorted(values) if h > at and lifts(values[h])), None)
        found.append((at, lifted))
        if lifted is None:
            break
        free_after = lifted
    return found


def emergency_measures(
    hours: dict[datetime, dict[str, float]], forecast: dict[date, float], issued: list[datetime]
) -> list[tuple]:
    """Return (declared, lifted or None) of the emergency reduction: decided 17:00, over 21:00."""
    found = []
    if not hours:
        return found
    first, last = min(hours) - HOUR, max(hours)
    day = first.date()
    while day <= last.date():
        midnight = datetime.combine(day, datetime.min.time())
        decided, over = midnight + 17 * HOUR, midnight + DAY + 21 * HOUR
        tomorrow = forecast.get(day + DAY)
        if first < decided <= last and tomorrow is not None:
            today = [hours.get(midnight + n * HOUR, {}).get("pm25_ugm3") for n in range(1, 17)]
            today = [v for v in today if v is not None]
            is_high = bool(today) and sum(today) / len(today) > 50
            is_issued = any(midnight <= at <= decided for at in issued)
            if tomorrow > 75 or (tomorrow > 50 and (is_high or is_issued)):
                found.append((decided, over if over <= last else None))
        day += DAY
    return found


def all_measures(hours: dict[datetime, dict[str, float]], forecast: dict[date, float]) -> set:
    """Return (rule, declared, lifted or None) of all rules."""
    found = set()
    for rule, (column, length, declares, lifts) in RUNS.items():
        values = {at: row[column] for at, row in hours.items() if column in row}
        found |= {(rule, *m) for m in run_measures(values, length, declares, lifts)}
    issued = [at for rule, at, _ in found if rule in ("advisory_pm25", "warning_pm25")]
    return found | {
        ("emergency_reduction", *m) for m in emergency_measures(hours, forecast, issued)
    }


def next_day_means(hours: dict[datetime, dict[str, float]]) -> dict[date, float]:
    """Return the mean PM2.5 of each day of the file, to be taken as its forecast."""
    by_day: dict[date, list[float]] = {}
    for at, row in hours.items():
        if "pm25_ugm3" in row:
            by_day.setdefault((at - HOUR).date(), []).append(row["pm25_ugm3"])
    return {day: sum(values) / len(values) for day, values in by_day.items()}
