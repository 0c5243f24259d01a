"""``madang air index``: an air quality index of the user's values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from madang.air.index_spec import IndexSpec
from madang.air.indices import Indices, RowIndex, indices_of_hours, indices_of_values
from madang.air.series import read_series
from madang.air.standards import Standard, index_in_effect
from madang.kernel.times import zone

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("index")
@click.option("--values", "values_file", type=_FILE, required=True, help="Concentrations, CSV.")
@click.option(
    "--standard",
    type=click.Choice(["cai", "us", "city"]),
    required=True,
    help="cai: the Korean index; us: the US index of 2024; city: that of this instance's city.",
)
@click.option(
    "--hourly", is_flag=True, help="Rows are hours with `time`: take the running means they need."
)
@click.option(
    "--time-zone", help="Zone of stamps without an offset (default: that of this instance's city)."
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def index(
    values_file: Path, standard: str, hourly: bool, time_zone: str | None, as_json: bool
) -> None:
    """Say the air quality index of each row: value, class, main pollutant, sub-indices."""
    chosen = _standard(standard)
    if hourly:
        from madang.city.api import time_zone as zone_of_city

        series = read_series(values_file, zone(time_zone or zone_of_city()))
        found = indices_of_hours(series, chosen)
    else:
        found = indices_of_values(values_file, chosen)
    for row in found.rejected:
        click.echo(f"{values_file}:{row.line}: rejected: {row.reason}", err=True)
    if as_json:
        click.echo(json.dumps(_answer(found, standard), ensure_ascii=False, indent=2))
    else:
        _print(found)


def _standard(name: str) -> Standard:
    return index_in_effect() if name == "city" else Standard(IndexSpec(standard=name))  # type: ignore[arg-type]


def _answer(found: Indices, standard: str) -> dict[str, Any]:
    return {
        "standard": standard,
        "rows": [_row(row) for row in found.rows],
        "rejected_rows": [{"line": r.line, "reason": r.reason} for r in found.rejected],
    }


def _row(row: RowIndex) -> dict[str, Any]:
    place = (
        {"line": row.line}
        if row.time is None
        else {"time": row.time.isoformat(), "district": row.district}
    )
    return {
        **place,
        "index": row.index.value,
        "class": row.index.category,
        "main_pollutant": row.index.main,
        "sub_indices": dict(row.index.parts),
        "missing": list(row.index.missing),
    }


def _print(found: Indices) -> None:
    for row in found.rows:
        where = f"line {row.line}" if row.time is None else row.time.isoformat()
        if row.index.value is None:
            missing = ", ".join(row.index.missing)
            click.echo(f"{where:<26} no index: {missing} missing")
            continue
        parts = "  ".join(f"{name} {value}" for name, value in row.index.parts.items())
        click.echo(
            f"{where:<26} {row.index.value:>4} {row.index.category} by {row.index.main}   {parts}"
        )
