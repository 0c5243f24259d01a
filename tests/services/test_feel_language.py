"""The language itself: operators, names, ranges, iteration, functions, three-valued logic.

The expectations are those of the DMN 1.5 specification, chapter 10.3, or follow from its tables.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.services.engine.feel.built_in import LIBRARY
from madang.services.engine.feel.tokens import InvalidExpression
from tests.services.feel import noted, run, written

ARITHMETIC = [
    ("1 + 2 * 3", "7"),
    ("(1 + 2) * 3", "9"),
    ("2 ** 3 ** 2", "64"),
    ("-2 ** 2", "4"),
    ("--1", "1"),
    ("10 - 2 - 3", "5"),
    ("8 / 4 / 2", "1"),
    ("0.1 + 0.2", "0.3"),
    ("1 / 3", "0.3333333333333333333333333333333333"),
    ("1 / 0", "null"),
    ("0 ** 0", "1"),
    ("2 ** -1", "0.5"),
    ("2 ** 0.5", "1.414213562373095048801688724209698"),
    ("10 ** 7000", "null"),
    ("1.5e3", "1500"),
    ("12345678901234567890123456789012345678", "12345678901234567890123456789012350000"),
    ("1e7000", "null"),
    ("[1, 2] instance of list<number> and 1 in (1).foo", "false"),
    (".5", "0.5"),
    ("-.5", "-0.5"),
    ("1 + null", "null"),
    ('1 + "a"', "null"),
    ('"foo" + "bar"', '"foobar"'),
    ('"foo" - "bar"', "null"),
    ("9999999999999999999999999999999999 + 1", "10000000000000000000000000000000000"),
    ("[1] + [2]", "3"),
    ("true + 1", "null"),
]
LOGIC = [
    ("true and true", "true"),
    ("true and null", "null"),
    ("null and false", "false"),
    ("null and null", "null"),
    ("1 and true", "null"),
    ("false and 1", "false"),
    ("true or null", "true"),
    ("null or false", "null"),
    ('false or "x"', "null"),
    ("not(null)", "null"),
    ("not(0)", "null"),
    ("true and false or true", "true"),
    ("if null then 1 else 2", "2"),
    ("if 1 = 1 then 1 else 2", "1"),
    ("(if true then 1 else 2) + 1", "2"),
    ("1 + if true then 1 else 2", "2"),
]
COMPARISON = [
    ("1 = 1.0", "true"),
    ("null = null", "true"),
    ("null = 1", "false"),
    ("null != 1", "true"),
    ('1 = "1"', "null"),
    ('1 != "1"', "null"),
    ('1 < "1"', "null"),
    ("1 < null", "null"),
    ('"a" < "b"', "true"),
    ("[1, 2] = [1, 2]", "true"),
    ("[1, 2] = [2, 1]", "false"),
    ("[1, [2]] = [1, [2]]", "true"),
    ("{a: 1, b: 2} = {b: 2, a: 1}", "true"),
    ("{a: 1} = {a: 2}", "false"),
    ("[1..3] = [1..3]", "true"),
    ("[1..3] = [1..3)", "false"),
    ("true = true", "true"),
    ("true < false", "null"),
    ("2 between 1 and 3", "true"),
    ("2 between 3 and 1", "false"),
    ("2 between null and 3", "null"),
    ("1 between 0 and 5 and true", "true"),
    ("5 in [1..5)", "false"),
    ("5 in ]1..5]", "true"),
    ("5 in (1, 2, 5)", "true"),
    ("5 in (< 3, > 4)", "true"),
    ("5 in > 3", "true"),
    ("5 in [[1..2], [4..6]]", "true"),
    ("5 in (1..5)", "false"),
    ("5 in (<= 5)", "true"),
    ("1 in [2, 3, 1]", "true"),
    ("[1, 2] in [[1, 2], 3]", "true"),
    ('"b" in ["a".."c"]', "true"),
    ("1 in []", "false"),
    ("1 in (!= 1)", "false"),
    ("duration(\"P1D\") in [duration(\"PT1H\")..duration(\"P2D\")]", "true"),
]  # fmt: skip
LISTS = [
    ("[1, 2, 3][1]", "1"),
    ("[1, 2, 3][-1]", "3"),
    ("[1, 2, 3][0]", "null"),
    ("[1, 2, 3][4]", "null"),
    ("[1, 2, 3][item > 1]", "[2, 3]"),
    ("[1, 2, 3][item > 9]", "[]"),
    ("[1, null, 3][item = null]", "[null]"),
    ("[true, false][item]", "[true]"),
    ("[][1]", "null"),
    ("[][item > 1]", "[]"),
    ("null[1]", "null"),
    ("5[1]", "5"),
    ("5[item > 3]", "[5]"),
    ('[{a: 1, b: "x"}, {a: 2, b: "y"}][a = 2].b', '["y"]'),
    ("[{a: 1}, {b: 2}].a", "[1, null]"),
    ("[{item: 1}, {item: 2}][item = 2]", "[{item: 2}]"),
    ("[{x: 1}, {x: 2}][item.x > 1]", "[{x: 2}]"),
    ("[[1, 2], [3]][1][2]", "2"),
    ("{n: 2, v: [1, 2, 3][n]}.v", "2"),
    ("{count: 2, v: count([1, 2, 3])}.v", "3"),
    ("[{count: 2}][count([1]) = 1]", "[{count: 2}]"),
]
RANGES = [
    ("[1..3].start", "1"),
    ("(1..3].start included", "false"),
    ("[1..3].end included", "true"),
    ("[1..3[", "[1..3)"),
    ("]1..3[", "(1..3)"),
    ("(< 5).end", "5"),
    ("(< 5).start", "null"),
    ("(>= 5).start included", "true"),
    ("(= 5)", "[5..5]"),
    ('["a"..3]', "null"),
    ("[1 + 1..2 * 3].end", "6"),
    ("{a: 1, b: 3, r: [a..b]}.r", "[1..3]"),
    ("3 in {a: 1, r: [a..4]}.r", "true"),
    ("[[1..2], [3..4]][2].start", "3"),
]
ITERATION = [
    ("for i in 1..3 return i * i", "[1, 4, 9]"),
    ("for i in 3..1 return i", "[3, 2, 1]"),
    ("for i in [1, 2], j in [3, 4] return i * j", "[3, 4, 6, 8]"),
    ("for i in [1, 2], j in 1..i return j", "[1, 1, 2]"),
    ("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", "[1, 1, 2, 6, 24]"),
    ("for i in 5 return i", "[5]"),
    ("for i in null return i", "null"),
    ("for i in [] return i", "[]"),
    ("for i in 1..2.5 return i", "null"),
    ("for i in [1..3] return i", "[1, 2, 3]"),
    ("for i in (1..3) return i", "[2]"),
    ('for d in @"2024-02-28"..@"2024-03-01" return d.day', "[28, 29, 1]"),
    ("for first name in [1] return first name + 1", "[2]"),
    ("some x in [1, 2, 3] satisfies x > 2", "true"),
    ("some x in [] satisfies x > 2", "false"),
    ("every x in [] satisfies x > 2", "true"),
    ("every x in [1, 2, 3] satisfies x > 2", "false"),
    ("every x in [1, null] satisfies x > 0", "null"),
    ("some x in [1, null] satisfies x > 0", "true"),
    ("some x in [1, 2], y in [2, 3] satisfies x + y = 5", "true"),
]
FUNCTIONS = [
    ("(function(a, b) a + b)(1, 2)", "3"),
    ("{f: function(a: number) a + 1, x: f(1)}.x", "2"),
    ('{f: function(a: number) a + 1, x: f("1")}.x', "null"),
    ("{f: function(a: number) a + 1, x: f([1])}.x", "2"),
    ("{f: function(a) a, x: f(1, 2)}.x", "null"),
    ("{f: function(a, b) a - b, x: f(b: 1, a: 3)}.x", "2"),
    ("{f: function(a, b) a - b, x: f(b: 1, c: 3)}.x", "null"),
    ("{f: function(first name: string) first name, x: f(first name: \"K\")}.x", '"K"'),
    ("{f: function(n) if n <= 1 then 1 else n * f(n - 1), x: f(20)}.x", "2432902008176640000"),
    ("{y: 2, f: function(x) x + y, z: f(1)}.z", "3"),
    ("nothing(1)", "null"),
    ("(1)(2)", "null"),
    ('{f: function(a) external {java: {class: "x", method signature: "y"}}, x: f(1)}.x', "null"),
    ("{fs: [function(x) x + 1, function(x) x * 2], y: fs[2](5)}.y", "10"),
]  # fmt: skip
CONTEXTS = [
    ("{a: 1, b: a + 1}.b", "2"),
    ("{first name: \"Kim\", greeting: \"Hi \" + first name}.greeting", '"Hi Kim"'),
    ('{"a key": 1}.a key', "1"),
    ("{a: 1}.b", "null"),
    ("{a: {b: {c: 5}}}.a.b.c", "5"),
    ("{a-b: 1, c: a-b + 1}.c", "2"),
    ("{a+b: 1, c: a + b}.c", "1"),
    ("{}", "{}"),
    ("null.a", "null"),
    ("{if: 1}.if", "1"),
]  # fmt: skip
STRINGS = [
    (r'"\u00e9"', '"é"'),
    (r'"\uD83D\uDC0E"', '"🐎"'),
    (r'string length("\U01F40E")', "1"),
    (r'"a\"b" = "a" + "\"" + "b"', "true"),
    (r'string length("a\nb")', "3"),
    (r'string length("\\")', "1"),
    ("// all of it\n 1 /* and\n this */ + 1", "2"),
    ('"// no comment"', '"// no comment"'),
]
INSTANCES = [
    ("1 instance of number", "true"),
    ('"a" instance of number', "false"),
    ("null instance of number", "false"),
    ("null instance of Null", "true"),
    ("null instance of Any", "false"),
    ("1 instance of Any", "true"),
    ("[1, 2] instance of list<number>", "true"),
    ('[1, "a"] instance of list<number>', "false"),
    ("[1] instance of list<Any>", "true"),
    ("[[1]] instance of list<list<number>>", "true"),
    ("{a: 1} instance of context<a: number>", "true"),
    ("{a: 1, b: 2} instance of context<a: number>", "true"),
    ("{} instance of context<a: number>", "false"),
    ("[1..2] instance of range<number>", "true"),
    ('["a".."b"] instance of range<number>', "false"),
    ("(function(a: number) a) instance of function<number> -> number", "true"),
    ("(function(a: string) a) instance of function<number> -> number", "false"),
    ('@"2020-01-01" instance of date', "true"),
    ('@"2020-01-01T00:00:00" instance of date and time', "true"),
    ('@"P1D" instance of days and time duration', "true"),
    ('@"P1Y" instance of years and months duration', "true"),
    ('@"P1Y" instance of days and time duration', "false"),
]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(*ARITHMETIC, *LOGIC, *COMPARISON, *LISTS, *RANGES, *ITERATION),
        *(*FUNCTIONS, *CONTEXTS, *STRINGS, *INSTANCES),
    ],
)
def test_an_expression_has_the_value_of_the_specification(text, value):
    assert written(text) == value


def test_an_unknown_type_is_null_with_a_note():
    assert run("1 instance of unheard") is None
    assert noted("1 instance of unheard") == ["there is no type 'unheard'"]


def test_a_name_with_spaces_and_signs_is_the_longest_that_is_known():
    facts = {"Net": Decimal(1), "Net income": Decimal(2), "Net income-tax": Decimal(3)}
    assert written("Net income-tax + Net", **facts) == "4"
    assert written("Net   income + 1", **facts) == "3"
    assert written("Kid's Meal", **{"Kid's Meal": Decimal(7)}) == "7"
    assert written("a/b", **{"a/b": Decimal(5), "a": Decimal(8), "b": Decimal(2)}) == "5"


def test_a_fact_hides_the_function_of_its_name():
    assert written("sum + sum([1, 2])", sum=Decimal(10)) == "13"


def test_what_is_not_known_is_null_and_named():
    assert run("no_such_thing") is None
    assert noted("no_such_thing") == ["there is no 'no_such_thing' here"]


@pytest.mark.parametrize(
    "text",
    ["1 +", "(1", "[1, 2", "{a 1}", '"open', "if true then 1", "for x in [1]", "1 2", "",
     "function(", "{a: 1, a: 2}", "f(a: 1, 2)", "then", "(" * 500 + "1" + ")" * 500, "1..2"],
)  # fmt: skip
def test_what_is_no_expression_is_refused(text):
    with pytest.raises(InvalidExpression):
        run(text)


def test_endless_calls_end_in_null():
    assert run("{f: function(n) 1 + f(n), x: f(1)}.x") is None


VALUES = [
    "1 ",
    " -2.5 ",
    ' "a" ',
    " null ",
    " true ",
    " [1, 2] ",
    " {a: 1} ",
    " [1..3] ",
    ' @"2020-01-01" ',
    " [null] ",
    " x ",
    '\n@"10:00:00Z" ',
    ' @"2020-01-01T00:00:00" ',
    ' @"P1D" ',
    ' @"P1Y" ',
    " [] ",
    " function(x) x ",
    " 1e6000 ",
    " -1e-6000 ",
    '\n["a"] ',
    " [{a: 1}, {a: 2}] ",
    ' "[" ',
    " 999999999999",
]


def expressions():
    leaf = st.sampled_from([text.strip() for text in VALUES])

    def more(inner):
        two = st.tuples(inner, inner)
        op = st.sampled_from(["+", "-", "*", "/", "**", "=", "!=", "<", "and", "or", "in"])
        call = st.tuples(st.sampled_from(sorted(LIBRARY)), st.lists(inner, max_size=4))
        return st.one_of(
            st.tuples(inner, op, inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            call.map(lambda t: f"{t[0]}({', '.join(t[1])})"),
            two.map(lambda t: f"{t[0]}[{t[1]}]"),
            two.map(lambda t: f"(for i in {t[0]} return {t[1]})"),
            two.map(lambda t: f"(if {t[0]} then {t[1]} else {t[0]})"),
            inner.map(lambda t: f"({t}).time offset"),
        )

    return st.recursive(leaf, more, max_leaves=8)


@settings(max_examples=1500, deadline=None)
@given(expressions())
def test_no_expression_does_worse_than_null(text):
    written(text, x=Decimal(3))


@pytest.mark.parametrize("text", ["x[1e6000]", '@"P1D" * 1e6000', "for i in 1..1e6000 return i",
                                  "get value({a: 1}, [{a: 1}])", "time(1e30, 0, 0)",
                                  "date(1e5000, 1, 1)", "decimal(1, 1e6000)"])  # fmt: skip
def test_what_is_too_large_or_odd_is_null(text):
    assert run(text, x=[Decimal(3)]) is None
