"""Decisions as a table: one row a case, whether it comes from this instance or from a file.

| column        | what it holds                                                                   |
|---------------|---------------------------------------------------------------------------------|
| `case`        | its number or any id, once each                                                 |
| `service`     | id of the service                                                               |
| `class`       | R0, R1, R2 or R3                                                                |
| `decided_at`  | day or moment (ISO 8601) of the first decision                                  |
| `decided_by`  | `rules` or `person`                                                             |
| `outcome`     | `granted`, `refused` or `done`                                                  |
| `proposal`    | what the rules said to the person who decided: `granted`, `refused`, `referred` |
| `appealed`    | whether somebody objected                                                       |
| `overturned`  | whether the decision after that was another one; empty without one              |
| `asked`       | whether the applicant was asked for more                                        |
| `late`        | whether it was decided after its day                                            |
| `why_person`  | why it went to a person: words, with `;` between                                |
| `wrong`       | what a sample found: `true`, `false`; empty where it was not checked            |
| `district`, `channel`, `language`, `sex` | any words                                            |
| `age`         | whole years                                                                     |
| `foreign`     | whether the person has another nationality                                      |
| `fact:NAME`   | a fact that the decision rested on                                              |

The first six are needed; booleans are `true` and `false`; an empty cell is not known.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from madang.cases.engine.gains import age_band
from madang.kernel.errors import BadInput

RULES, PERSON = "rules", "person"
AUTOMATIC = ("R0", "R1")
OUTCOMES = ("granted", "refused", "done")
_WORDS: dict[str, tuple[str, ...]] = {
    "class": ("R0", "R1", "R2", "R3"),
    "decided_by": (RULES, PERSON),
    "outcome": OUTCOMES,
    "proposal": ("granted", "refused", "referred"),
}
NEEDED = ("case", "service", "class", "decided_at", "decided_by", "outcome")
BOOLEANS = ("appealed", "overturned", "asked", "late", "wrong", "foreign")
TEXTS = ("proposal", "why_person", "district", "channel", "language", "sex")
GROUPS = ("age_band", "district", "language", "channel", "sex", "foreign")
FACT = "fact:"
SAMPLE = ("stratum", "population", "weight")  # what `madang cases audit sample` adds


def read_decisions(path: Path) -> pl.DataFrame:
    """Return the decisions of a CSV file, each column with its type.

    Raises
    ------
    BadInput
        If a column is missing or unknown, a value does not fit, or a case comes twice; names file,
        line and column.
    """
    found = raw(path)
    _check_columns(path, found)
    for name in NEEDED:
        _refuse(path, name, found, found[name].is_null(), "is empty")
    for name, words in _WORDS.items():
        if name in found.columns:
            wrong = found[name].is_not_null() & ~found[name].is_in(words)
            _refuse(path, name, found, wrong, f"is none of {', '.join(words)}")
    _refuse(path, "case", found, ~found["case"].is_first_distinct(), "comes twice")
    found = _typed(path, found, "decided_at", moment(found["decided_at"]), "is no ISO 8601 day")
    for name in [name for name in BOOLEANS if name in found.columns]:
        found = _typed(path, found, name, truth(found[name]), "is neither true nor false")
    if "age" in found.columns:
        ages = found["age"].cast(pl.Int64, strict=False)
        _refuse(path, "age", found, (ages < 0) | (ages > 130), "is no age in years")
        found = _typed(path, found, "age", ages, "is no age in years")
    facts = [_number_or_text(found[name]) for name in found.columns if name.startswith(FACT)]
    return complete(found.with_columns(facts))


def _check_columns(path: Path, found: pl.DataFrame) -> None:
    missing = [name for name in NEEDED if name not in found.columns]
    if missing:
        raise BadInput(
            str(path), f"has no column {missing[0]!r}; it needs {', '.join(NEEDED)}", line=1
        )
    known = {*NEEDED, *BOOLEANS, *TEXTS, *SAMPLE, "age"}
    for name in found.columns:
        if name not in known and not name.startswith(FACT):
            listed = ", ".join(sorted(known))
            raise BadInput(str(path), f"column {name!r} is none of {listed}, fact:NAME", line=1)


def complete(found: pl.DataFrame) -> pl.DataFrame:
    """Return decisions with every column that monitors ask for, empty where it is not known."""
    empty: list[pl.Expr] = []
    for name in (*BOOLEANS, *TEXTS, "age"):
        if name not in found.columns:
            kind = pl.Boolean if name in BOOLEANS else pl.Int64 if name == "age" else pl.String
            empty.append(pl.lit(None, kind).alias(name))
    return found.with_columns(empty).with_columns(age_band(pl.col("age")).alias("age_band"))


def raw(path: Path) -> pl.DataFrame:
    """Return a CSV file as text; raises `BadInput` where it cannot be read or has no row."""
    try:
        found = pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BadInput(str(path), f"cannot be read as CSV: {first}") from error
    if not found.height:
        raise BadInput(str(path), "has no row below its heading", line=1)
    return found.with_columns(pl.all().replace("", None))


def moment(column: pl.Series) -> pl.Series:
    """Return texts as moments in UTC; a day is its midnight; null where it is neither."""
    texts = column.str.strip_chars()
    days = texts.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us", "UTC"))
    moments = texts.str.to_datetime("%+", strict=False, time_unit="us", time_zone="UTC")
    return days.fill_null(moments).alias(column.name)


def truth(column: pl.Series) -> pl.Series:
    """Return texts as booleans; null where they are neither."""
    words = {"true": True, "false": False, "1": True, "0": False}
    return column.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean)


def _typed(
    path: Path, found: pl.DataFrame, name: str, typed: pl.Series, message: str
) -> pl.DataFrame:
    _refuse(path, name, found, found[name].is_not_null() & typed.is_null(), message)
    return found.with_columns(typed.alias(name))


def _refuse(path: Path, name: str, found: pl.DataFrame, wrong: pl.Series, message: str) -> None:
    """Raise `BadInput` for the first row that is wrong."""
    places = wrong.fill_null(value=False).arg_true()
    if len(places):
        row = int(places[0])
        value = found[name][row]
        said = f"{name}: {value!r} {message}" if value is not None else f"{name} {message}"
        raise BadInput(str(path), said, line=row + 2)


def _number_or_text(column: pl.Series) -> pl.Series:
    numbers = column.cast(pl.Float64, strict=False)
    return column if (column.is_not_null() & numbers.is_null()).any() else numbers
