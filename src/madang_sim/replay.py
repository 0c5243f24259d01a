"""Sends a real data file through the same front door, row by row, at any speed.

What the file holds is sent as it stands: gaps stay gaps, duplicates are sent twice, a value that is
no number goes to the door as the text it is and comes back refused. Only the way of writing time
is translated (24:00 is 00:00 of the next day; a stamp without offset is the city's time).
"""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from madang_sim.doors import HTTPDoor, Refused
from madang_sim.provision import Introduction, introduce

POLLUTANT_OF = {
    "pm25_ugm3": "pm25",
    "pm10_ugm3": "pm10",
    "o3_ppm": "o3",
    "no2_ppm": "no2",
    "co_ppm": "co",
    "so2_ppm": "so2",
}
_UNKNOWN = "unknown-datastream"
_TIMES_ASKED = 10  # seconds; the doors read the catalogue anew after five at the latest
_LINES_PER_REQUEST = 5_000


@dataclass(frozen=True)
class Row:
    """One row of the file: its line, moment, station, and the values as written."""

    line: int
    at: datetime
    station: str
    values: dict[str, str]


@dataclass
class Report:
    """What became of the file."""

    rows: int = 0
    sent: int = 0
    accepted: int = 0
    stations: int = 0
    unreadable: list[dict[str, object]] = field(default_factory=list)
    refused: list[dict[str, object]] = field(default_factory=list)
    duplicate_stamps: int = 0
    missing_hours: int = 0
    midnight_as_24: int = 0
    pm25_above_pm10: int = 0


def rows_of(path: Path, zone: ZoneInfo, report: Report) -> Iterator[Row]:
    """Yield the rows of a .csv or .csv.gz file in its order; what cannot be read is reported.

    Raises
    ------
    Refused
        If the file has no column `time` or `date`, or no pollutant.
    """
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rb") as raw:
        reader = csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8-sig", newline=""))
        columns = set(reader.fieldnames or ())
        stamp = "time" if "time" in columns else "date"
        pollutants = [name for name in POLLUTANT_OF if name in columns]
        if stamp not in columns or not pollutants:
            raise Refused(
                f"{path}: needs a column time or date and one of {', '.join(POLLUTANT_OF)}"
            )
        for row in reader:
            report.rows += 1
            text = row[stamp] or ""
            try:
                at = moment(text, zone)
            except ValueError:
                report.unreadable.append({"line": reader.line_num, "reason": f"no time: {text!r}"})
                continue
            report.midnight_as_24 += " 24:" in text or "T24:" in text
            values = {name: (row[name] or "").strip() for name in pollutants}
            station = row.get("station") or row.get("district") or ""
            yield Row(reader.line_num, at, station, values)


def moment(text: str, zone: ZoneInfo) -> datetime:
    """Return the UTC moment of a stamp; a date alone is the end of that day.

    >>> moment("2018-01-01 24:00", ZoneInfo("Asia/Seoul")).isoformat()
    '2018-01-01T15:00:00+00:00'
    """
    text = text.strip().replace(" ", "T")
    if len(text) == len("2018-01-01"):
        text += "T24:00"
    later = timedelta()
    if "T24:" in text:
        text, later = text.replace("T24:", "T00:"), timedelta(days=1)
    at = datetime.fromisoformat(text) + later
    return (at.replace(tzinfo=zone) if at.tzinfo is None else at).astimezone(UTC)


def replay(
    path: Path,
    door: HTTPDoor,
    *,
    zone: ZoneInfo,
    district: str,
    place: tuple[float, float],
    speed: float | None,
    station_class: str | None = None,
) -> Report:
    """Send the whole file; returns what became of it.

    Parameters
    ----------
    district : code of the city unit the stations stand in (one station where none is named).
    place : longitude and latitude of the stations [degrees].
    speed : how many times faster than life; None sends as fast as the door takes it.
    station_class : `reference` for hourly series (they count for measures), `daily` for days.
    """
    report = Report()
    rows = list(rows_of(path, zone, report))
    if not rows:
        raise Refused(f"{path}: no readable row")
    _look_at(rows, report)
    hourly = _step_s(rows) == 3600
    period_s = 3600 if hourly else 86400
    chosen = station_class or ("reference" if hourly else "daily")
    names = sorted({row.station for row in rows})
    prefix = f"replay-{path.name.split('.')[0]}"
    stations = [
        Introduction(
            external_id=f"{prefix}-{name}" if name else prefix,
            name=f"{name or path.name} (replayed)",
            unit=district,
            station_class=chosen,
            lon=place[0],
            lat=place[1],
            pollutants=tuple(POLLUTANT_OF[column] for column in rows[0].values),
            period_s=period_s,
            freshness_s=3600,
        )
        for name in names
    ]
    known = introduce(door, stations)
    report.stations = len(stations)
    ids = {
        (name, POLLUTANT_OF[column]): known[
            f"{prefix}-{name}" if name else prefix, POLLUTANT_OF[column]
        ]
        for name in names
        for column in rows[0].values
    }
    _send(rows, ids, door, speed, report)
    return report


