"""From an event and facts to a plan: pure, deterministic, and nothing guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from madang.assistant.engine.conditions import deciding, grounds, outcome
from madang.assistant.engine.model import (
    Condition,
    Dated,
    Event,
    Facts,
    Plan,
    Procedure,
    Question,
    Step,
    Term,
)
from madang.assistant.engine.ordering import in_order
from madang.assistant.engine.terms import IsDayOff, dated

_WHETHER, _WHEN, _HOW = 4, 2, 1  # what a fact decides: whether, by when, where and with what


def requirements(procedures: Sequence[Procedure]) -> dict[str, tuple[str, ...]]:
    """Return what each procedure requires: those it names, and those that yield its papers."""
    givers: dict[str, list[str]] = {}
    for one in procedures:
        for document in one.gives:
            givers.setdefault(document, []).append(one.id)
    found = {}
    for one in procedures:
        by_paper = [g for need in one.needs for g in givers.get(need.document, ()) if g != one.id]
        found[one.id] = tuple(dict.fromkeys((*one.requires, *by_paper)))
    return found


def plan(event: Event, facts: Facts, on: date, is_day_off: IsDayOff) -> Plan:
    """Return what has to be done.

    Parameters
    ----------
    event
        The event with its procedures; their requirements have no cycle.
    facts
        Those known. Facts that no rule mentions change nothing.
    on
        The day as of which it is asked: procedures not in force then are left out.
    is_day_off
        Whether a day is a weekend's or a holiday.

    Raises
    ------
    ValueError
        If procedures require each other in a circle.
    OverflowError
        If a date lies outside of the calendar.
    """
    asked: dict[str, dict[str, int]] = {}
    drafts = [
        step
        for one in event.procedures
        if (step := _step(one, event, facts, on, is_day_off, asked)) is not None
    ]
    kept = {step.id for step in drafts}
    requires = {
        name: tuple(one for one in needed if one in kept)
        for name, needed in requirements(event.procedures).items()
        if name in kept
    }
    place = {one.id: number for number, one in enumerate(event.procedures)}
    by_id = {step.id: step for step in drafts}
    by_when = _needed(by_id, requires)
    order = in_order(requires, key=lambda name: (by_when.get(name, date.max), place[name]))
    givers = {doc: p.id for p in event.procedures for doc in p.gives if p.id in kept}
    steps = tuple(_linked(by_id[name], requires[name], givers, by_when.get(name)) for name in order)
    return Plan(event.id, steps, _questions(event, asked, place))


def _needed(steps: Mapping[str, Step], requires: Mapping[str, tuple[str, ...]]) -> dict[str, date]:
    """Return by when each step has to be done: its own last day, or that of who waits for it."""
    found = {name: step.due.day for name, step in steps.items() if step.due is not None}
    for name in reversed(in_order(requires, key=lambda name: name)):
        for other in requires[name]:
            if name in found:
                found[other] = min(found[name], found.get(other, found[name]))
    return found


def _linked(
    step: Step, requires: tuple[str, ...], givers: Mapping[str, str], by_when: date | None
) -> Step:
    earlier = by_when if by_when and (not step.due or by_when < step.due.day) else None
    needs = tuple(
        (name, giver if (giver := givers.get(name, "")) != step.id else "")
        for name, _ in step.needs
    )
    return Step(
        step.id, step.status, step.due, step.opens, requires, needs, step.maybe_needs,
        step.reasons, step.open_facts, earlier,
    )  # fmt: skip


def _step(
    one: Procedure,
    event: Event,
    facts: Facts,
    on: date,
    is_day_off: IsDayOff,
    asked: dict[str, dict[str, int]],
) -> Step | None:
    """Return the step of a procedure, None where it is not to be done; note what is to be asked."""
    if (one.in_force and on < one.in_force) or (one.until and on >= one.until):
        return None
    holds = outcome(one.when, facts, event.facts)
    if holds is False:
        return None
    open_facts: tuple[str, ...] = ()
    if one.when is not None and holds is None:
        open_facts = deciding(one.when, facts, event.facts)
        _note(asked, open_facts, one.id, _WHETHER)
    due, asks = _day(one.deadlines, event, facts, is_day_off)
    _note(asked, asks, one.id, _WHEN)
    opens, asks = _day(one.opens, event, facts, is_day_off)
    _note(asked, asks, one.id, _HOW)
    if one.place and one.place not in facts:
        _note(asked, (one.place,), one.id, _HOW)
    needs, maybe, asks = _papers(one, event, facts)
    _note(asked, asks, one.id, _HOW)
    reasons = grounds(one.when, facts, event.facts) if one.when and holds else ()
    status = "do" if holds else "maybe"
    pairs = tuple((name, "") for name in needs)
    return Step(one.id, status, due, opens, (), pairs, maybe, reasons, open_facts)  # type: ignore[arg-type]


def _papers(
    one: Procedure, event: Event, facts: Facts
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the papers needed, those perhaps needed, and the facts that decide."""
    needs: list[str] = []
    maybe: list[str] = []
    asks: list[str] = []
    for need in one.needs:
        holds = outcome(need.when, facts, event.facts)
        if holds:
            needs.append(need.document)
        elif holds is None and need.when is not None:
            maybe.append(need.document)
            asks += deciding(need.when, facts, event.facts)
    return tuple(dict.fromkeys(needs)), tuple(dict.fromkeys(maybe)), tuple(dict.fromkeys(asks))


def _day(
    terms: Sequence[Term], event: Event, facts: Facts, is_day_off: IsDayOff
) -> tuple[Dated | None, tuple[str, ...]]:
    """Return the day of the first term that applies, and the facts to ask to know it."""
    for term in terms:
        holds = _applies(term.when, event, facts)
        if holds is False:
            continue
        if holds is None:
            assert term.when is not None
            asks = (*deciding(term.when, facts, event.facts), *_unknown_anchor(term, facts))
            return None, tuple(dict.fromkeys(asks))
        if term.anchor not in facts:
            return None, (term.anchor,)
        anchor = facts[term.anchor]
        if (term.in_force and anchor < term.in_force) or (term.until and anchor >= term.until):
            continue
        return dated(anchor, term, is_day_off), ()
    return None, ()


def _applies(when: Condition | None, event: Event, facts: Facts) -> bool | None:
    return outcome(when, facts, event.facts)


def _unknown_anchor(term: Term, facts: Facts) -> Iterator[str]:
    if term.anchor not in facts:
        yield term.anchor


def _note(asked: dict[str, dict[str, int]], names: Sequence[str], step: str, weight: int) -> None:
    for name in names:
        by_step = asked.setdefault(name, {})
        by_step[step] = by_step.get(step, 0) + weight


def _questions(
    event: Event, asked: Mapping[str, Mapping[str, int]], place: Mapping[str, int]
) -> tuple[Question, ...]:
    """Return the facts to ask for, those that decide the most first."""
    order = {name: number for number, name in enumerate(event.facts)}
    ranked = sorted(asked, key=lambda name: (-sum(asked[name].values()), order[name]))
    return tuple(
        Question(name, tuple(sorted(asked[name], key=lambda step: place[step]))) for name in ranked
    )
