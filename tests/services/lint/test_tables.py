"""Gaps and overlaps of tables, against every combination of values tried one by one."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.services.lint.subject import Subject
from madang.services.lint.tables import tables
from madang.services.packages.decide import Rules
from madang.services.packages.package import Package
from madang.services.packages.process import Process
from madang.services.packages.questions import Choice, Pages, Question
from madang.services.packages.reader import Sources
from madang.services.packages.rules import Decision, Input, Result, Row
from madang.services.packages.service import Fact

TODAY = dt.date(2026, 9, 23)
NUMBERS = [str(n / 2) for n in range(-2, 12)]  # 0 to 4 and what lies between and around
COLOURS = ["red", "green", "blue"]


def subject_of(rows, hit="UNIQUE", default=None) -> Subject:
    facts = (
        Fact("n", "n", "number", "applicant", "decide"),
        Fact("c", "c", "string", "applicant", "decide"),
        Fact("b", "b", "boolean", "applicant", "decide"),
    )
    choices = tuple(Choice(colour, colour) for colour in COLOURS)
    pages = Pages(questions=(Question("c", "?", "!", {"type": "string"}, choices=choices),))
    table = Decision(
        "t", "t", hit, (Input("n"), Input("c"), Input("b")), (Result("r", default=default),),
        tuple(Row(f"r{k}", tuple(when), (then,)) for k, (when, then) in enumerate(rows)),
    )  # fmt: skip
    service = SimpleNamespace(id="x", facts=facts, fees=(), evidence=())
    package = Package(service, pages, Process("R0"), (table,))  # type: ignore[arg-type]
    return Subject(package, Sources(Path()), SimpleNamespace(), TODAY)  # type: ignore[arg-type]


def brute(subject: Subject) -> tuple[bool, bool]:
    """Return whether some values hit no row, and whether some hit several."""
    gap = several = False
    program = Rules(subject.package).program
    for n, c, b in itertools.product(NUMBERS, COLOURS, [True, False]):
        outcome = program.evaluate({"n": Decimal(n), "c": c, "b": b}, ["t"], trace=True)
        rows = outcome.hits[0].rows
        gap |= not rows
        several |= len(rows) > 1
    return gap, several


whole = st.integers(0, 4).map(str)
number_cells = st.one_of(
    st.just("-"), whole, st.tuples(st.sampled_from(["<", "<=", ">", ">="]), whole).map("".join),
    st.tuples(
        st.sampled_from("[]("), st.integers(0, 2), st.integers(2, 4), st.sampled_from("])[")
    ).map(
        lambda p: f"{p[0]}{p[1]}..{p[2]}{p[3]}"
    ),
    st.lists(whole, min_size=2, max_size=3).map(", ".join),
    st.tuples(whole, whole).map(lambda p: f"not({p[0]}, {p[1]})"),
)  # fmt: skip
colour_cells = st.one_of(
    st.just("-"), st.sampled_from(COLOURS).map('"{}"'.format),
    st.lists(st.sampled_from(COLOURS), min_size=2, max_size=2).map(lambda p: f'"{p[0]}","{p[1]}"'),
    st.sampled_from(COLOURS).map('not("{}")'.format),
)  # fmt: skip
truth_cells = st.sampled_from(["-", "true", "false"])
tables_of_rows = st.lists(
    st.tuples(st.tuples(number_cells, colour_cells, truth_cells), st.just("1")),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(tables_of_rows)
def test_gaps_and_overlaps_are_those_that_trying_everything_finds(rows):
    subject = subject_of(rows)
    codes = {fault.code for fault in tables(subject)}
    assert ("gap" in codes, "overlap" in codes) == brute(subject)


@settings(max_examples=60, deadline=None)
@given(tables_of_rows)
def test_a_default_and_collecting_leave_no_gaps_and_first_has_no_overlaps(rows):
    assert "gap" not in {fault.code for fault in tables(subject_of(rows, default="0"))}
    assert not list(tables(subject_of(rows, hit="COLLECT")))
    first = {fault.code for fault in tables(subject_of(rows, hit="FIRST"))}
    assert "overlap" not in first
    assert ("gap" in first) == brute(subject_of(rows, hit="FIRST"))[0]


def test_rows_of_any_may_overlap_where_they_agree():
    same = [(("<= 3", "-", "-"), "1"), ((">= 3", "-", "-"), "1")]
    assert not list(tables(subject_of(same, hit="ANY")))
    equal = [(("<= 3", "-", "-"), "n"), ((">= 3", "-", "-"), "3")]
    assert not list(tables(subject_of(equal, hit="ANY")))
    other = [(("<= 3", "-", "-"), "n"), ((">= 3", "-", "-"), "4")]
    (fault,) = tables(subject_of(other, hit="ANY"))
    assert (fault.code, fault.message) == (
        "overlap", "'r0' and 'r1' conclude differently where n = 3, c = \"red\", b = true"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        (("? > 2", "? <= 2"), set()),
        (("? > 2", "? < 2"), {"gap"}),
        (("? >= 2", "? <= 2"), {"overlap"}),
        (("> 2 * 2", "<= 4"), set()),
        (("odd(?)", "even(?)"), {"gap"}),  # halves are neither
    ],
)
def test_cells_that_do_more_than_compare_are_run_at_every_boundary(cells, codes):
    rows = [((cell, "-", "-"), "1") for cell in cells]
    assert {fault.code for fault in tables(subject_of(rows))} == codes


def test_columns_that_look_at_one_fact_are_tried_together():
    table = Decision(
        "t", "t", "UNIQUE", (Input("n"), Input("n * 2", "number")), (Result("r"),),
        (Row("low", ("< 2", "-"), ("1",)), Row("high", ("-", ">= 4"), ("2",))),
    )  # fmt: skip
    subject = subject_of([])
    package = Package(subject.package.service, Pages(), Process("R0"), (table,))
    assert not list(tables(Subject(package, Sources(Path()), subject.profile, TODAY)))


def test_a_witness_is_told_with_its_values():
    (gap,) = tables(subject_of([(("<= 3", "-", "-"), "1"), (("> 3", '"red"', "-"), "2")]))
    assert gap.message == 'no row holds where n = 4, c = "green", b = true; add a row or a default'
