"""A tree in the layout of the conformance kit: what passes, what fails and why."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from madang.services.cli import tck
from madang.services.errors import InvalidDecisionModel
from madang.services.tck import run_tree
from tests.services.dmn import decision, definitions, given, knowledge, text

HEAD = (
    '<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema"><modelName>{model}</modelName>'
    "<labels><label>one</label></labels>{cases}</testCases>"
)
MODEL = definitions(
    '<itemDefinition name="tP"><itemComponent name="born"><typeRef>date</typeRef></itemComponent>'
    '<itemComponent name="n"><typeRef>number</typeRef></itemComponent></itemDefinition>',
    given("Person", "tP"),
    given("X", "number"),
    decision("third", text("X / 3"), "X"),
    decision("year", text("Person.born.year"), "Person"),
    decision("list", text('[1, {a: "b"}, null]')),
    decision("moments", text('{d: @"2020-01-01", t: @"10:00:00Z", p: @"P1D", m: @"P1Y"}')),
    decision("nothing", text("X + null"), "X"),
    knowledge("plus", "a:number,b:number", text("a + b")),
    '<decisionService id="s" name="s"><variable name="s"/><outputDecision href="#third"/>'
    '<inputData href="#X"/></decisionService>',
)


def value(text_, type_="decimal"):
    return f'<value xsi:type="xsd:{type_}">{text_}</value>'


def case(id_, inputs, results, more=""):
    given_ = "".join(f'<inputNode name="{name}">{inside}</inputNode>' for name, inside in inputs)
    wanted = "".join(
        f'<resultNode name="{name}" type="decision" {attr}>'
        f"<expected>{inside}</expected></resultNode>"
        for name, inside, attr in results
    )
    return f'<testCase id="{id_}" {more}>{given_}{wanted}</testCase>'


X7 = [("X", value(7))]
PERSON = [("Person", f'<component name="born">{value("1999-05-05", "date")}</component>')]
LIST = (
    f'<list><item>{value(1)}</item><item><component name="a">{value("b", "string")}</component>'
    '</item><item><value xsi:nil="true"/></item></list>'
)
MOMENTS = "".join(
    f'<component name="{name}">{value(text_, type_)}</component>'
    for name, text_, type_ in (
        ("d", "2020-01-01", "date"), ("t", "12:00:00+02:00", "time"),
        ("p", "PT24H", "duration"), ("m", "P12M", "duration"),
    )
)  # fmt: skip
NIL = '<value xsi:nil="true"/>'
GOOD = [
    case("nearly", X7, [("third", value("2.33333333333"), "")]),
    case("date", PERSON, [("year", value(1999), "")]),
    case("list", [], [("list", LIST, "")]),
    case("moments", [], [("moments", MOMENTS, "")]),
    case("null", X7, [("nothing", NIL, "")]),
    case("error", X7, [("nothing", "", 'errorResult="true"')]),
    case("bkm", [("a", value(1)), ("b", value(2))], [("plus", value(3), "")],
         'type="bkm" invocableName="plus"'),
    case("service", [("X", value(6))], [("third", value(2), "")],
         'type="decisionService" invocableName="s"'),
    case("two", X7, [("third", value("2.33333333333"), ""), ("nothing", NIL, "")]),
]  # fmt: skip
BAD = [
    case("far", X7, [("third", value("2.3333"), "")]),
    case("second of two", X7, [("nothing", NIL, ""), ("third", value(1), "")]),
    case("no null", X7, [("third", NIL, "")]),
    case("no error", X7, [("third", "", 'errorResult="true"')]),
    case("text", X7, [("third", value("2.33333333333", "string"), "")]),
]


@pytest.fixture
def tree(tmp_path):
    def write(level, name, cases, model=MODEL):
        folder = tmp_path / "TestCases" / level / name
        folder.mkdir(parents=True)
        if model is not None:
            (folder / f"{name}.dmn").write_bytes(model)
        text_ = HEAD.format(model=f"{name}.dmn", cases="".join(cases))
        (folder / f"{name}-test-01.xml").write_text(text_, "utf-8")

    write("compliance-level-2", "0001-good", GOOD)
    write("compliance-level-3", "0002-bad", BAD)
    write("compliance-level-3", "0003-broken", GOOD[:2], b"<definitions")
    write("compliance-level-3", "0004-missing", GOOD[:1], None)
    write("compliance-level-3", "0005-good", GOOD)
    write("non-compliant", "0006-ignored", GOOD)
    return tmp_path


def test_cases_are_counted_by_level_and_failures_say_why(tree):
    found = run_tree(tree).plain()
    assert found["compliance-level-2"] == {"passed": len(GOOD), "total": len(GOOD)}
    total = len(BAD) + 3 + len(GOOD)
    assert found["compliance-level-3"] == {"passed": len(GOOD), "total": total}
    reasons = {(f["test"][:4], f["case"]): f["reason"] for f in found["failures"]}
    assert len(reasons) == len(BAD) + 3
    assert "instead of 2.3333" in reasons["0002", "far"]
    assert "0003-broken.dmn:1" in reasons["0003", "date"]
    assert "No such file" in reasons["0004", "nearly"]


def test_the_command_prints_the_same(tree):
    ran = CliRunner().invoke(tck, [str(tree), "--json"])
    assert ran.exit_code == 0
    assert json.loads(ran.stdout) == run_tree(tree).plain()
    assert "compliance-level-2: 9 of 9" in CliRunner().invoke(tck, [str(tree)]).stdout


def test_a_folder_without_levels_is_refused(tmp_path):
    with pytest.raises(InvalidDecisionModel, match="compliance-level-2"):
        run_tree(tmp_path)


def test_facts_of_imported_models_are_named_by_import_or_by_components(tmp_path):
    inner = definitions(
        given("Name", "string"),
        decision("hello", text('"Hello " + Name'), "Name"),
        namespace="urn:inner",
    )
    outer = definitions(
        '<import name="in ner" namespace="urn:inner" importType="http://x/spec/DMN/1/"/>',
        decision("d", text("in ner.hello"), "urn:inner#hello"),
    )
    folder = tmp_path / "compliance-level-3" / "0001"
    folder.mkdir(parents=True)
    (folder / "inner.dmn").write_bytes(inner)
    (folder / "outer.dmn").write_bytes(outer)
    name = value("Ann", "string")
    wanted = [("d", value("Hello Ann", "string"), "")]
    cases = case("dotted", [("in ner.Name", name)], wanted) + case(
        "nested", [("in ner", f'<component name="Name">{name}</component>')], wanted
    )
    (folder / "outer-test-01.xml").write_text(HEAD.format(model="outer.dmn", cases=cases))
    found = run_tree(tmp_path).plain()
    assert found["compliance-level-3"] == {"passed": 2, "total": 2}
