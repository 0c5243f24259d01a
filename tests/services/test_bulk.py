"""Many cases at once are decided as each one alone."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from madang.city.api import profile
from madang.services.api import Column, Package, Rules, read_package, said_of_all

TODAY = date(2026, 11, 23)
CASES = 150
FOLDERS = sorted((profile().folder / "services").glob("*/service.yaml"))


def drawn(package: Package, chance: random.Random) -> list[dict[str, Any]]:
    """Return facts of cases: those of the package's tests, each of them changed here and there."""
    seeds = [dict(test.facts) for test in package.tests]
    by_name: dict[str, list[Any]] = {}
    for facts in seeds:
        for name, value in facts.items():
            by_name.setdefault(name, []).append(value)
    cases = list(seeds)
    for _ in range(CASES):
        facts = dict(chance.choice(seeds))
        for name in facts:
            lot = chance.random()
            if lot < 0.3:
                facts[name] = chance.choice(by_name[name])
            elif lot < 0.4:
                facts[name] = nearby(facts[name], chance)
            elif lot < 0.43:
                facts[name] = None
        cases.append({name: value for name, value in facts.items() if value is not None})
    return cases


def nearby(value: Any, chance: random.Random) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + chance.choice((-1, 1, 0.5, 1000, -1_000_000))
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return (date.fromisoformat(value) + timedelta(days=chance.randint(-400, 400))).isoformat()
    return value


def column(values: list[Any]) -> Column:
    places: dict[str, int] = {}
    codes = [places.setdefault(repr(value), len(places)) for value in values]
    kept = {repr(value): value for value in values}
    return Column(np.array(codes, np.int64), [kept[key] for key in places])


@pytest.mark.parametrize("path", FOLDERS, ids=lambda path: path.parent.name)
def test_all_at_once_say_what_each_says_alone(path):
    package, _sources, problems = read_package(path.parent)
    assert package is not None, problems
    rules = Rules(package)
    cases = drawn(package, random.Random(package.id))
    names = {name for case in cases for name in case}
    columns = {name: column([case.get(name) for case in cases]) for name in names}
    today = date.fromisoformat(package.tests[0].at[:10])
    found = said_of_all(rules, columns, today, len(cases))
    together = [
        (found.outcomes.values[code], int(fee))
        for code, fee in zip(found.outcomes.codes, found.fees, strict=True)
    ]
    needed = [{name: v for name, v in case.items() if name in rules.rests_on} for case in cases]
    assert together == [rules.said(case, today) for case in needed]
    outcome = package.decision("outcome")
    concluded = " ".join(text for row in outcome.rows for text in row.then) if outcome else ""
    if "grant" in concluded or "refuse" in concluded:
        assert {outcome for outcome, _fee in together} - {"refer"}, "no case was decided at all"


def test_no_cases_at_all_are_no_trouble():
    package, _sources, _problems = read_package(FOLDERS[0].parent)
    assert package is not None
    found = said_of_all(Rules(package), {}, TODAY, 0)
    assert len(found.fees) == len(found.outcomes.codes) == 0
