"""A sample that people have checked, as a file: what `madang cases audit sample --out` wrote."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from madang.cases.audit.columns import raw, truth
from madang.kernel.errors import BadInput

NEEDED = ("case", "stratum", "population", "wrong")


def read_sample(path: Path) -> tuple[pl.DataFrame, dict[str, int]]:
    """Return a checked sample, and how many decisions each stratum has.

    `wrong` is `true`, `false`, `open` (it is not settled who was right) or empty (not checked yet).

    Raises
    ------
    BadInput
        If a column is missing or a value does not fit; names file, line and column.
    """
    found = raw(path)
    for name in NEEDED:
        if name not in found.columns:
            said = f"has no column {name!r}; `madang cases audit sample --out` writes it"
            raise BadInput(str(path), said, line=1)
    is_open = (found["wrong"] == "open").fill_null(value=False)
    wrong = truth(found["wrong"])
    misfit = found["wrong"].is_not_null() & wrong.is_null() & ~is_open
    _refuse(path, found, "wrong", misfit, "is none of true, false, open, empty")
    sizes = found["population"].cast(pl.Int64, strict=False)
    _refuse(path, found, "population", sizes.is_null() | (sizes < 1), "is no number of decisions")
    _refuse(path, found, "stratum", found["stratum"].is_null(), "is empty")
    twice = ~found["case"].is_first_distinct()
    _refuse(path, found, "case", twice, "comes twice")
    typed = found.with_columns(wrong.alias("wrong"), is_open.alias("open"), sizes)
    populations: dict[str, int] = {}
    for row, (stratum, size) in enumerate(typed.select("stratum", "population").iter_rows()):
        if populations.setdefault(stratum, size) != size:
            said = f"population: {stratum} had {populations[stratum]} above and has {size} here"
            raise BadInput(str(path), said, line=row + 2)
    counts = dict(typed.group_by("stratum").len().iter_rows())
    for stratum, size in populations.items():
        if counts[stratum] > size:
            said = f"population: {stratum} has {counts[stratum]} rows of {size} decisions"
            raise BadInput(str(path), said, line=1)
    return typed, populations


def _refuse(path: Path, found: pl.DataFrame, name: str, wrong: pl.Series, message: str) -> None:
    places = wrong.fill_null(value=False).arg_true()
    if len(places):
        row = int(places[0])
        raise BadInput(str(path), f"{name}: {found[name][row]!r} {message}", line=row + 2)
