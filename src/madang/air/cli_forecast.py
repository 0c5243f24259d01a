"""``madang air forecast``: tomorrow's air from the user's own hours."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from madang.air.errors import InvalidSeries
from madang.air.series import Rejected, end_of_hour
from madang.air.units import NAMES, UNITS
from madang.kernel.times import zone as zone_named

if TYPE_CHECKING:
    from madang.air.forecast_files import FileForecast, PlaceForecast, Request

_FILE = click.Path(path_type=Path, dir_okay=False)
_HEAD = ("issued_at", "valid_at", "pollutant", "value", "low", "high")
MODEL = "madang ridge"


@click.command("forecast")
@click.option("--series", "series_file", type=_FILE, required=True, help="Hourly values, CSV.")
@click.option("--weather", "weather_file", type=_FILE, help="Hourly weather, past and ahead, CSV.")
@click.option(
    "--horizon", type=click.IntRange(1, 48), default=24, show_default=True, help="Hours ahead."
)
@click.option("--out", "out_file", type=_FILE, required=True, help="Where the forecast goes, CSV.")
@click.option(
    "--since",
    help="Fit on the hours up to then and issue a forecast at every hour from then on.",
)
@click.option(
    "--time-zone", default="Asia/Seoul", show_default=True, help="Zone of stamps without an offset."
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def forecast(
    *,
    series_file: Path,
    weather_file: Path | None,
    horizon: int,
    out_file: Path,
    since: str | None,
    time_zone: str,
    as_json: bool,
) -> None:
    """Forecast the next hours of a series of air, with an 80 % interval.

    Learns from the whole series, and says how it does against persistence on its last fifth.
    """
    from madang.air.forecast_files import Request, forecast_of_files

    zone = zone_named(time_zone)
    start = None
    if since is not None:
        try:
            start = end_of_hour(since if len(since) > 10 else f"{since}T00", zone)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--since") from None
    request = Request(series_file, zone, horizon, weather_file, start)
    found = forecast_of_files(request)
    rows = _write(out_file, found)
    _report(request, found)
    if as_json:
        answer = _answer(request, found) | {"out": str(out_file), "rows": rows}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        _print(found, out_file, rows)


def _write(path: Path, found: FileForecast) -> int:
    """Write the forecasts; a `district` column is added where the series has one."""
    from madang.air.forecast_hours import DECIMALS, forecast_hours

    has_districts = any(place.district is not None for place in found.places)
    rows = 0
    try:
        with click.open_file(str(path), "w", encoding="utf-8", atomic=True) as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow([*_HEAD, *(["district"] if has_districts else [])])
            for place in found.places:
                stamps = _Stamps(place, found)
                for hour in forecast_hours(place.place, place.issued):
                    places = DECIMALS[hour.pollutant]
                    numbers = [f"{v:.{places}f}" for v in (hour.value, hour.low, hour.high)]
                    row = [stamps(hour.issued_at), stamps(hour.valid_at), hour.pollutant, *numbers]
                    out.writerow([*row, *([place.district] if has_districts else [])])
                    rows += 1
    except OSError as error:
        raise InvalidSeries(str(path), f"cannot be written: {error.strerror}") from error
    return rows


class _Stamps:
    """Writes moments with the offset that the file uses there."""

    def __init__(self, place: PlaceForecast, found: FileForecast) -> None:
        self.place, self.found = place, found
        self.known: dict[datetime, str] = {}

    def __call__(self, at: datetime) -> str:
        if at not in self.known:
            zone = self.found.series.offset(self.place.district, at)
            self.known[at] = at.astimezone(zone).isoformat()
        return self.known[at]


def _answer(request: Request, found: FileForecast) -> dict[str, Any]:
    from madang.air.engine.forecast import VERSION

    places = [_place(place, found) for place in found.places]
    answer = {
        "model": MODEL,
        "version": VERSION,
        "horizon_hours": request.horizon,
        "interval": 0.8,
        "rejected_rows": _rejected(found.series.rejected)
        + _rejected(found.weather_rejected, f"{request.weather}: "),
        "warnings": [*found.warnings, *(w for place in places for w in place.pop("warnings"))],
    }
    if len(places) == 1 and found.places[0].district is None:
        return answer | places[0]
    return answer | {"districts": places}


def _place(place: PlaceForecast, found: FileForecast) -> dict[str, Any]:
    stamps = _Stamps(place, found)
    grid = place.place
    named = f"{place.district}: " if place.district else ""
    return {
        **({"district": place.district} if place.district else {}),
        "issued_at": stamps(grid.end_of(place.issued.rows[-1])),
        "fitted_on": {
            "from": stamps(grid.start),
            "to": stamps(grid.end_of(place.fitted.rows - 1)),
            "rows": place.fitted.rows,
        },
        "models": {p: place.fitted.model_of(n) for n, p in enumerate(grid.hours.pollutants)},
        "held_out": _held_out(place, stamps),
        "warnings": [f"{named}{text}" for text in place.warnings],
    }


def _held_out(place: PlaceForecast, stamps: _Stamps) -> dict[str, Any] | None:
    held = place.held_out
    if held is None:
        return None
    grid = place.place
    by_pollutant: dict[str, dict[str, Any]] = {}
    for score in held.scores:
        by_pollutant.setdefault(score.pollutant, {})[str(score.ahead)] = {
            "n": score.n,
            "rmse": _figure(score.rmse),
            "persistence_rmse": _figure(score.persistence_rmse),
            "skill": None if math.isnan(score.skill) else round(score.skill, 4),
            "coverage": round(score.coverage, 4),
        }
    return {
        "from": stamps(grid.end_of(held.first)),
        "to": stamps(grid.end_of(held.first + held.rows - 1)),
        "rows": held.rows,
        "scores": by_pollutant,
    }


def _figure(value: float) -> float:
    return float(f"{value:.4g}")


def _rejected(rows: Sequence[Rejected], prefix: str = "") -> list[dict[str, Any]]:
    return [{"line": r.line, "reason": f"{prefix}{r.reason}"} for r in rows]


def _report(request: Request, found: FileForecast) -> None:
    """Say on standard error what was odd about the files."""
    for name, rows in (
        (request.series, found.series.rejected),
        (request.weather, found.weather_rejected),
    ):
        for row in rows:
            click.echo(f"{name}:{row.line}: rejected: {row.reason}", err=True)
    for text in found.warnings:
        click.echo(f"{request.weather}: {text}", err=True)
    for place in found.places:
        for text in place.warnings:
            click.echo(f"{place.district or request.series}: {text}", err=True)


def _print(found: FileForecast, out: Path, rows: int) -> None:
    for place in found.places:
        for line in _lines(place, _Stamps(place, found)):
            click.echo(line)
    click.echo(f"{rows} rows in {out}")


def _lines(place: PlaceForecast, stamps: _Stamps) -> Iterator[str]:
    grid, issued = place.place, place.issued
    if place.district:
        yield place.district
    yield f"issued {stamps(grid.end_of(issued.rows[-1]))}"
    for p, pollutant in enumerate(grid.hours.pollutants):
        value, low, high = (part[-1, -1, p] for part in (issued.value, issued.low, issued.high))
        if not math.isnan(value):
            ahead = issued.value.shape[1]
            text = f"{value:.4g} ({low:.4g} to {high:.4g}) {UNITS[pollutant]} in {ahead} h"
            yield f"  {NAMES[pollutant]:<6} {text}, {place.fitted.model_of(p)}"
    held = place.held_out
    for score in held.scores if held else ():
        if score.ahead == issued.value.shape[1]:
            yield (
                f"  {NAMES[score.pollutant]:<6} on the held-out hours: error {score.rmse:.4g}, "
                f"persistence {score.persistence_rmse:.4g}, skill {100 * score.skill:.1f} %, "
                f"interval held {100 * score.coverage:.0f} %"
            )
