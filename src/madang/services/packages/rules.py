"""`rules/*.yaml` and `parameters/*.yaml`: decisions by tables, and dated values with their law.

The rules of a package are one decision model: facts, parameters and the decisions of the other
files are known by their names. Four decisions have a meaning for cases: `outcome` ("grant",
"refuse" or "refer", to a person), `fee` (minor units), `conditions` (a list of texts that a
permit carries), and `refund` (percent of what was paid that comes back where the case is withdrawn
or refused; it alone sees `ended_by`, the verb, and `ended_on`, the day). `today` is the date as of
which is decided.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, Struct

from madang.services.packages.words import FactName, FactType, Feel, Law, Text

HitPolicy = Literal[
    "UNIQUE", "ANY", "PRIORITY", "FIRST", "RULE ORDER", "OUTPUT ORDER", "COLLECT",
    "COLLECT SUM", "COLLECT MIN", "COLLECT MAX", "COLLECT COUNT",
]  # fmt: skip
OUTCOMES = ("grant", "refuse", "refer")


class Input(Struct, frozen=True, forbid_unknown_fields=True):
    """A column of conditions: an expression, its type, and the values it may have."""

    of: Feel
    type: FactType | None = None
    allowed: Feel | None = None
    title: str = ""


class Result(Struct, frozen=True, forbid_unknown_fields=True):
    """A column of conclusions; `default` stands where no row holds."""

    name: FactName
    type: FactType | None = None
    allowed: Feel | None = None
    default: Feel | None = None


class Row(Struct, frozen=True, forbid_unknown_fields=True):
    """A rule: a unary test for each input, a conclusion for each result, and why.

    id: short name, by which tests and explanations cite it.
    because: what the person is told.
    law: provision it rests on.
    """

    id: FactName
    when: tuple[str, ...]
    then: tuple[Feel, ...]
    because: str = ""
    law: Law | None = None


class Decision(Struct, frozen=True, forbid_unknown_fields=True):
    """A file of `rules/`: a table, or with `value` one expression.

    id: name of the decision, as of the file.
    title: the question that it answers.
    """

    id: FactName
    title: Text
    hit: HitPolicy = "UNIQUE"
    inputs: tuple[Input, ...] = ()
    results: tuple[Result, ...] = ()
    rows: tuple[Row, ...] = ()
    value: Feel | None = None
    type: FactType | None = None
    law: Law | None = None


class Dated(Struct, frozen=True, forbid_unknown_fields=True):
    """A value from a day on, and the provision that set it."""

    since: dt.date
    value: int | float | str | bool | tuple[int | float | str, ...]
    law: Law


class Parameter(Struct, frozen=True, forbid_unknown_fields=True):
    """A file of `parameters/`: a value that the law sets and changes.

    id: name in rules, as of the file.
    title: what it is.
    unit: unit of the value, such as `KRW`, `years`, `percent`.
    values: from the oldest to the newest.
    """

    id: FactName
    title: Text
    values: Annotated[tuple[Dated, ...], Meta(min_length=1)]
    unit: str = ""
