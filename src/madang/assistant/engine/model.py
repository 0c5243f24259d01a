"""What a plan is made of: facts, conditions, terms of law, procedures; and the plan itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Facts = Mapping[str, Any]  # by the fact's id; a fact that is not there is not known
Unit = Literal["days", "weeks", "months", "years"]


@dataclass(frozen=True)
class Condition:
    """A condition over facts.

    text: as it was written.
    names: facts that it mentions.
    holds: its value for facts; None where they leave it open.
    samples: per fact that has endless values, values that reach every outcome (the borders it is
        compared with, and their neighbours); facts without any stay open while they are unknown.
    """

    text: str
    names: frozenset[str]
    holds: Callable[[Facts], bool | None]
    samples: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class FactSpec:
    """A fact that an event may ask for; `values` are all it can have, empty where endless."""

    id: str
    values: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Term:
    """A last (or first) day, reckoned from the day of a fact.

    anchor: fact with a date.
    amount, unit: how long; negative amounts run before the anchor.
    first_day_counts: whether the anchor's day is the first of the term.
    answers: the day that answers to the anchor is meant (a birthday), not the end of a term.
    from_month_end: the term runs from the last day of the anchor's month.
    from_next_day: what counts happens on the day after the anchor.
    month_day: a fixed day of the year instead (month, day), of the anchor's year plus `amount`.
    day_of_month: that day of the month which the term ends in; 0: the day it ends on.
    moves_on: whether a last day off moves to the next working day.
    until_eve: the last day is the one before the term's end (must be done before that day).
    when: where only some facts lead to this term.
    in_force, until: first day on which the rule holds for an anchor, first day it does no more.
    rule: name of the rule, for explanations.
    """

    anchor: str
    amount: int = 0
    unit: Unit = "days"
    first_day_counts: bool = False
    answers: bool = False
    from_month_end: bool = False
    from_next_day: bool = False
    month_day: tuple[int, int] | None = None
    day_of_month: int = 0
    moves_on: bool = True
    until_eve: bool = False
    when: Condition | None = None
    in_force: date | None = None
    until: date | None = None
    rule: str = ""


@dataclass(frozen=True)
class Need:
    """A paper that a procedure asks for, under a condition."""

    document: str
    when: Condition | None = None


@dataclass(frozen=True)
class Procedure:
    """One thing to do. `place` is the fact that says which office; `gives` are papers it yields."""

    id: str
    when: Condition | None = None
    deadlines: tuple[Term, ...] = ()
    opens: tuple[Term, ...] = ()
    requires: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    gives: tuple[str, ...] = ()
    place: str = ""
    in_force: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Event:
    """Something that happens, the facts that matter, and what may have to be done."""

    id: str
    facts: Mapping[str, FactSpec]
    procedures: tuple[Procedure, ...]


@dataclass(frozen=True)
class Dated:
    """A day reckoned by a term; `nominal` is the day before days off were looked at."""

    day: date
    nominal: date
    anchor: str
    anchor_day: date
    term: Term


@dataclass(frozen=True)
class Step:
    """What becomes of a procedure: to be done, or perhaps (`open_facts` decide).

    needed_by: the last day of the earliest step that waits for this one, where that is before its
        own; None else.
    needs: papers, each with the step that yields it, empty where none does.
    """

    id: str
    status: Literal["do", "maybe"]
    due: Dated | None
    opens: Dated | None
    requires: tuple[str, ...]
    needs: tuple[tuple[str, str], ...]
    maybe_needs: tuple[str, ...]
    reasons: tuple[str, ...]
    open_facts: tuple[str, ...]
    needed_by: date | None = None


@dataclass(frozen=True)
class Question:
    """A fact to ask for, and the steps that it can change."""

    fact: str
    decides: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """Steps in the order in which they can be done, and what is still to be asked."""

    event: str
    steps: tuple[Step, ...]
    questions: tuple[Question, ...]
