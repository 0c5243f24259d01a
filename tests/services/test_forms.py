"""Questions of a package asked in turn: which, of what answers, and what is wrong with them."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import msgspec
import pytest
import yaml

from madang.services.forms.checking import SUPPORTED, fault_of
from madang.services.forms.flow import Form, with_item, without_item
from madang.services.forms.paper import form_of
from madang.services.forms.reading import Unreadable, read_questions, value_of, written
from madang.services.forms.review import review
from madang.services.forms.widgets import widget_of
from madang.services.forms.words import answer_text, fault_text
from madang.services.packages.package import Package
from madang.services.packages.questions import Question
from madang.services.packages.reader import read_package

SEOUL = Path(__file__).parents[2] / "cities" / "seoul" / "services"
DAY = date(2026, 9, 23)

SERVICE = """
id: child-allowance
version: 1.0.0
language: en
title: Child allowance
summary: Money each month for every child under eight.
life_events: [having-a-child]
audience: [parent]
handled_by: {department: welfare}
legal_basis: [{law: Child Allowance Act, article: Art. 4}]
channels: [{kind: counter}]
deadline: 30 days
facts:
  - {id: lives_here, title: Lives here, type: boolean, source: applicant, purpose: decide}
  - {id: since, title: Since, type: date, source: applicant, purpose: decide}
  - {id: child_name, title: Names, type: list<string>, source: applicant, purpose: identify}
  - {id: child_kind, title: Kinds, type: list<string>, source: applicant, purpose: decide}
  - {id: school, title: Schools, type: list<string>, source: applicant, purpose: decide}
  - {id: bank, title: Bank, type: string, source: applicant, purpose: pay}
  - {id: on_welfare, title: Welfare, type: boolean, source: register, register: welfare.basic,
     purpose: decide}
evidence:
  - {id: lease, title: Lease, when: lives_here}
  - {id: other, title: Other papers, optional: true}
"""
PAGES = """
questions:
  - {id: lives_here, ask: Do you live here?, why: The law asks., schema: {type: boolean}}
  - id: since
    ask: Since when?
    why: To count.
    when: lives_here
    schema: {type: string, format: date, maximum: today, minimum: "1900-01-01"}
  - {id: child_name, ask: Name of the child, why: To know them., schema: {type: string}}
  - id: child_kind
    ask: How old?
    why: Rules differ.
    schema: {type: string}
    choices: [{value: small, title: Under 6}, {value: large, title: 6 or 7}]
  - id: school
    ask: Which school?
    why: To ask it.
    schema: {type: string}
    when: child_kind = "large"
  - {id: bank, ask: Bank account, why: To pay., schema: {type: string, pattern: "^[0-9-]{6,20}$"}}
pages:
  - {id: home, questions: [lives_here, since], title: Your home}
  - {id: children, questions: [child_name, child_kind, school], title: Child, when: lives_here,
     repeat: {min: 1, max: 3}}
  - {id: account, questions: [bank], when: on_welfare != true}
