"""``madang callcentre adherence``: whether people were on the phones when the plan said so."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
import numpy as np

from madang.callcentre.errors import InvalidCalls
from madang.callcentre.spans import seconds
from madang.kernel.data_files import Row, read_table

_FILE = click.Path(path_type=Path, dir_okay=False)
_Windows = list[tuple[str, datetime, datetime]]


@click.command("adherence")
@click.option("--planned", "planned_file", type=_FILE, required=True,
              help="CSV: operator, start, end (when they should be on the phones).")  # fmt: skip
@click.option("--actual", "actual_file", type=_FILE, required=True,
              help="CSV: operator, start, end (when they were).")  # fmt: skip
@click.option("--interval", default="30m", show_default=True, help="Length of an interval.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def adherence(planned_file: Path, actual_file: Path, interval: str, as_json: bool) -> None:
    """Compare the time on the phones with the plan, by operator and by interval."""
    from madang.callcentre.engine.adherence import adherence as compared

    step = seconds(interval)
    planned, actual = _read(planned_file), _read(actual_file)
    every = [*planned, *actual]
    names = sorted({name for name, _, _ in every})
    first = min(start for _, start, _ in every).replace(hour=0, minute=0, second=0, microsecond=0)
    last = max(end for _, _, end in every)
    count = int(-(-(last - first).total_seconds() // step))
    arrays = [_array(windows, names, first) for windows in (planned, actual)]
    found = compared(arrays[0], arrays[1], len(names), step, count)
    answer = {
        "adherence": _share(found.adherence),
        "conformance": _share(found.conformance),
        "operators": [
            {
                "name": name,
                "planned_s": row[0],
                "actual_s": row[1],
                "as_planned_s": row[2],
                "adherence": _share(row[2] / row[0]) if row[0] else None,
            }
            for name, row in zip(names, found.by_operator.tolist(), strict=True)
        ],
        "intervals": [
            {
                "start": (first + timedelta(seconds=n * step)).isoformat(timespec="minutes"),
                "planned": round(float(found.planned[n]), 3),
                "actual": round(float(found.actual[n]), 3),
                "as_planned": round(float(found.both[n]), 3),
            }
            for n in range(count)
            if found.planned[n] or found.actual[n]
        ],
    }
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        _print(answer)


def _share(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 5)


def _read(path: Path) -> _Windows:
    file = str(path)
    header, rows, problems = read_table(path, file)
    for problem in problems:
        raise InvalidCalls(file, f"{problem.field} {problem.message}".strip(), line=problem.line)
    for name in ("operator", "start", "end"):
        if name not in header:
            told = f"has no column {name}; it has {', '.join(header)}"
            raise InvalidCalls(file, told, line=1)
    if not rows:
        raise InvalidCalls(file, "has no row below its header")
    found = []
    for row in rows:
        for name in ("operator", "start", "end"):
            if name not in row.cells:
                raise InvalidCalls(file, f"{name} is empty", line=row.line)
        start, end = _time(file, row, "start"), _time(file, row, "end")
        if end <= start:
            raise InvalidCalls(file, f"end {row.cells['end']!r} is not after start", line=row.line)
        found.append((row.cells["operator"], start, end))
    return found


def _time(file: str, row: Row, name: str) -> datetime:
    try:
        return datetime.fromisoformat(row.cells[name]).replace(tzinfo=None)
    except ValueError:
        told = f"{name} {row.cells[name]!r} is no ISO 8601 time such as 2026-11-23T09:00"
        raise InvalidCalls(file, told, line=row.line) from None


def _array(windows: _Windows, names: list[str], first: datetime) -> np.ndarray:
    place = {name: number for number, name in enumerate(names)}
    return np.array(
        [
            (place[name], (start - first).total_seconds(), (end - first).total_seconds())
            for name, start, end in windows
        ]
    )


def _print(answer: dict[str, Any]) -> None:
    for name in ("adherence", "conformance"):
        value = answer[name]
        click.echo(f"{name} {'-' if value is None else f'{100 * value:.1f} %'}")
    click.echo("start              planned  there  as planned")
    for row in answer["intervals"]:
        click.echo(
            f"{row['start']:<17}{row['planned']:>9.1f}{row['actual']:>7.1f}{row['as_planned']:>12.1f}"
        )
