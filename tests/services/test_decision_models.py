"""Requirements, functions, services, imports, types and boxed expressions of whole models."""

from __future__ import annotations

from decimal import Decimal

import pytest

from madang.services.engine.dmn.program import Program
from madang.services.engine.dmn.xml_read import NAMESPACES, read_model
from madang.services.engine.feel.date_text import read_date
from tests.services.dmn import (
    decision,
    definitions,
    evaluated,
    given,
    knowledge,
    text,
)

N = Decimal


def value_of(logic, *needs, inside=(), **facts):
    file = definitions(*inside, *(given(name) for name in facts), decision("d", logic, *needs))
    found = evaluated(file, **facts)
    return found.values["d"], found.notes


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_every_version_is_read(namespace):
    file = definitions(
        given("First name", "feel:string"),
        decision("d", text('"Hi " + First name'), "First name", type_="feel:string"),
        dmn=namespace,
    )
    assert evaluated(file, **{"First name": "Kim"}).values == {"d": "Hi Kim"}


def test_a_decision_sees_what_it_requires_and_nothing_else():
    file = definitions(
        given("A"), given("B"), decision("b", text("A + 1"), "A"),
        decision("c", text("b * 2"), "b"), decision("d", text("B"), "A"),
    )  # fmt: skip
    found = evaluated(file, A=N(1), B=N(2))
    assert found.values == {"b": N(2), "c": N(4), "d": None}


def test_decisions_that_need_each_other_are_null():
    file = definitions(decision("a", text("b"), "b"), decision("b", text("a"), "a"))
    found = evaluated(file)
    assert found.values == {"a": None, "b": None}
    assert any("needs itself" in note for note in found.notes)


def test_a_fact_may_stand_for_a_decision():
    file = definitions(
        given("A"), decision("b", text("A + 1"), "A"), decision("c", text("b * 2"), "b")
    )
    assert evaluated(file, b=N(10)).values["c"] == N(20)


def test_a_knowledge_model_is_a_function_and_may_call_itself():
    file = definitions(
        given("A"),
        knowledge("fact", "n:number", text("if n <= 1 then 1 else n * fact(n - 1)")),
        decision("d", text("fact(A)"), "A", "fn:fact"),
        decision("e", text("fact(n: A)"), "A", "fn:fact"),
        decision("f", text('fact("x")'), "fn:fact"),
    )
    assert evaluated(file, A=N(5)).values == {"d": N(120), "e": N(120), "f": None}


def test_an_invocation_binds_by_name():
    call = (
        f"<invocation>{text('sub')}"
        f'<binding><parameter name="b"/>{text("1")}</binding>'
        f'<binding><parameter name="a"/>{text("3")}</binding></invocation>'
    )
    inside = (knowledge("sub", "a:number,b:number", text("a - b")),)
    assert value_of(call, "fn:sub", inside=inside)[0] == N(2)


SERVICE = (
    '<decisionService id="s" name="s"><variable name="s"/>{outputs}'
    '<encapsulatedDecision href="#b"/>'
    '<inputDecision href="#c"/><inputData href="#A"/></decisionService>'
)


def service_file(outputs, call):
    return definitions(
        given("A", "number"), decision("c", text("100")), decision("b", text("A + c"), "A", "c"),
        decision("o", text("b * 2"), "b"), decision("p", text("b * 3"), "b"),
        SERVICE.format(outputs="".join(f'<outputDecision href="#{o}"/>' for o in outputs)),
        decision("d", text(call), "fn:s"),
    )  # fmt: skip


def test_a_decision_service_is_a_function_of_its_inputs():
    assert evaluated(service_file("o", "s(1, 2)")).values["d"] == N(6)
    assert evaluated(service_file("op", "s(c: 2, A: 1)")).values["d"] == {"o": N(6), "p": N(9)}
    assert evaluated(service_file("o", "s(1)")).values["d"] is None
    assert evaluated(service_file("o", 's("x", 2)')).values["d"] is None


