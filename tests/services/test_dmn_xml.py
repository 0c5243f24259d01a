"""DMN XML: what is written is read as it was; what is hostile or broken is refused by line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.services.engine.dmn import model
from madang.services.engine.dmn.table import (
    AGGREGATIONS,
    HIT_POLICIES,
    InputClause,
    OutputClause,
    Rule,
    Table,
)
from madang.services.engine.dmn.xml_read import read_model
from madang.services.engine.dmn.xml_tree import InvalidXML
from madang.services.engine.dmn.xml_write import Unwritable, write_model

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,5}( [a-z]{1,4})?", fullmatch=True)
TEXTS = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"),
    min_size=1, max_size=12,
).map(str.strip).filter(lambda s: s and s == s.strip() and " ".join(s.split()) == s)  # fmt: skip
TYPES = st.none() | st.sampled_from(["number", "string", "date and time", "tOwn"])
MAYBE = st.none() | TEXTS
VARIABLES = st.builds(model.Variable, NAMES, TYPES)


@st.composite
def tables(draw):
    inputs = draw(st.lists(st.builds(InputClause, TEXTS, TYPES, MAYBE, st.none() | NAMES),
                           min_size=1, max_size=3))  # fmt: skip
    outputs = draw(
        st.lists(st.builds(OutputClause, NAMES, TYPES, st.none() | TEXTS, st.none() | TEXTS),
                 min_size=1, max_size=2)
    )  # fmt: skip
    notes = draw(st.lists(NAMES, max_size=2))

    def row(size):
        return st.lists(TEXTS, min_size=size, max_size=size).map(tuple)

    rules = draw(
        st.lists(st.builds(Rule, row(len(inputs)), row(len(outputs)), row(len(notes)),
                           st.none() | NAMES, st.none() | NAMES), max_size=4)
    )  # fmt: skip
    policy = draw(st.sampled_from(list(HIT_POLICIES.values())))
    aggregation = draw(st.none() | st.sampled_from(AGGREGATIONS))
    return Table(tuple(inputs), tuple(outputs), tuple(rules), policy, aggregation, tuple(notes))


LITERALS = st.builds(model.Literal, TEXTS, TYPES)


def boxes(inner):
    some = st.lists(inner, max_size=3).map(tuple)
    entries = st.lists(st.builds(model.Entry, VARIABLES, inner), max_size=3).map(tuple)
    return st.one_of(
        st.builds(model.Context, entries, TYPES),
        st.builds(model.Invocation, LITERALS, entries, TYPES),
        st.builds(model.Function, st.lists(VARIABLES, max_size=2).map(tuple), inner,
                  st.just("FEEL"), TYPES),
        st.builds(model.Items, some, TYPES),
        st.builds(model.Conditional, inner, inner, inner, TYPES),
        st.builds(model.Filtered, inner, inner, TYPES),
        st.builds(model.Iteration, st.sampled_from(["for", "some", "every"]), NAMES, inner, inner,
                  TYPES),
        st.builds(model.Relation, st.just((model.Variable("a"), model.Variable("b", "number"))),
                  st.lists(st.tuples(inner, inner), max_size=2).map(tuple), TYPES),
    )  # fmt: skip


EXPRESSIONS = st.recursive(LITERALS | tables(), boxes, max_leaves=6)
REQUIRED = st.lists(
    st.builds(model.Requirement, st.sampled_from(["input", "decision", "knowledge"]),
              NAMES.map(lambda n: f"#{n}")), max_size=3,
).map(tuple)  # fmt: skip


@st.composite
def items(draw, depth=2):
    parts = draw(st.lists(items(depth - 1), max_size=2)) if depth else []
    function = st.builds(model.FunctionItem, st.lists(VARIABLES, max_size=2).map(tuple), TYPES)
    return model.ItemDefinition(
        draw(NAMES), None if parts else draw(TYPES), tuple(parts), draw(st.booleans()),
        draw(st.none() | TEXTS), draw(st.none() | TEXTS),
        draw(st.none() | function) if not parts else None,
    )  # fmt: skip


MODELS = st.builds(
    model.Model, NAMES, st.just("urn:x"),
    st.lists(st.builds(model.Import, NAMES, st.just("urn:y"), st.none() | st.just("y.dmn")),
             max_size=1).map(tuple),
    st.lists(items(), max_size=2).map(tuple),
    st.lists(st.builds(model.InputData, NAMES, NAMES, TYPES, MAYBE), max_size=2).map(tuple),
    st.lists(st.builds(model.Decision, NAMES, NAMES, TYPES, MAYBE, REQUIRED, EXPRESSIONS,
                       st.none() | TEXTS), max_size=2).map(tuple),
    st.lists(st.builds(model.Knowledge, NAMES, NAMES, TYPES, st.none(), REQUIRED,
                       st.builds(model.Function, st.lists(VARIABLES, max_size=2).map(tuple),
                                 EXPRESSIONS)), max_size=1).map(tuple),
    st.lists(st.builds(model.Service, NAMES, NAMES, TYPES, st.none(), st.just(("#a",)),
                       st.just(("#b",)), st.just(()), st.just(("#i",))), max_size=1).map(tuple),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(MODELS)
def test_a_model_is_read_as_it_was_written(source):
    assert read_model(write_model(source)) == source


def test_a_character_that_xml_has_not_is_refused():
    with pytest.raises(Unwritable):
        write_model(model.Model("a\x00", "urn:x"))


@pytest.mark.parametrize(
    ("data", "message", "line"),
    [
        (b"<definitions", "unclosed token", 1),
        (b"\n<a/>", "not a DMN definitions element", 2),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type", 1),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "document type", 1),
        (b"<a>" * 300, "too many", 1),
        (b"", "no element found", 1),
        (b'<definitions xmlns="https://www.omg.org/spec/DMN/20211108/MODEL/">\n<decision/>'
         b"</definitions>", "a decision has no name", 2),
    ],
)  # fmt: skip
def test_broken_or_hostile_xml_is_refused(data, message, line):
    with pytest.raises(InvalidXML, match=message) as refused:
        read_model(data)
    assert refused.value.line == line
