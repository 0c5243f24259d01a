"""Why a decision is as it is: rows, facts, and the nearest change that changes it."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from madang.services import api
from madang.services.engine.dmn.counterfactual import nearest_counterfactual
from madang.services.engine.dmn.program import Program
from madang.services.engine.dmn.xml_read import read_model
from tests.services.dmn import decision, definitions, given, table, text

FEES = """
    >= 65 | -          | 0
    < 65  | < 2000000  | 1000
    < 65  | >= 2000000 | 2000
"""


@pytest.fixture(scope="module")
def fees():
    return Program(
        read_model(
            definitions(
                '<itemDefinition name="tPerson"><itemComponent name="born"><typeRef>date</typeRef>'
                '</itemComponent><itemComponent name="income"><typeRef>number</typeRef>'
                '</itemComponent><itemComponent name="name"><typeRef>string</typeRef>'
                "</itemComponent></itemDefinition>",
                given("Person", "tPerson"),
                given("Day", "date"),
                decision(
                    "age",
                    text("years and months duration(Person.born, Day).years"),
                    "Person",
                    "Day",
                ),
                decision("fee", table("age | Person.income", FEES), "age", "Person"),
            )
        )
    )


def why(fees, born, income):
    facts = {"Person": {"born": born, "income": income, "name": "Kim"}, "Day": "2026-11-23"}
    return api.evaluate(fees, facts, ["fee"], explain=True).explain["fee"]


def test_the_row_its_values_and_the_facts_are_named(fees):
    found = why(fees, "1990-01-01", 1_500_000)
    assert found["outcome"] == 1000
    assert [(rule["table"], rule["row"]) for rule in found["rules"]] == [("fee", 2)]
    assert found["rules"][0]["conditions"] == [
        {"input": "age", "test": "< 65", "value": 36},
        {"input": "Person.income", "test": "< 2000000", "value": 1_500_000},
    ]
    assert found["facts"] == {
        "Day": "2026-11-23", "Person.born": "1990-01-01", "Person.income": 1_500_000,
    }  # fmt: skip


def test_the_nearest_change_is_at_the_threshold(fees):
    other = why(fees, "1990-01-01", 1_500_000)["counterfactual"]
    assert (other["fact"], other["instead"], other["outcome"]) == ("Person.income", 2_000_000, 2000)
    assert other["rules"] == [{"table": "fee", "row": 3}]
    back = why(fees, "1990-01-01", 2_000_000)["counterfactual"]
    assert (back["fact"], back["instead"], back["outcome"]) == ("Person.income", 1_999_999, 1000)


def test_a_threshold_behind_a_calculation_is_found_to_the_day(fees):
    other = why(fees, "1961-11-23", 9_000_000)["counterfactual"]
    assert other["outcome"] == 2000
    assert (other["fact"], other["instead"]) in [
        ("Person.born", "1961-11-24"), ("Day", "2026-11-22"),
    ]  # fmt: skip


def test_words_and_truths_have_counterfactuals():
    rows = '"red" | true | 1\n"blue" | true | 2\n- | false | 3'
    file = definitions(given("C"), given("B"), decision("d", table("C | B", rows), "C", "B"))
    program = Program(read_model(file))
    found = nearest_counterfactual(program, "d", {"C": "red", "B": True})
    assert found is not None
    assert (found.path, found.instead, found.outcome) in [
        (("B",), False, Decimal(3)), (("C",), "blue", Decimal(2)),
    ]  # fmt: skip


def test_where_nothing_changes_anything_there_is_none():
    file = definitions(given("X"), decision("d", table("X", "- | 1"), "X"))
    assert nearest_counterfactual(Program(read_model(file)), "d", {"X": Decimal(5)}) is None


@settings(max_examples=40, deadline=None)
@over(
    st.lists(st.integers(-1000, 1000), min_size=1, max_size=6, unique=True),
    st.integers(-1200, 1200),
)
def test_no_whole_number_nearer_than_the_counterfactual_changes_the_outcome(limits, value):
    limits = sorted(limits)
    rows = "\n".join(f"[{low}..{high}) | {i}" for i, (low, high) in enumerate(pairwise(limits)))
    rows += f"\n< {limits[0]} | -1\n>= {limits[-1]} | 99"
    file = definitions(given("X"), decision("d", table("X", rows), "X"))
    program = Program(read_model(file))

    def outcome(x):
        return program.evaluate({"X": Decimal(x)}).values["d"]

    found = nearest_counterfactual(program, "d", {"X": Decimal(value)})
    assert found is not None
    assert outcome(found.instead) == found.outcome != outcome(value)
    nearest = min(
        abs(value - x)
        for limit in limits
        for x in (limit - 1, limit)
        if outcome(x) != outcome(value)
    )
    assert abs(found.instead - value) == nearest