def test_a_model_may_import_another():
    inner = Program(
        read_model(
            definitions(
                given("Person name", "string"),
                decision("say hello", text('"Hello " + Person name'), "Person name"),
                knowledge("twice", "x", text("x * 2")),
                '<itemDefinition name="tAge"><typeRef>number</typeRef>'
                "<allowedValues><text>[0..150]</text></allowedValues></itemDefinition>",
                namespace="urn:inner",
            )
        )
    )
    importing = (
        '<import name="inner model" namespace="urn:inner" '
        'importType="https://www.omg.org/spec/DMN/20211108/MODEL/"/>'
    )
    file = definitions(
        importing,
        given("Age", "inner model.tAge"),
        decision("d", text("inner model.say hello"), "urn:inner#say_hello"),
        decision("e", text("inner model.twice(Age)"), "fn:urn:inner#twice", "Age"),
    )
    found = evaluated(
        file, {"urn:inner": inner}, **{"inner model": {"Person name": "Ann"}, "Age": N(7)}
    )
    assert found.values == {"d": "Hello Ann", "e": N(14)}
    assert evaluated(file, {"urn:inner": inner}, Age=N(151)).values["e"] is None
    nameless = file.replace(b'name="inner model" ', b'name="" ').replace(b"inner model.", b"")
    found = evaluated(nameless, {"urn:inner": inner}, **{"Person name": "Ann", "Age": N(7)})
    assert found.values == {"d": "Hello Ann", "e": N(14)}
    assert "is not there" in Program(read_model(file)).compile_all()[0]


ITEMS = """
<itemDefinition name="tColour"><typeRef>string</typeRef>
  <allowedValues><text>"red","blue"</text></allowedValues></itemDefinition>
<itemDefinition name="tColours" isCollection="true"><typeRef>tColour</typeRef></itemDefinition>
<itemDefinition name="tPair"><itemComponent name="left part"><typeRef>number</typeRef>
  </itemComponent>
  <itemComponent name="right"><typeRef>tColour</typeRef></itemComponent></itemDefinition>
<itemDefinition name="tFew" isCollection="true"><typeRef>number</typeRef>
  <typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>
<itemDefinition name="tFn"><functionItem outputTypeRef="number">
  <parameters name="x" typeRef="number"/></functionItem></itemDefinition>
<itemDefinition name="tTree"><itemComponent name="v"><typeRef>number</typeRef></itemComponent>
  <itemComponent name="below" isCollection="true"><typeRef>tTree</typeRef></itemComponent>
</itemDefinition>
"""


@pytest.mark.parametrize(
    ("type_", "feel", "value"),
    [
        ("number", "5", N(5)),
        ("number", '"5"', None),
        ("number", "[5]", N(5)),
        ("tColours", '"red"', ["red"]),
        ("tColours", '["red","green"]', None),
        ("tColour", '"green"', None),
        ("dateTime", '@"2020-01-01"', "2020-01-01T00:00:00Z"),
        ("tPair", '{left part: 1, right: "red"}', {"left part": N(1), "right": "red"}),
        ("tPair", '{left part: 1, right: "green"}', None),
        ("tPair", "{left part: 1}", None),
        ("tFew", "[1, 2]", [N(1), N(2)]),
        ("tFew", "[1, 2, 3]", None),
        ("tTree", "{v: 1, below: [{v: 2, below: []}]}",
         {"v": N(1), "below": [{"v": N(2), "below": []}]}),
        ("tTree", '{v: 1, below: [{v: "2", below: []}]}', None),
        ("tFn", "function(x: string) x", None),
        ("string", "[]", None),
        ("Any", "[1]", [N(1)]),
    ],
)  # fmt: skip
def test_a_value_is_made_to_fit_its_type_or_is_null(type_, feel, value):
    from madang.services.engine.dmn.plain import to_plain

    found = evaluated(definitions(ITEMS, decision("d", text(feel), type_=type_))).values["d"]
    assert (to_plain(found) if isinstance(value, str) and "T" in value else found) == value


def test_a_function_type_is_kept():
    file = definitions(
        ITEMS, decision("f", text("function(x: number) x + 1"), type_="tFn"),
        decision("d", text("f(1)"), "f"),
    )  # fmt: skip
    assert evaluated(file).values["d"] == N(2)


