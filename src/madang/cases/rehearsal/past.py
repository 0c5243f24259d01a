"""Past cases from a file: CSV, JSON lines or Parquet, one row a case."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from madang.kernel.errors import BadInput
from madang.services.api import Package

OTHERS = ("case", "district", "age")
_TYPES: dict[str, type[pl.DataType]] = {
    "string": pl.String,
    "number": pl.Float64,
    "boolean": pl.Boolean,
    "date": pl.Date,
}


def read_cases(path: Path, package: Package) -> pl.DataFrame:
    """Return past cases with the types of the package's facts; an empty cell is not known.

    Raises
    ------
    BadInput
        If the file cannot be read, has no column of a fact, a column of no fact, or a value that
        does not fit; names the line or the column.
    """
    found = _read(path)
    known = {*package.facts, *OTHERS}
    strange = [name for name in found.columns if name not in known]
    if strange:
        message = (
            f"column {strange[0]!r} is no fact of {package.id}; it has {', '.join(sorted(known))}"
        )
        raise BadInput(str(path), message, line=1)
    if not set(found.columns) & set(package.facts):
        raise BadInput(str(path), f"has no column of a fact of {package.id}", line=1)
    for name in found.columns:
        if name in package.facts:
            found = _typed(found, name, package.facts[name].type, path)
    return found


def _read(path: Path) -> pl.DataFrame:
    readers = {
        ".csv": lambda: pl.read_csv(path, infer_schema=False),
        ".jsonl": lambda: pl.read_ndjson(path, infer_schema_length=None),
        ".parquet": lambda: pl.read_parquet(path),
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise BadInput(str(path), "is none of .csv, .jsonl, .parquet")
    try:
        return reader()
    except (pl.exceptions.PolarsError, OSError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BadInput(str(path), f"cannot be read: {first}") from error


def _typed(found: pl.DataFrame, name: str, kind: str, path: Path) -> pl.DataFrame:
    wanted = _TYPES.get(kind)
    column = found[name]
    if wanted is None or column.dtype == wanted:
        return found
    if column.dtype == pl.String:
        cast = _from_text(pl.col(name), wanted)
    elif wanted == pl.Float64 and column.dtype.is_numeric():
        cast = pl.col(name).cast(wanted)
    else:
        raise BadInput(str(path), f"column {name!r} holds {column.dtype}, the fact is a {kind}")
    typed = found.select(cast.alias(name))[name]
    wrong = (column.is_not_null() & typed.is_null()).arg_true()
    if len(wrong):
        row = int(wrong[0])
        line = row + 2 if path.suffix.lower() == ".csv" else row + 1
        raise BadInput(str(path), f"{name}: {column[row]!r} is no {kind}", line=line)
    return found.with_columns(typed)


def _from_text(column: pl.Expr, wanted: type[pl.DataType]) -> pl.Expr:
    if wanted == pl.Boolean:
        truth = {"true": True, "false": False, "1": True, "0": False}
        return column.str.to_lowercase().replace_strict(
            truth, default=None, return_dtype=pl.Boolean
        )
    if wanted == pl.Date:
        return column.str.to_date("%Y-%m-%d", strict=False)
    return column.cast(wanted, strict=False)
