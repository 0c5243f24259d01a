"""The planner's promises, for graphs and facts that nobody thought of."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.assistant.engine.conditions import deciding, outcome
from madang.assistant.engine.model import Condition, Event, FactSpec, Need, Procedure, Term
from madang.assistant.engine.ordering import cycle_in, in_order
from madang.assistant.engine.planning import plan

TODAY = date(2026, 11, 24)
FLAGS = [f"flag_{n}" for n in range(4)]
SPECS = {
    **{name: FactSpec(name, (True, False)) for name in FLAGS},
    "anchor": FactSpec("anchor"),
    "idle": FactSpec("idle", (True, False)),
}


def _never(_day: date) -> bool:
    return False


def _flag(name: str, wanted: bool = True) -> Condition:
    def holds(facts: Any) -> bool | None:
        return None if facts.get(name) is None else facts[name] is wanted

    return Condition(f"{name} = {wanted}", frozenset([name]), holds)


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Return events whose procedures require only earlier ones, in a mixed order."""
    count = draw(st.integers(1, 9))
    made = []
    for number in range(count):
        before = [f"p{n}" for n in range(number)]
        requires = draw(st.lists(st.sampled_from(before), unique=True)) if before else []
        when = draw(st.one_of(st.none(), st.builds(_flag, st.sampled_from(FLAGS), st.booleans())))
        days = draw(st.one_of(st.none(), st.integers(0, 90)))
        deadlines = () if days is None else (Term("anchor", days, rule="a law"),)
        paper = draw(st.one_of(st.none(), st.sampled_from(before))) if before else None
        needs = (Need(f"paper of {paper}"),) if paper else ()
        made.append(
            Procedure(
                f"p{number}",
                when,
                deadlines,
                requires=tuple(requires),
                needs=needs,
                gives=(f"paper of p{number}",),
            )
        )
    return Event("event", SPECS, tuple(draw(st.permutations(made))))


FACTS = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.booleans() for name in FLAGS},
        "anchor": st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    },
)


@settings(max_examples=50)
@given(events(), FACTS)
def test_every_step_comes_after_those_it_requires(event: Event, facts: dict[str, Any]) -> None:
    found = plan(event, facts, TODAY, _never)
    place = {step.id: number for number, step in enumerate(found.steps)}
    for step in found.steps:
        assert all(place[other] < place[step.id] for other in step.requires)


@settings(max_examples=50)
@given(events(), FACTS, st.booleans())
def test_a_fact_that_nothing_mentions_changes_nothing(
    event: Event, facts: dict[str, Any], idle: bool
) -> None:
    assert plan(event, facts, TODAY, _never) == plan(event, {**facts, "idle": idle}, TODAY, _never)


@settings(max_examples=50)
@given(events(), FACTS)
def test_no_day_lies_before_its_anchor(event: Event, facts: dict[str, Any]) -> None:
    for step in plan(event, facts, TODAY, _never).steps:
        if step.due is not None:
            assert step.due.day >= step.due.anchor_day == facts["anchor"]


@settings(max_examples=50)
@given(events(), FACTS)
def test_only_facts_that_can_change_the_plan_are_asked(event: Event, facts: dict[str, Any]) -> None:
    """Each question, answered one way or another, leads to another plan for some other facts."""
    found = plan(event, facts, TODAY, _never)
    for question in found.questions:
        assert question.fact not in facts
        answers: tuple[Any, ...] = SPECS[question.fact].values or (TODAY, TODAY + timedelta(9))
        plans = [
            [
                (step.id, step.status, step.due and step.due.day)
                for step in plan(event, {**facts, question.fact: answer}, TODAY, _never).steps
            ]
            for answer in answers
        ]
        assert plans[0] != plans[1]


@settings(max_examples=50)
@given(events(), FACTS)
def test_a_plan_with_all_facts_asks_nothing_and_leaves_nothing_open(
    event: Event, facts: dict[str, Any]
) -> None:
    whole = {**dict.fromkeys(FLAGS, True), "anchor": TODAY, **facts}
    found = plan(event, whole, TODAY, _never)
    assert found.questions == ()
    assert {step.status for step in found.steps} <= {"do"}


@settings(max_examples=50)
@given(events(), FACTS)
def test_what_is_certain_stays_whatever_else_is_told(event: Event, facts: dict[str, Any]) -> None:
    certain = {s.id for s in plan(event, facts, TODAY, _never).steps if s.status == "do"}
    whole = {**dict.fromkeys(FLAGS, False), "anchor": TODAY, **facts}
    assert certain <= {step.id for step in plan(event, whole, TODAY, _never).steps}


def test_the_day_of_a_later_step_brings_an_earlier_one_forward() -> None:
    event = Event(
        "event",
        SPECS,
        (
            Procedure("late", deadlines=(Term("anchor", 40, rule="a law"),), gives=("paper",)),
            Procedure("soon", deadlines=(Term("anchor", 5, rule="a law"),), needs=(Need("paper"),)),
        ),
    )
    found = plan(event, {"anchor": TODAY}, TODAY, _never)
    assert [step.id for step in found.steps] == ["late", "soon"]
    assert found.steps[0].needed_by == TODAY + timedelta(5)
    assert found.steps[1].needs == (("paper", "late"),)


def test_what_is_not_in_force_is_left_out() -> None:
    one = Procedure("old", until=date(2026, 1, 1))
    two = Procedure("new", in_force=date(2026, 11, 25))
    event = Event("event", SPECS, (one, two))
    assert plan(event, {}, TODAY, _never).steps == ()
    after = plan(event, {}, date(2026, 11, 25), _never)
    assert [step.id for step in after.steps] == ["new"]


def test_a_circle_is_named() -> None:
    edges = {"a": ["b"], "b": ["c"], "c": ["b"], "d": ["a"]}
    assert cycle_in(edges) in {("b", "c", "b"), ("c", "b", "c")}
    with pytest.raises(ValueError, match="require each other"):
        in_order(edges, key=str)


def test_a_condition_that_holds_either_way_is_not_open() -> None:
    def holds(facts: Any) -> bool:
        return facts["flag_0"] or not facts["flag_0"]

    always = Condition("either way", frozenset(["flag_0"]), holds)
    assert outcome(always, {}, SPECS) is True
    assert deciding(always, {}, SPECS) == ()