def test_members_with_spaces_are_known_from_the_types():
    file = definitions(
        ITEMS, given("Pairs"),
        decision("d", text("Pairs[left part > 1].left part"), "Pairs"),
    )  # fmt: skip
    pairs = [{"left part": N(1), "right": "red"}, {"left part": N(2), "right": "red"}]
    assert evaluated(file, Pairs=pairs).values["d"] == [N(2)]


def entry(name, logic, type_=""):
    variable = f'<variable name="{name}" typeRef="{type_ or "Any"}"/>' if name else ""
    return f"<contextEntry>{variable}{logic}</contextEntry>"


def function(param, logic):
    return f'<functionDefinition><formalParameter name="{param}"/>{logic}</functionDefinition>'


@pytest.mark.parametrize(
    ("logic", "value"),
    [
        (f"<context>{entry('a b', text('1'))}{entry('c', text('a b + 1'))}</context>",
         {"a b": N(1), "c": N(2)}),
        (f"<context>{entry('a', text('1'))}{entry('', text('a + 5'))}</context>", N(6)),
        (f"<context>{entry('a', text('1'), 'string')}</context>", {"a": None}),
        (f"<context>{entry('f', function('n', text('if n = 0 then 0 else n + f(n - 1)')))}"
         f"{entry('', text('f(4)'))}</context>", N(10)),
        (f"<list>{text('1')}{text('2')}</list>", [N(1), N(2)]),
        ('<relation><column name="a"/><column name="b"/><row>'
         f'{text("1")}{text("2")}</row></relation>',
         [{"a": N(1), "b": N(2)}]),
        (f"<conditional><if>{text('1 > 2')}</if><then>{text('1')}</then><else>{text('2')}</else>"
         "</conditional>", N(2)),
        (f"<filter><in>{text('[1,2,3]')}</in><match>{text('item > 1')}</match></filter>",
         [N(2), N(3)]),
        (f"<filter><in>{text('[{a: 1},{a: 2}]')}</in><match>{text('a = 2')}</match></filter>",
         [{"a": N(2)}]),
        (f'<for iteratorVariable="i"><in>{text("[1,2]")}</in><return>{text("i * count(partial)")}'
         "</return></for>", [N(0), N(2)]),
        (f'<some iteratorVariable="i"><in>{text("[1,2]")}</in><satisfies>'
         f'{text("i > 1")}</satisfies></some>', True),
        (f'<every iteratorVariable="i"><in>{text("[1,2]")}</in><satisfies>{text("i > 1")}'
         "</satisfies></every>", False),
        (function("n", text("n")).replace("<functionDefinition", '<functionDefinition kind="Java"'),
         None),
        (text("1").replace("<literalExpression", '<literalExpression expressionLanguage="urn:js"'),
         None),
        (text("1 +"), None),
        ("", None),
    ],
)  # fmt: skip
def test_a_boxed_expression_has_its_value(logic, value):
    assert value_of(logic)[0] == value


def test_facts_are_dates_where_the_model_says_so():
    from madang.services import api
    from madang.services.errors import InvalidFacts, UnknownDecision

    file = definitions(
        given("Born", "date"), given("Fee", "number"),
        decision("d", text('Born + @"P1Y"'), "Born"),
    )  # fmt: skip
    program = Program(read_model(file))
    assert api.evaluate(program, {"Born": "2020-02-29"}).decisions == {"d": "2021-02-28"}
    assert program.evaluate({"Born": read_date("2020-02-29")}).values["d"] == read_date(
        "2021-02-28"
    )
    with pytest.raises(InvalidFacts, match=r"facts: Born: '2020-02-30'|there is no date"):
        api.evaluate(program, {"Born": "2020-02-30"})
    with pytest.raises(InvalidFacts, match="facts: Fee: '12' is no number"):
        api.evaluate(program, {"Fee": "12"})
    with pytest.raises(UnknownDecision, match="it has 'd'"):
        api.evaluate(program, {}, ["x"])
    assert api.evaluate(program, {"Bron": 1}).unknown_facts == ("Bron",)