"""
PROCESS = "like: application\ndecision_class: R2\n"


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Package:
    folder = tmp_path_factory.mktemp("child-allowance")
    for name, text in (("service", SERVICE), ("pages", PAGES), ("process", PROCESS)):
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    found, _, problems = read_package(folder)
    assert found is not None, problems
    return found


@pytest.fixture(scope="module")
def form(package) -> Form:
    return Form(package)


def question(**fields) -> Question:
    plain = {"id": "it", "ask": "?", "why": "?", "schema": {"type": "string"}}
    return msgspec.convert(plain | fields, Question)


GOOD = {
    "lives_here": True, "since": "2020-03-01", "child_name": ["Ara", "Bora"],
    "child_kind": ["small", "large"], "school": [None, "Mapo"], "bank": "110-123-456",
}  # fmt: skip


def test_pages_come_in_order_and_only_those_whose_condition_holds(form):
    flow = form.flow({"lives_here": False}, DAY)
    assert [step.key for step in flow.steps] == ["home", "account"]
    assert flow.next_open.key == "account"
    flow = form.flow(GOOD, DAY)
    assert [step.key for step in flow.steps] == ["home", "children", "account"]
    assert flow.next_open is None
    assert flow.answers == GOOD


def test_an_answer_no_longer_reached_is_no_fact(form):
    flow = form.flow(GOOD | {"lives_here": False}, DAY)
    assert flow.answers == {"lives_here": False, "bank": "110-123-456"}


def test_a_question_of_a_repetition_hangs_on_that_repetition(form):
    children = form.flow(GOOD, DAY).step("children")
    assert [[q.id for q in group] for group in children.groups] == [
        ["child_name", "child_kind"], ["child_name", "child_kind", "school"],
    ]  # fmt: skip
    turned = GOOD | {"child_kind": ["small", "small"]}
    assert "school" not in form.flow(turned, DAY).answers


def test_one_more_and_one_less(form):
    page = form.package.pages.pages[1]
    more = with_item(page, GOOD)
    step = form.flow(more, DAY).step("children")
    assert (len(step.groups), {fault.item for fault in step.faults}) == (3, {2})
    assert with_item(page, more) == more  # three at most
    assert form.flow(without_item(page, more, 2), DAY).answers == GOOD
    assert without_item(page, GOOD, 0)["child_name"] == ["Bora"]


def test_what_a_register_says_is_seen_by_conditions_and_is_no_answer(form):
    flow = form.flow(GOOD, DAY, known={"on_welfare": True})
    assert "account" not in [step.key for step in flow.steps]
    assert "on_welfare" not in flow.answers
    assert "bank" not in flow.answers


def test_papers_are_asked_for_where_their_condition_holds(form):
    assert form.flow(GOOD, DAY).evidence == ("lease", "other")
    assert form.flow({"lives_here": False}, DAY).evidence == ("other",)


def test_each_question_alone(form):
    flow = form.flow(GOOD, DAY, alone=True)
    keys = [step.key for step in flow.steps]
    assert keys == ["home.lives_here", "home.since", "children", "account"]
    assert (flow.before("home.since").key, flow.after("home.since").key) == (keys[0], keys[2])
    assert flow.before(keys[0]) is None
    assert flow.after(keys[-1]) is None


def test_no_page_is_shown_before_those_above_it_are_answered(form):
    flow = form.flow({"lives_here": True}, DAY)
    assert flow.may_show("home")
    assert not flow.may_show("children")
    assert not flow.may_show("nowhere")


def test_every_page_is_reached_forward_and_back(form):
    flow = form.flow(GOOD, DAY)
    forward = [flow.steps[0].key]
    while after := flow.after(forward[-1]):
        forward.append(after.key)
    back = [forward[-1]]
    while before := flow.before(back[-1]):
        back.append(before.key)
    assert forward == [step.key for step in flow.steps] == back[::-1]


JUNK = [
    None, True, False, 0, -1, 1.5, float("nan"), float("inf"), "", "x", "2020-02-30", "2020-01-01",
    "small", "large", [], [None], ["small"], ["large", "large"], [["x"]], {"a": 1}, "\u202ex",
    10**40,
]  # fmt: skip


def test_random_answers_never_break_it_and_nothing_unasked_counts(form):
    draw = random.Random(5)
    names = list(form.package.questions)
    for _ in range(3000):
        answers = {name: draw.choice(JUNK) for name in draw.sample(names, draw.randint(0, 6))}
        flow = form.flow(answers, DAY, alone=draw.random() < 0.5)
        asked = {q.id for step in flow.steps for q in step.questions}
        assert set(flow.answers) <= asked
        assert (flow.next_open is None) == all(step.is_answered for step in flow.steps)
        again = form.flow(flow.answers, DAY)
        assert again.answers == flow.answers
        assert len(review(flow)) == len(flow.steps)


RAW = ["", " ", "yes", "no", "1", "-3", "3.5", "1,000", "２", "2026", "99", "small", "x" * 30_000,
       "\x00", "가나다", "<script>", "1e9", "٣"]  # fmt: skip


def test_random_fields_never_break_the_reading(package):
    draw = random.Random(6)
    questions = tuple(package.questions.values())
    for _ in range(2000):
        raw = {}
        for one in questions:
            for part in ("", "-year", "-month", "-day"):
                raw[one.id + part] = [draw.choice(RAW) for _ in range(draw.randint(0, 3))]
        read = read_questions(questions, raw, DAY)
        for fault in read.faults:
            assert fault_text(fault, package.questions[fault.question])
        assert not set(read.values) & {fault.question for fault in read.faults}


DATE = {"type": "string", "format": "date"}
DAY_FIELD = {"widget": "date"}
AB = {"type": "array", "items": {"enum": ["a", "b"]}}
ONE_TWO = [{"value": 1, "title": "a"}, {"value": 2, "title": "b"}]


@pytest.mark.parametrize(
    ("fields", "raw", "value"),
    [
        ({"schema": {"type": "integer"}}, {"it": ["1,200"]}, 1200),
        ({"schema": {"type": "integer"}}, {"it": ["３"]}, 3),
        ({"schema": {"type": "number"}, "widget": "money"}, {"it": ["₩ 5,000원"]}, 5000),
        ({"schema": {"type": "boolean"}}, {"it": ["no"]}, False),
        (DAY_FIELD, {"it-year": ["1951"], "it-month": ["3월"], "it-day": ["4"]}, "1951-03-04"),
        ({"widget": "date"}, {"it": ["1951년 3월 4일"]}, "1951-03-04"),
        ({"widget": "time"}, {"it": ["9:05"]}, "09:05"),
        ({"widget": "consent", "optional": True, "schema": {"type": "boolean"}}, {}, False),
        ({"schema": {"type": "array"}, "choices": ONE_TWO},
         {"it": ["2", "1"]}, [2, 1]),
        ({}, {"it": [" 김  "]}, "김"),
        ({}, {"it": ["   "]}, None),
    ],
)  # fmt: skip
def test_what_is_written_becomes_a_value(fields, raw, value):
    one = question(**fields)
    assert value_of(one, raw) == value
    if value is not None:
        assert value_of(one, written(one, value)) == value


@pytest.mark.parametrize(
    ("fields", "raw", "code"),
    [
        ({"schema": {"type": "integer"}}, {"it": ["two"]}, "not-number"),
        ({"schema": {"type": "integer"}}, {"it": ["2.5"]}, "not-whole"),
        (DAY_FIELD, {"it-year": ["2026"], "it-month": ["2"], "it-day": ["30"]}, "not-date"),
        (DAY_FIELD, {"it-year": ["51"], "it-month": ["2"], "it-day": ["3"]}, "not-date"),
        ({"widget": "time"}, {"it": ["25:00"]}, "not-time"),
        ({"schema": {"type": "boolean"}}, {"it": ["maybe"]}, "not-yes-no"),
        ({"choices": [{"value": "a", "title": "A"}]}, {"it": ["b"]}, "not-choice"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_so(fields, raw, code):
    with pytest.raises(Unreadable) as caught:
        value_of(question(**fields), raw)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("fields", "value", "code"),
    [
        ({"schema": {"type": "integer", "minimum": 1}}, 0, "too-small"),
        ({"schema": {"type": "integer", "maximum": 10}}, 11, "too-large"),
        ({"schema": {"type": "integer"}}, True, "not-number"),
        ({"schema": {"type": "integer", "multipleOf": 5}}, 7, "not-multiple"),
        ({"schema": {"type": "number", "exclusiveMinimum": 0}}, 0, "too-small"),
        ({"schema": {"type": "string", "maxLength": 3}}, "four", "too-long"),
        ({"schema": {"type": "string", "minLength": 3}}, "ab", "too-short"),
        ({"schema": {"type": "string", "pattern": "^[0-9]+$"}}, "a", "pattern"),
        ({"schema": {"type": "string"}}, "a\x07", "control"),
        ({"schema": DATE | {"maximum": "today"}}, "2026-09-24", "too-late"),
        ({"schema": DATE | {"minimum": "today"}}, "2026-09-22", "too-early"),
        ({"schema": DATE}, "20260922", "not-date"),
        ({"schema": {"type": "string", "format": "email"}}, "a@b", "not-email"),
        ({"widget": "phone"}, "12", "not-phone"),
        ({"schema": AB | {"maxItems": 1}}, ["a", "b"], "too-many"),
        ({"schema": {"type": "array", "items": {"enum": ["a", "b"]}}}, ["c"], "not-choice"),
        ({"schema": {"type": "array"}}, [], "missing"),
        ({"widget": "consent", "schema": {"type": "boolean"}}, False, "consent"),
        ({}, None, "missing"),
    ],
)  # fmt: skip
def test_a_value_outside_its_limits_has_a_fault_with_a_sentence(fields, value, code):
    one = question(**fields)
    fault = fault_of(one, value, DAY)
    assert fault.code == code
    assert "%(" not in fault_text(fault, one)


def test_the_last_allowed_value_is_good():
    assert fault_of(question(schema={"type": "integer", "maximum": 10}), 10, DAY) is None
    born = question(schema={"type": "string", "format": "date", "maximum": "today"})
    assert fault_of(born, "2026-09-23", DAY) is None
    assert fault_of(question(optional=True), None, DAY) is None


def test_answers_are_shown_in_words():
    kinds = [{"value": "a", "title": "Apple"}, {"value": "b", "title": "Pear"}]
    assert answer_text(question(choices=kinds), "b") == "Pear"
    many = question(schema={"type": "array"}, choices=kinds)
    assert (widget_of(many), answer_text(many, ["a", "b"])) == ("choices", "Apple, Pear")
    assert answer_text(question(), None) == "–"


def test_a_paper_form_has_every_question_and_says_when_it_is_to_be_answered(package):
    sections = form_of(package, {"bank": "110-1", "child_name": ["Ara"]}, "en")
    assert [s.page for s in sections] == ["home", "children", "children", "account"]
    found = {q.number: q for s in sections for q in s.questions}
    assert {q.id for q in found.values()} == set(package.questions)
    assert found["5-2"].only_if.endswith("Only if you answered “6 or 7” to question 4.")
    assert found["2"].only_if == "Only if you answered “Yes” to question 1."
    assert (found["6"].answer, found["3-1"].answer, found["3-2"].answer) == ("110-1", "Ara", "")


@pytest.mark.parametrize("folder", sorted(p.parent for p in SEOUL.glob("*/service.yaml")),
                         ids=lambda p: p.name)  # fmt: skip
def test_seouls_services_ask_what_their_tests_say(folder):
    found, _, problems = read_package(folder, SEOUL)
    assert found is not None, problems
    form = Form(found)
    for one in found.tests:
        flow = form.flow(one.facts, DAY, known=registers(found, one.facts))
        for q in (q for step in flow.steps for q in step.questions):
            assert set(q.schema) <= SUPPORTED, f"{q.id}: {set(q.schema) - SUPPORTED}"
        if one.expect.pages is not None:
            assert tuple(step.key for step in flow.steps) == one.expect.pages
    main = yaml.safe_load((folder / "service.yaml").read_text("utf-8"))
    assert main.get("id") == folder.name or "extends" in main  # one of a district


def registers(package: Package, facts: dict) -> dict:
    return {n: v for n, v in facts.items() if n not in package.questions}


def test_what_a_silent_register_could_open_is_asked():
    from madang.services.forms.silence import asked_of_registers

    found, _sources, problems = read_package(SEOUL / "vaccination-booking", SEOUL)
    assert found is not None, problems
    assert asked_of_registers(found) == {"birth_date"}
    form = Form(found)

    def asked(**known: object) -> bool:
        flow = form.flow({"vaccine": "flu"}, DAY, known=known)
        return "pregnant" in {one.id for step in flow.steps for one in step.questions}

    assert asked()
    assert asked(birth_date="1995-01-01")
    assert not asked(birth_date="1950-01-01")
    other = form.flow({"vaccine": "covid"}, DAY)  # no birthday would open it
    assert "pregnant" not in {one.id for step in other.steps for one in step.questions}
    sure = form.flow({"vaccine": "flu"}, DAY, in_doubt=False)
    assert "pregnant" not in {one.id for step in sure.steps for one in step.questions}
