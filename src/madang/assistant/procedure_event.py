"""From the file of an event to what the engine plans with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from madang.assistant.engine.model import Condition, Event, FactSpec, Need, Procedure, Term, Unit
from madang.assistant.feel_conditions import condition
from madang.assistant.procedure_file import (
    Deadline,
    DocumentNeed,
    EventFile,
    FactFile,
    ProcedureFile,
)
from madang.kernel.data_files import FieldPath
from madang.kernel.errors import Invalid

Conditions = Mapping[FieldPath, Condition]


def conditions_of(
    file: EventFile, facts: Mapping[str, FactFile]
) -> tuple[dict[FieldPath, Condition], list[tuple[FieldPath, str]]]:
    """Return the conditions of a file by where they stand, and what is wrong with others."""
    found: dict[FieldPath, Condition] = {}
    wrong: list[tuple[FieldPath, str]] = []
    for path, text in _texts(file):
        try:
            found[path] = condition(text, facts)
        except Invalid as error:
            wrong.append((path, error.message))
    return found, wrong


def _texts(file: EventFile) -> Iterator[tuple[FieldPath, str]]:
    for number, check in enumerate(file.checks):
        yield ("checks", number), check.must
    for number, one in enumerate(file.procedures):
        here = ("procedures", number)
        if one.when is not None:
            yield (*here, "when"), one.when
        for field in ("deadline", "opens"):
            for place, deadline in _placed(one, field):
                if deadline.when is not None:
                    yield (*here, *place, "when"), deadline.when
        for count, need in enumerate(one.documents or ()):
            if isinstance(need, DocumentNeed) and need.when is not None:
                yield (*here, "documents", count, "when"), need.when


def _placed(one: ProcedureFile, field: str) -> list[tuple[FieldPath, Deadline]]:
    value = getattr(one, field)
    if isinstance(value, Deadline):
        return [((field,), value)]
    return [((field, number), item) for number, item in enumerate(value)]


def deadlines_of(one: ProcedureFile, field: str) -> list[tuple[FieldPath, Deadline]]:
    """Return the deadlines of a field, each with its place below the procedure."""
    return _placed(one, field)


def event_of(file: EventFile, facts: Mapping[str, FactFile], conditions: Conditions) -> Event:
    """Return the event that the engine plans."""
    specs = {name: FactSpec(name, _values(fact)) for name, fact in facts.items()}
    procedures = tuple(
        _procedure(one, ("procedures", number), conditions)
        for number, one in enumerate(file.procedures)
    )
    return Event(file.event, specs, procedures)


def _values(fact: FactFile) -> tuple[object, ...]:
    if fact.type == "boolean":
        return (True, False)
    return tuple(choice.value for choice in fact.choices)


def _procedure(one: ProcedureFile, here: FieldPath, conditions: Conditions) -> Procedure:
    def terms(field: str) -> tuple[Term, ...]:
        return tuple(
            term_of(deadline, conditions.get((*here, *place, "when")), opens=field == "opens")
            for place, deadline in _placed(one, field)
        )

    needs = tuple(
        Need(need, None)
        if isinstance(need, str)
        else Need(need.id, conditions.get((*here, "documents", number, "when")))
        for number, need in enumerate(one.documents or ())
    )
    return Procedure(
        id=one.id,
        when=conditions.get((*here, "when")),
        deadlines=terms("deadline"),
        opens=terms("opens"),
        requires=one.requires,
        needs=needs,
        gives=one.gives,
        place=one.office.of if one.office else "",
        in_force=one.in_force,
        until=one.until,
    )


def term_of(one: Deadline, when: Condition | None, *, opens: bool) -> Term:
    """Return a deadline as the engine reckons it; a first day is the one that answers."""
    amount, unit = length_of(one.within)
    moves = one.moves_on if one.moves_on is not None else bool(one.after or one.year_of)
    month_day = None
    if one.day is not None:
        month, _, day = one.day.partition("-")
        month_day = (int(month), int(day))
    return Term(
        anchor=one.after or one.before or one.on or one.year_of,
        amount=one.plus if one.year_of else -amount if one.before else amount,
        unit=unit,
        first_day_counts=one.first_day_counts,
        answers=opens or one.eve,
        from_month_end=one.from_ == "month-end",
        from_next_day=one.from_ == "next-day",
        month_day=month_day,
        day_of_month=one.day_of_month,
        moves_on=moves,
        until_eve=one.eve,
        when=when,
        in_force=one.in_force,
        until=one.until,
        rule=one.law or "",
    )


def length_of(text: str) -> tuple[int, Unit]:
    """Return amount and unit of a length.

    >>> length_of("1 month")
    (1, 'months')
    """
    amount, _, unit = text.partition(" ")
    units: dict[str, Unit] = {"day": "days", "week": "weeks", "month": "months", "year": "years"}
    return int(amount), units[unit.removesuffix("s")]
