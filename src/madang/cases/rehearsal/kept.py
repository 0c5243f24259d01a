"""This instance's own past cases of a service, without names or numbers: facts, district, age."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from madang.access.api import purpose
from madang.cases.case_models import Case, CaseFact
from madang.cases.case_purposes import CASES
from madang.kernel.errors import NotFound
from madang.services.api import Package

REHEARSE = "rehearse-change"
BORN = "birth_date"
_AT_ONCE = 2_000
_NUMBERS = (int, float)


def kept_cases(package: Package, today: date) -> pl.DataFrame:
    """Return the cases of a service with what was known of each at the end.

    Raises
    ------
    NotFound
        Where this instance has no case of the service.
    """
    with purpose(CASES, REHEARSE):
        rows = list(_rows(package, today))
    if not rows:
        raise NotFound(f"this instance has no past case of {package.id}; give a file by --cases")
    schema = {name: _type(fact.type) for name, fact in package.facts.items()}
    return pl.DataFrame(rows, schema={**schema, "district": pl.String, "age": pl.Int64})


def _rows(package: Package, today: date) -> Iterator[dict[str, Any]]:
    cases = Case.objects.filter(service=package.id, merged_into="").order_by("received_at", "id")
    found = cases.values_list("id", "district").iterator(_AT_ONCE)
    while batch := [pair for _, pair in zip(range(_AT_ONCE), found, strict=False)]:
        known: dict[str, dict[str, Any]] = {case: {} for case, _district in batch}
        facts = CaseFact.objects.filter(case_id__in=known).order_by("version")
        for case, name, value in facts.values_list("case_id", "fact", "value"):
            if name in package.facts:
                known[case][name] = _plain(value, package.facts[name].type)
        for case, district in batch:
            row = known[case]
            yield {**row, "district": district or None, "age": _age(row.get(BORN), today)}


def _plain(value: Any, kind: str) -> Any:
    """Return a value as its column takes it; None where a case has another kind of value."""
    if kind == "date":
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            return None
    if kind == "number":
        fits = isinstance(value, _NUMBERS) and not isinstance(value, bool)
        return float(value) if fits else None
    if kind == "boolean":
        return value if isinstance(value, bool) else None
    if kind.startswith("list"):
        return [_item(item, kind) for item in value] if isinstance(value, list) else None
    return value if isinstance(value, str) else None if value is None else json.dumps(value)


def _item(value: Any, kind: str) -> Any:
    return float(value) if kind == "list<number>" and isinstance(value, _NUMBERS) else value


def _type(kind: str) -> Any:
    return {
        "number": pl.Float64,
        "boolean": pl.Boolean,
        "date": pl.Date,
        "list<string>": pl.List(pl.String),
        "list<number>": pl.List(pl.Float64),
    }.get(kind, pl.String)


def _age(born: date | None, today: date) -> int | None:
    """Return the age in whole years on a day."""
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