def _send(
    rows: list[Row],
    ids: dict[tuple[str, str], int],
    door: HTTPDoor,
    speed: float | None,
    report: Report,
) -> None:
    lines: list[str] = []
    origins: list[int] = []
    begin, wall = rows[0].at, time.monotonic()
    for row in rows:
        if speed is not None:
            wait = (row.at - begin).total_seconds() / speed - (time.monotonic() - wall)
            if wait > 0:
                _flush(lines, origins, door, report)
                time.sleep(wait)
        for column, text in row.values.items():
            if text == "":
                continue
            value = float(text) if _is_number(text) else text
            lines.append(
                json.dumps(
                    {
                        "ds": ids[row.station, POLLUTANT_OF[column]],
                        "time": row.at.isoformat().replace("+00:00", "Z"),
                        "value": value,
                    }
                )
            )
            origins.append(row.line)
        if len(lines) >= _LINES_PER_REQUEST:
            _flush(lines, origins, door, report)
    _flush(lines, origins, door, report)


def _flush(lines: list[str], origins: list[int], door: HTTPDoor, report: Report) -> None:
    if not lines:
        return
    answer = _sent("\n".join(lines).encode(), door)
    report.sent += len(lines)
    report.accepted += answer["accepted"]
    for refusal in answer["refused"]:
        place = origins[refusal["row"]]
        report.refused.append({"line": place, "code": refusal["code"], "reason": refusal["reason"]})
    lines.clear()
    origins.clear()


def _sent(lines: bytes, door: HTTPDoor) -> dict[str, Any]:
    """Return the door's report; a door that has not heard of new stations yet is asked again.

    What it took the first time is a duplicate the second, and counts once.
    """
    for _ in range(_TIMES_ASKED):
        try:
            answer = door.send_lines(lines)
        except Refused as error:
            if _UNKNOWN not in str(error):
                raise
        else:
            if all(refusal["code"] != _UNKNOWN for refusal in answer["refused"]):
                return answer
        time.sleep(1.0)
    return door.send_lines(lines)


def _is_number(text: str) -> bool:
    try:
        return float(text) == float(text)
    except ValueError:
        return False


def _look_at(rows: list[Row], report: Report) -> None:
    """Count the file's own faults: duplicates, gaps, PM2.5 above PM10."""
    stamps = Counter((row.station, row.at) for row in rows)
    report.duplicate_stamps = sum(count - 1 for count in stamps.values())
    step = timedelta(seconds=_step_s(rows))
    for station in {row.station for row in rows}:
        moments = sorted(at for name, at in stamps if name == station)
        for earlier, later in itertools.pairwise(moments):
            report.missing_hours += max(0, round((later - earlier) / step) - 1)
    for row in rows:
        pm25, pm10 = row.values.get("pm25_ugm3", ""), row.values.get("pm10_ugm3", "")
        if _is_number(pm25) and _is_number(pm10):
            report.pm25_above_pm10 += float(pm25) > float(pm10)


def _step_s(rows: list[Row]) -> int:
    """Return the usual step of the series: an hour or a day."""
    first = rows[0].station
    moments = sorted({row.at for row in rows if row.station == first})
    steps = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    return 3600 if min(steps, default=3600.0) <= 3600 else 86400


def daily_means(path: Path, zone: ZoneInfo) -> dict[str, float]:
    """Return the PM2.5 mean of each local day of an hourly file (hour-ending stamps)."""
    sums: dict[str, list[float]] = {}
    seen = set()
    for row in rows_of(path, zone, Report()):
        text = row.values.get("pm25_ugm3", "")
        if row.at in seen or not _is_number(text):
            continue
        seen.add(row.at)
        day = (row.at.astimezone(zone) - timedelta(hours=1)).date().isoformat()
        sums.setdefault(day, []).append(float(text))
    return {day: sum(values) / len(values) for day, values in sums.items()}
