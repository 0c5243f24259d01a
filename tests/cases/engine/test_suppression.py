"""What everybody is told gives away no small number: an attacker reckons with all of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from madang.cases.audit.figures import public_share
from madang.cases.engine.suppression import ROUNDED_TO, SMALLEST, hidden, is_small, rounded

CELL = st.one_of(st.integers(0, 8), st.integers(0, 60))
SLACK = ROUNDED_TO // 2  # how far a rounded number may lie from the true one


class Attacker:
    """Knows what is told, and that counts are whole numbers of people; asks what follows.

    By bounds (each sum tightens those of its parts until nothing moves: exact where sums do not
    run in a circle, as between tables that share their totals) and by linear algebra.
    """

    def __init__(self, cells: int) -> None:
        self.low, self.high = np.zeros(cells), np.full(cells, 10_000.0)
        self.rows: list[Any] = []
        self.between: list[tuple[float, float]] = []

    def knows(self, cells: list[int], low: float, high: float) -> None:
        """Learn between what the sum of some cells lies."""
        row = np.zeros(len(self.low))
        row[cells] = 1
        self.rows.append(row)
        self.between.append((low, high))

    def same(self, one: list[int], other: list[int]) -> None:
        """Learn that two sums are the same."""
        row = np.zeros(len(self.low))
        row[one], row[other] = 1, -1
        self.rows.append(row)
        self.between.append((0, 0))

    def ranges(self) -> list[tuple[int, int]]:
        """Return the smallest and the greatest number that each cell can be."""
        before = None
        while before != (now := (self.low.tobytes(), self.high.tobytes())):
            before = now
            for row, (low, high) in zip(self.rows, self.between, strict=True):
                self._tighten(row, low, high)
        assert (self.low <= self.high).all(), "what is told contradicts itself"
        return [(int(one), int(other)) for one, other in zip(self.low, self.high, strict=True)]

    def _tighten(self, row: Any, low: float, high: float) -> None:
        least = np.where(row > 0, self.low, -self.high) * (row != 0)
        most = np.where(row > 0, self.high, -self.low) * (row != 0)
        for cell in np.flatnonzero(row):
            floor = low - (most.sum() - most[cell])
            ceiling = high - (least.sum() - least[cell])
            if row[cell] < 0:
                floor, ceiling = -ceiling, -floor
            self.low[cell] = max(self.low[cell], floor)
            self.high[cell] = min(self.high[cell], ceiling)

    def is_determined(self, cell: int) -> bool:
        """Return whether the sums that are known exactly leave a cell one value only."""
        exact = [r for r, (low, high) in zip(self.rows, self.between, strict=True) if low == high]
        if not exact:
            return False
        unit = np.zeros(len(self.low))
        unit[cell] = 1
        rank = np.linalg.matrix_rank
        return bool(rank(np.array([*exact, unit])) == rank(np.array(exact)))


@settings(max_examples=120, deadline=None)
@given(st.lists(CELL, min_size=1, max_size=7))
def test_in_a_list_whose_total_is_told_no_small_number_can_be_reckoned(counts):
    assume(not is_small(sum(counts)))
    gone = hidden(counts)
    attacker = Attacker(len(counts))
    attacker.knows(list(range(len(counts))), sum(counts), sum(counts))
    for place, count in enumerate(counts):
        if not gone[place]:
            attacker.knows([place], count, count)
    ranges = attacker.ranges()
    for place, count in enumerate(counts):
        if is_small(count):
            assert gone[place]
            assert not attacker.is_determined(place)
            assert (ranges[place][0], ranges[place][1] >= SMALLEST) == (0, True)


@settings(max_examples=80, deadline=None)
@given(st.integers(2, 5), st.integers(2, 4), st.data())
def test_in_a_table_whose_totals_are_all_told_no_small_number_is_known(high, wide, data):
    cells = data.draw(st.lists(CELL, min_size=high * wide, max_size=high * wide))
    table = np.array(cells).reshape(high, wide)
    lines = [*table, *table.T]
    assume(not any(is_small(int(line.sum())) or (line > 0).sum() == 1 for line in lines))
    gone = hidden(table).ravel()
    attacker = Attacker(table.size)
    index = np.arange(table.size).reshape(high, wide)
    for line in [*index, *index.T]:
        total = int(table.ravel()[line].sum())
        attacker.knows(list(line), total, total)
    for place, count in enumerate(cells):
        if not gone[place]:
            attacker.knows([place], count, count)
    ranges = attacker.ranges()
    for place, count in enumerate(cells):
        if is_small(count):
            assert not attacker.is_determined(place), (table, gone.reshape(high, wide), place)
            assert ranges[place][0] < ranges[place][1], (table, gone.reshape(high, wide), place)


def report(services: list[list[int]], months: list[list[int]]) -> dict[str, Any]:
    """Return a share report of cells (by rules, by people)."""

    def row(one: list[int]) -> dict[str, int]:
        return {"automated": one[0], "cases": sum(one)}

    rules, people = (sum(one[part] for one in services) for part in (0, 1))
    return {
        "target": 0.6,
        "classes": ["R0", "R1"],
        "total": row([rules, people]),
        "services": [{"service": f"s{n}", **row(one)} for n, one in enumerate(services)],
        "months": [{"month": f"2026-{n:02}", **row(one)} for n, one in enumerate(months, 1)],
        "why_person": [{"why": "evidence", "cases": people}] if people else [],
    }


@st.composite
def two_tables(draw: Any) -> tuple[list[list[int]], list[list[int]]]:
    """Return the same cases by service and by month."""
    cells = draw(
        st.lists(st.lists(CELL, min_size=4, max_size=4), min_size=1, max_size=5)
    )  # each service: two months of each kind
    services = [[one[0] + one[1], one[2] + one[3]] for one in cells]
    months = [
        [sum(one[0] for one in cells), sum(one[2] for one in cells)],
        [sum(one[1] for one in cells), sum(one[3] for one in cells)],
    ]
    return services, months


def reckoned(told: dict[str, Any]) -> tuple[Attacker, dict[str, list[list[int]]]]:
    """Return an attacker who knows all that is told, and where each cell is in what they know."""
    sizes = {name: len(told[name]) for name in ("services", "months")}
    attacker, start = Attacker(2 * sum(sizes.values())), 0
    places: dict[str, list[list[int]]] = {}
    for name, size in sizes.items():
        places[name] = [[start + 2 * n, start + 2 * n + 1] for n in range(size)]
        start += 2 * size
        for row, pair in zip(told[name], places[name], strict=True):
            if row["suppressed"]:
                continue
            for cells, value in ((pair[:1], row["automated"]), (pair, row["cases"])):
                attacker.knows(cells, value - SLACK, value + SLACK)
            if row["automated"]:  # what is told is nobody, or five at least
                attacker.low[pair[0]] = max(SMALLEST, row["automated"] - SLACK)
            else:
                attacker.high[pair[0]] = 0
    for part in (0, 1):
        one, other = ([pair[part] for pair in places[name]] for name in sizes)
        attacker.same(one, other)
    total = told["total"]
    if not total["suppressed"]:
        every = places["services"]
        attacker.knows(
            [pair[0] for pair in every], total["automated"] - SLACK, total["automated"] + SLACK
        )
        attacker.knows(
            [one for pair in every for one in pair],
            total["cases"] - SLACK, total["cases"] + SLACK,
        )  # fmt: skip
    return attacker, places


@settings(max_examples=60, deadline=None)
@given(two_tables())
def test_from_all_that_is_published_no_small_number_can_be_reckoned(tables):
    found = report(*tables)
    told = public_share(found)
    attacker, places = reckoned(told)
    ranges = attacker.ranges()
    for name, true in zip(("services", "months"), tables, strict=True):
        for row, cells, pair in zip(told[name], true, places[name], strict=True):
            for cell, place in zip(cells, pair, strict=True):
                if is_small(cell):
                    assert row["suppressed"]
                    assert (ranges[place][0], ranges[place][1] >= SMALLEST) == (0, True)


def test_a_total_of_few_people_is_not_told_either():
    told = public_share(report([[3, 0]], [[3, 0]]))
    assert told["total"] == {
        "suppressed": True, "cases": None, "automated": None, "share": None, "low": None,
        "high": None,
    }  # fmt: skip


@settings(max_examples=300)
@given(st.integers(5, 10_000), st.integers(-4, 4))
def test_what_was_told_before_and_what_is_told_now_never_prove_a_small_difference(before, change):
    """Between two days, one person came: what is told then may be the same, or five more."""
    assume(before + change >= SMALLEST and change)
    step = rounded(before + change) - rounded(before)
    assert step in (-ROUNDED_TO, 0, ROUNDED_TO)
    least, most = step - 2 * SLACK, step + 2 * SLACK
    assert least <= 0 <= most or max(abs(least), abs(most)) >= SMALLEST


@pytest.mark.parametrize(("before", "now"), [((40, 12), (41, 12)), ((40, 12), (40, 16))])
def test_a_service_that_gained_a_few_cases_tells_nobody_how_many(before, now):
    tables = [public_share(report([list(one), [50, 50]], [[90, 62]])) for one in (before, now)]
    for key in ("automated", "cases"):
        one, other = (table["services"][0][key] for table in tables)
        assert abs(one - other) in (0, ROUNDED_TO)
