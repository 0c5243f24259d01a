"""A decision table as it was written, whatever file it came from."""

from __future__ import annotations

from dataclasses import dataclass

HIT_POLICIES = {
    "U": "UNIQUE",
    "A": "ANY",
    "P": "PRIORITY",
    "F": "FIRST",
    "R": "RULE ORDER",
    "O": "OUTPUT ORDER",
    "C": "COLLECT",
}
AGGREGATIONS = ("SUM", "MIN", "MAX", "COUNT")


@dataclass(frozen=True, slots=True)
class InputClause:
    """A column of conditions: what is looked at, and which values it may have (unary tests)."""

    expression: str
    type: str | None = None
    allowed: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class OutputClause:
    """A column of conclusions; the order of its allowed values is their priority."""

    name: str | None = None
    type: str | None = None
    allowed: str | None = None
    default: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: unary tests, conclusions, and what people wrote beside it."""

    tests: tuple[str, ...]
    outputs: tuple[str, ...]
    annotations: tuple[str, ...] = ()
    label: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table."""

    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]
    hit_policy: str = "UNIQUE"
    aggregation: str | None = None
    annotation_names: tuple[str, ...] = ()
    name: str | None = None
    type: str | None = None
