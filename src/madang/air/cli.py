"""``madang air ...``: the city's air rules and indices on the user's own files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from madang.air.errors import InvalidSeries
from madang.air.rule_set import RuleSet, read_rule_set
from madang.air.rules import Declared, declared_measures, reason_text, skipped_rules
from madang.air.series import Forecast, Rejected, Series, read_forecast, read_series

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("measures")
@click.option("--series", "series_file", type=_FILE, required=True, help="Hourly values, CSV.")
@click.option("--forecast", "forecast_file", type=_FILE, help="Daily forecast means, CSV.")
@click.option("--rules", "rules_file", type=_FILE, required=True, help="The city's air.yaml.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def measures(
    series_file: Path, forecast_file: Path | None, rules_file: Path, as_json: bool
) -> None:
    """Say which measures the city's rules declare and lift over a series of hours."""
    rule_set = read_rule_set(rules_file)
    series = read_series(series_file, rule_set.zone)
    forecast = read_forecast(forecast_file) if forecast_file else Forecast({}, [])
    declared = declared_measures(series.hours, rule_set, forecast.means)
    skipped = skipped_rules(rule_set, series.pollutants, has_forecast=bool(forecast.means))
    found = [_measure(m, series, rule_set) for m in declared]
    answer = {
        "measures": found,
        "rejected_rows": _rejected(series.rejected)
        + _rejected(forecast.rejected, f"{forecast_file}: "),
        "skipped_rules": skipped,
    }
    _report(series_file, series, forecast_file, forecast, skipped)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        _print_measures(found)


def _rejected(rows: Sequence[Rejected], prefix: str = "") -> list[dict[str, Any]]:
    return [{"line": r.line, "reason": f"{prefix}{r.reason}"} for r in rows]


def _measure(measure: Declared, series: Series, rule_set: RuleSet) -> dict[str, Any]:
    district = measure.district

    def stamp(at: datetime | None) -> str | None:
        return None if at is None else at.astimezone(series.offset(district, at)).isoformat()

    zone = series.offset(district, measure.declared_at)
    return {
        "rule": measure.rule,
        "district": district,
        "declared_at": stamp(measure.declared_at),
        "lifted_at": stamp(measure.lifted_at),
        "reason": reason_text(measure.transition, rule_set, "en", zone),
        "readings": [
            {"time": stamp(r.time), "pollutant": measure.pollutant, "value": r.value}
            for r in measure.transition.readings
        ],
    }


def _report(
    series_file: Path,
    series: Series,
    forecast_file: Path | None,
    forecast: Forecast,
    skipped: Sequence[str],
) -> None:
    """Say on standard error what was odd about the files."""
    for name, rows in ((series_file, series.rejected), (forecast_file, forecast.rejected)):
        for row in rows:
            click.echo(f"{name}:{row.line}: rejected: {row.reason}", err=True)
    if series.flagged:
        lines = ", ".join(str(line) for line in series.flagged)
        text = f"PM2.5 above PM10 (flagged, kept, counts) in line {lines}"
        click.echo(f"{series_file}: {text}", err=True)
    if series.unsorted:
        text = f"{len(series.unsorted)} rows are out of order, the first in line"
        click.echo(f"{series_file}: {text} {series.unsorted[0]}; sorted by time", err=True)
    for rule in skipped:
        click.echo(f"{rule}: skipped, its forecast or its column is not given", err=True)


def _print_measures(rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        click.echo("No measure was declared.")
        return
    head = ("rule", "district", "declared_at", "lifted_at")
    widths = [max(len(k), *(len(str(r[k] or "-")) for r in rows)) for k in head]
    for row in ({k: k for k in head} | {"reason": "reason"}, *rows):
        cells = [str(row[k] or "-").ljust(w) for k, w in zip(head, widths, strict=True)]
        click.echo("  ".join([*cells, row["reason"]]))


@click.command("day-forecast")
@click.option("--file", "forecast_file", type=_FILE, required=True, help="Daily means, CSV.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def day_forecast(forecast_file: Path, as_json: bool) -> None:
    """Give the running platform the forecast daily means of PM2.5 that its decisions need."""
    from madang.kernel.orm import ready

    given = read_forecast(forecast_file)
    if not given.means:
        raise InvalidSeries(str(forecast_file), "has no day with a mean")
    for row in given.rejected:
        click.echo(f"{forecast_file}:{row.line}: rejected: {row.reason}", err=True)
    ready()
    from madang.air.actions import record_forecasts

    days = record_forecasts(given.means, "system:command-line")
    if as_json:
        click.echo(json.dumps({"days": days, "rejected_rows": _rejected(given.rejected)}))
    else:
        click.echo(f"{days} days of forecast kept.")
