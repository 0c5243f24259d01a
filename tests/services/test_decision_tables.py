"""Hit policies, defaults, priorities and collection (DMN 1.5, chapter 8)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.services.dmn import decision, definitions, evaluated, given, table
from tests.services.feel import holds

N = Decimal
OVERLAPPING = """
    >= 1 | "a" | 1
    >= 2 | "b" | 2
    >= 3 | "c" | 3
"""
VALUES = '<output name="k"><outputValues><text>"c","a","b"</text></outputValues></output>'


def outcome(rows, value, **options):
    inputs = options.pop("inputs", "X")
    file = definitions(given("X"), decision("d", table(inputs, rows, **options), "X"))
    found = evaluated(file, X=value)
    return found.values["d"], found.notes


TWO = '<output name="k"/><output name="n"/>'


def test_unique_takes_the_one_row_and_refuses_two():
    assert outcome('< 5 | "low"\n>= 5 | "high"', N(7))[0] == "high"
    value, notes = outcome(OVERLAPPING, N(2), outputs=TWO)
    assert value is None
    assert "rows 1, 2 hold" in notes[0]


def test_any_wants_equal_conclusions():
    assert outcome(">= 1 | 5\n>= 2 | 5", N(3), hit="ANY")[0] == N(5)
    assert outcome(">= 1 | 5\n>= 2 | 6", N(3), hit="ANY")[0] is None


def test_first_takes_the_first():
    assert outcome(OVERLAPPING, N(3), hit="FIRST", outputs=TWO)[0] == {"k": "a", "n": N(1)}


def test_priority_and_output_order_follow_the_order_of_the_output_values():
    outputs = VALUES + '<output name="n"/>'
    assert outcome(OVERLAPPING, N(3), hit="PRIORITY", outputs=outputs)[0] == {"k": "c", "n": N(3)}
    found = outcome(OVERLAPPING, N(3), hit="OUTPUT ORDER", outputs=outputs)[0]
    assert [one["k"] for one in found] == ["c", "a", "b"]


def test_rule_order_keeps_the_order_of_the_table():
    found = outcome(OVERLAPPING, N(3), hit="RULE ORDER", outputs=TWO)[0]
    assert [one["k"] for one in found] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("aggregation", "hits", "none"),
    [("SUM", N(6), None), ("MIN", N(1), None), ("MAX", N(3), None), ("COUNT", N(3), N(0)),
     (None, [N(1), N(2), N(3)], [])],
)  # fmt: skip
def test_collect(aggregation, hits, none):
    rows = ">= 1 | 1\n>= 2 | 2\n>= 3 | 3"
    more = f'aggregation="{aggregation}"' if aggregation else ""
    assert outcome(rows, N(9), hit="COLLECT", more=more)[0] == hits
    assert outcome(rows, N(0), hit="COLLECT", more=more)[0] == none


def test_no_row_gives_null_or_the_default():
    assert outcome('< 5 | "low"', N(7)) == (None, ())
    default = '<output><defaultOutputEntry><text>"other"</text></defaultOutputEntry></output>'
    assert outcome('< 5 | "low"', N(7), outputs=default)[0] == "other"


def test_a_value_that_is_not_allowed_is_an_error():
    logic = table("X", '- | "any"').replace(
        "</input>", '<inputValues><text>"a","b"</text></inputValues></input>', 1
    )
    file = definitions(given("X"), decision("d", logic, "X"))
    assert evaluated(file, X="a").values["d"] == "any"
    refused = evaluated(file, X="z")
    assert refused.values["d"] is None
    assert 'X = "z" is not among its values' in refused.notes[0]
    assert evaluated(file, X=["a", "b"]).values["d"] == "any"


@pytest.mark.parametrize(
    ("tests", "value", "found"),
    [
        ("-", None, True),
        ("5", N(5), True),
        ('"a","b"', "b", True),
        ('not("a","b")', "b", False),
        ("< 5", N(4), True),
        ("[1..5)", N(5), False),
        ("[1..5), > 9", N(10), True),
        ("null", None, True),
        ("not(null)", N(1), True),
        ("? > 3 and ? < 5", N(4), True),
        ('starts with(?, "ab")', "abc", True),
        ("true", True, True),
        ("true", False, False),
        ("[1,2,3]", N(2), True),
        ("!= 5", N(4), True),
        ("= 5", N(5), True),
        ('> @"2020-01-01"', None, None),
        ("? in [1, 2]", N(2), True),
        ("5", "5", None),
    ],
)
def test_what_a_cell_says_of_a_value(tests, value, found):
    assert holds(tests, value) is found


def test_a_cell_may_speak_of_other_facts():
    assert holds("> limit", N(3), limit=N(2)) is True
    assert holds("[low..limit]", N(3), low=N(1), limit=N(2)) is False


def test_a_cell_that_is_no_feel_gives_no_hit_and_a_note():
    value, notes = outcome('5 5 | "x"\n- | "y"', N(5))
    assert value == "y"
    assert "5 5" in notes[0]


def test_an_unknown_hit_policy_is_an_error():
    value, notes = outcome("- | 1", N(5), hit="SOMETIMES")
    assert value is None
    assert "SOMETIMES" in notes[0]
