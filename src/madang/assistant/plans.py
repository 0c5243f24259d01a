"""A plan for people: the steps that the engine found, with office, papers, fee, ways and law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from madang.assistant.engine.model import Dated
from madang.assistant.engine.model import Step as EngineStep
from madang.assistant.engine.planning import plan as engine_plan
from madang.assistant.engine.terms import shifted
from madang.assistant.errors import InvalidFacts
from madang.assistant.facts import Fact, ReadFacts
from madang.assistant.office_finding import Office, office_of
from madang.assistant.procedure_file import ChannelFile, FactFile, ProcedureFile
from madang.assistant.procedures import EventGraph
from madang.services.api import ServiceCard

if TYPE_CHECKING:
    from madang.city.api import Profile

Texts = Mapping[str, str]  # by language


@dataclass(frozen=True)
class Paper:
    """A paper to bring; `from_step` yields it, `certain` is false where facts or rules decide."""

    id: str
    names: Texts
    from_step: str = ""
    certain: bool = True


@dataclass(frozen=True)
class Way:
    """A way to do it; `is_offline` needs no device."""

    kind: str
    names: Texts
    hours: Texts
    phone: str = ""
    url: str = ""

    @property
    def is_offline(self) -> bool:
        """Whether it needs no device."""
        return self.kind in ("counter", "phone", "post", "visit")


@dataclass(frozen=True)
class Fee:
    """What it costs: `amount` in minor units, None where it depends; `names` say on what."""

    amount: int | None
    names: Texts


@dataclass(frozen=True)
class Reason:
    """A fact that makes a step necessary, as the condition asks for it."""

    fact: str
    value: object
    source: str


@dataclass(frozen=True)
class Step:
    """One thing to do; `status` is `maybe` where `open_facts` still decide.

    due, opens: last and first day, with how they were reckoned; None where there is none.
    advised: whether the last day is good advice rather than law.
    needed_by: last day of a step that waits for this one, where earlier than its own.
    expired: whether the rule is past its review date: check with the city's line.
    overdue: whether the last day has passed.
    service: package that takes the application; empty where there is none.
    prefill: answers for its form that the facts give, by question.
    """

    id: str
    names: Texts
    note: Texts
    status: str
    due: Dated | None
    opens: Dated | None
    overdue: bool
    advised: bool
    needed_by: date | None
    office: Office | None
    papers: tuple[Paper, ...]
    fee: Fee | None
    ways: tuple[Way, ...]
    law: tuple[str, ...]
    requires: tuple[str, ...]
    condition: str
    reasons: tuple[Reason, ...]
    open_facts: tuple[str, ...]
    service: str
    prefill: Mapping[str, object]
    owner: str
    reviewed: date
    review_by: date
    expired: bool


@dataclass(frozen=True)
class Question:
    """A fact to ask for, and the steps that it can change."""

    fact: FactFile
    decides: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What is to be done because something happens.

    notes: what was not understood, and what is to be known: texts in English for who sent facts.
    fact_files: all facts of the event, by id.
    city_line: number to call where a rule is past its review.
    """

    event: str
    names: Texts
    on: date
    facts: Mapping[str, Fact]
    questions: tuple[Question, ...]
    steps: tuple[Step, ...]
    notes: tuple[str, ...]
    fact_files: Mapping[str, FactFile]
    city_line: str

    @property
    def fact_names(self) -> Mapping[str, Texts]:
        """What the facts of the event are called, by id."""
        return {name: fact.names for name, fact in self.fact_files.items()}


