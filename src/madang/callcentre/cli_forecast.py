"""``madang callcentre forecast``: the calls of the coming days, from a history."""

from __future__ import annotations

import csv
import json
import math
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from madang.callcentre.errors import InvalidCalls
from madang.callcentre.spans import seconds

if TYPE_CHECKING:
    from madang.callcentre.engine.forecast_scores import Score
    from madang.callcentre.forecasting import CallsForecast

_FILE = click.Path(path_type=Path, dir_okay=False)
MODEL = "madang day profiles"


@click.command("forecast")
@click.option(
    "--history",
    "history_file",
    type=_FILE,
    required=True,
    help="CSV: start (with date), calls, aht_s.",
)
@click.option(
    "--days", type=click.IntRange(1, 56), default=14, show_default=True, help="Days ahead."
)
@click.option("--interval", help="Length of an interval; else the shortest step of the file.")
@click.option("--city", help="Profile whose holidays count; default: this instance's city.")
@click.option(
    "--holidays", "holidays_file", type=_FILE, help="Holidays instead: a date on each line."
)
@click.option(
    "--regressors",
    "regressors_file",
    type=_FILE,
    help="CSV: start and numbers (rain_mm, event ...), past and days ahead.",
)
@click.option(
    "--coverage",
    type=click.FloatRange(0.5, 0.99),
    default=0.8,
    show_default=True,
    help="Share of intervals that the given range is to hold.",
)
@click.option("--out", "out_file", type=_FILE, help="Write the forecast there, CSV.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def forecast(
    *,
    history_file: Path,
    days: int,
    interval: str | None,
    city: str | None,
    holidays_file: Path | None,
    regressors_file: Path | None,
    coverage: float,
    out_file: Path | None,
    as_json: bool,
) -> None:
    """Forecast calls by interval, and say how the model did beside the week before."""
    from madang.callcentre.forecasting import forecast_of_file

    found = forecast_of_file(
        history_file,
        days=days,
        is_holiday=_holidays(city, holidays_file),
        interval_s=seconds(interval) if interval else None,
        regressors=regressors_file,
        coverage=coverage,
    )
    for text in found.warnings:
        click.echo(f"{history_file}: {text}", err=True)
    rows = _rows(found)
    if out_file is not None:
        _write(out_file, rows)
    if as_json:
        answer = _answer(found, coverage) | {"intervals": rows}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        _print(found, rows, out_file)


def _holidays(city: str | None, path: Path | None) -> Any:
    if path is None:
        from madang.city.api import load_profile, profile

        calendar = (load_profile(city) if city else profile()).calendar
        return calendar.is_holiday
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidCalls(str(path), f"cannot be read: {error}") from None
    days = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            days.add(date.fromisoformat(line.strip().split(",")[0]))
        except ValueError:
            told = f"{line.strip()!r} is no date such as 2026-03-01"
            raise InvalidCalls(str(path), told, line=number) from None
    return days.__contains__


def _rows(found: CallsForecast) -> list[dict[str, Any]]:
    rows = []
    per_day = found.found.calls.shape[1]
    flat = [part.ravel() for part in (found.found.calls, found.found.low, found.found.high)]
    for place, (calls, low, high) in enumerate(zip(*flat, strict=True)):
        at = found.first + place * found.interval
        row: dict[str, Any] = {
            "start": at.isoformat(timespec="minutes"),
            "calls": round(float(calls), 2),
            "low": round(float(low), 2),
            "high": round(float(high), 2),
        }
        aht = float(found.aht_s[place % per_day])
        if not math.isnan(aht):
            row["aht_s"] = round(aht, 1)
        rows.append(row)
    return rows


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    try:
        with click.open_file(str(path), "w", encoding="utf-8", atomic=True) as file:
            out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            out.writeheader()
            out.writerows(rows)
    except OSError as error:
        raise InvalidCalls(str(path), f"cannot be written: {error.strerror}") from error


def _answer(found: CallsForecast, coverage: float) -> dict[str, Any]:
    from madang.callcentre.engine.forecast import VERSION

    model = found.found
    return {
        "model": MODEL,
        "version": VERSION,
        "first": found.first.isoformat(timespec="minutes"),
        "days": len(model.calls),
        "interval_s": found.interval.total_seconds(),
        "interval_coverage": coverage,
        "fitted_on": {
            "from": found.history_from.date().isoformat(),
            "days": found.history_days,
            "holidays": found.holidays,
        },
        "smoothing": {
            "level": model.smoothing.level,
            "profile": model.smoothing.profile,
            "trend": model.smoothing.trend,
            "damping": model.smoothing.damping,
        },
        "regressors": {name: round(value, 6) for name, value in found.regressors.items()},
        "held_out": {
            **_score(model.held_out),
            "origins": model.origins,
            "coverage": round(model.coverage, 4),
            "by_day_ahead": [_score(one) for one in model.by_day],
        },
        "warnings": list(found.warnings),
    }


def _score(score: Score) -> dict[str, Any]:
    return {
        "n": score.n,
        "wape": _share(score.wape),
        "naive_wape": _share(score.naive_wape),
        "skill": _share(score.skill),
        "day_wape": _share(score.day_wape),
        "naive_day_wape": _share(score.naive_day_wape),
    }


def _share(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 5)


def _print(found: CallsForecast, rows: list[dict[str, Any]], out_file: Path | None) -> None:
    held = found.found.held_out
    minutes = found.interval.total_seconds() / 60
    click.echo("day          calls   busiest interval")
    for day in range(len(found.found.calls)):
        calls = found.found.calls[day]
        busiest = rows[day * len(calls) + int(calls.argmax())]
        text = f"{busiest['start'][11:]} {busiest['calls']:.0f}"
        span = f"({busiest['low']:.0f} to {busiest['high']:.0f})"
        click.echo(f"{busiest['start'][:10]}{calls.sum():>8.0f}   {text} {span}")
    click.echo(
        f"on the newest days, by {minutes:g} minutes: WAPE {100 * held.wape:.1f} %, the week "
        f"before {100 * held.naive_wape:.1f} %; by day {100 * held.day_wape:.1f} % and "
        f"{100 * held.naive_day_wape:.1f} %; the range held {100 * found.found.coverage:.0f} %"
    )
    if out_file is not None:
        click.echo(f"{len(rows)} rows in {out_file}")