def planned(graph: EventGraph, read: ReadFacts, city: Profile, on: date) -> Plan:
    """Return the plan for facts.

    Raises
    ------
    InvalidFacts
        If a date leads out of the calendar.
    """
    calendar = city.calendar
    try:
        found = engine_plan(
            graph.event, read.values, on, lambda day: not calendar.is_working_day(day)
        )
    except (OverflowError, ValueError) as error:
        raise InvalidFacts({"facts": f"a date leads out of the calendar ({error})"}) from error
    files = {one.id: one for one in graph.file.procedures}
    steps = tuple(_step(one, files[one.id], graph, read, city, on) for one in found.steps)
    line = next((one.number for one in city.city.phones.numbers if one.city_line), "the city")
    return Plan(
        event=graph.file.event,
        names=graph.file.names,
        on=on,
        facts=read.known,
        questions=tuple(Question(graph.facts[q.fact], q.decides) for q in found.questions),
        steps=steps,
        notes=(*read.notes, *_warnings(steps, line)),
        city_line=line,
        fact_files=graph.facts,
    )


def _warnings(steps: tuple[Step, ...], line: str) -> list[str]:
    late = [f"{one.id}: the last day was {one.due.day}" for one in steps if one.overdue and one.due]
    old = [
        f"{one.id}: the rule was to be reviewed by {one.review_by}: check with {line}"
        for one in steps
        if one.expired
    ]
    return late + old


def _step(  # noqa: PLR0917 - each part comes from another of these
    found: EngineStep,
    file: ProcedureFile,
    graph: EventGraph,
    read: ReadFacts,
    city: Profile,
    on: date,
) -> Step:
    card = graph.cards.get(file.id)
    reviewed = file.reviewed or graph.file.reviewed
    review_by = shifted(reviewed, graph.file.review_months, "months")
    return Step(
        id=file.id,
        names=file.names or (card.titles if card else {}),
        note=file.note or (card.summaries if card else {}),
        status=found.status,
        due=found.due,
        opens=found.opens,
        overdue=found.due is not None and found.due.day < on,
        advised=found.due is not None and not found.due.term.rule,
        needed_by=found.needed_by,
        office=office_of(file.office, card, read.values, graph.common, city),
        papers=_papers(found, file, card, graph),
        fee=_fee(file, card),
        ways=_ways(file, card),
        law=tuple(dict.fromkeys((*file.law, *_rules(found)))) or (card.laws if card else ()),
        requires=found.requires,
        condition=file.when or "",
        reasons=tuple(
            Reason(name, read.known[name].value, read.known[name].source) for name in found.reasons
        ),
        open_facts=found.open_facts,
        service=file.service,
        prefill={
            question: read.known[name].value
            for question, name in file.prefill.items()
            if name in read.known
        },
        owner=file.owner or graph.file.owner,
        reviewed=reviewed,
        review_by=review_by,
        expired=on > review_by,
    )


def _rules(found: EngineStep) -> list[str]:
    return [one.term.rule for one in (found.due, found.opens) if one and one.term.rule]


def _papers(
    found: EngineStep, file: ProcedureFile, card: ServiceCard | None, graph: EventGraph
) -> tuple[Paper, ...]:
    if file.documents is None and card is not None:
        return tuple(Paper(one.id, one.titles, "", not one.sometimes) for one in card.papers)
    names = graph.common.papers
    sure = [Paper(name, names[name], giver) for name, giver in found.needs]
    return (*sure, *(Paper(name, names[name], "", certain=False) for name in found.maybe_needs))


def _fee(file: ProcedureFile, card: ServiceCard | None) -> Fee | None:
    if file.fee is not None:
        return Fee(file.fee.amount, file.fee.names)
    if card is None:
        return None
    if not card.fees:
        return Fee(0, {})
    amounts = [one.amount for one in card.fees]
    total = sum(one for one in amounts if one is not None) if None not in amounts else None
    return Fee(total, card.fees[0].titles)


def _ways(file: ProcedureFile, card: ServiceCard | None) -> tuple[Way, ...]:
    if file.channels or card is None:
        return tuple(
            Way(one, {}, {}) if isinstance(one, str) else _way(one) for one in file.channels
        )
    return tuple(Way(one.kind, one.notes, one.hours, one.phone) for one in card.channels)


def _way(one: ChannelFile) -> Way:
    return Way(one.kind, one.names, {}, one.phone, one.url)
