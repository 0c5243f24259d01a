"""Scenarios: what a plan must say for an event and facts, from files that anybody can add to.

A scenario states its expectations; what it does not state may be anything, except the steps: the
ids and their order must be just those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from madang.assistant.facts import read_facts
from madang.assistant.plans import Plan, Step, planned
from madang.assistant.procedures import event_graph
from madang.kernel.data_files import field_name, read_yaml
from madang.kernel.errors import BadInput, Invalid, NotFound
from madang.kernel.shapes import mismatches

if TYPE_CHECKING:
    from madang.city.api import Profile

FOLDER = "scenarios"


class ExpectedStep(Struct, frozen=True, forbid_unknown_fields=True):
    """What a step must be.

    due, opens: the day; null for none; anything where not stated.
    office: Korean or English name of the office.
    address: of the office.
    documents: ids of all papers that are certain, in any order.
    after: ids of all steps that it requires, in any order.
    maybe: whether it depends on facts that are not known.
    fee: minor units.
    """

    id: str
    due: date | msgspec.UnsetType | None = msgspec.UNSET
    opens: date | msgspec.UnsetType | None = msgspec.UNSET
    office: str = ""
    address: str = ""
    documents: tuple[str, ...] | None = None
    after: tuple[str, ...] | None = None
    maybe: bool = False
    fee: int | None = None


class ScenarioFileItem(Struct, frozen=True, forbid_unknown_fields=True):
    """One scenario.

    id: short name.
    event, facts, today: as the planner takes them.
    steps: all steps in their order.
    asks: ids of the facts that are still to be asked, in order; anything where not stated.
    error: words that the refusal must have, where the facts cannot be (then there are no steps).
    """

    id: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    event: str
    facts: dict[str, Any]
    today: date
    steps: tuple[ExpectedStep, ...] = ()
    asks: tuple[str, ...] | None = None
    error: str = ""


class ScenarioFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole file."""

    scenarios: Annotated[tuple[ScenarioFileItem, ...], Meta(min_length=1)]


@dataclass(frozen=True)
class Ran:
    """A scenario that was run; no differences: the plan is just as expected."""

    id: str
    event: str
    file: str
    line: int
    differences: tuple[str, ...]


def run_scenarios(files: Iterable[Path], city: Profile) -> list[Ran]:
    """Return what became of the scenarios in files; of the city's own without files.

    Raises
    ------
    BadInput
        If a file cannot be read as it stands; names file and line.
    """
    paths = list(files) or sorted((city.folder / FOLDER).glob("*.yaml"))
    return [one for path in paths for one in _of_file(path, city)]


def _of_file(path: Path, city: Profile) -> Iterator[Ran]:
    document, problems = read_yaml(path, str(path))
    if problems:
        raise BadInput(problems[0].file, problems[0].message, line=problems[0].line)
    for where, message in mismatches(document.value, ScenarioFile):
        field = field_name(where)
        raise BadInput(str(path), f"{field}: {message}", line=document.line(where))
    for number, one in enumerate(msgspec.convert(document.value, ScenarioFile).scenarios):
        line = document.line(("scenarios", number))
        yield Ran(one.id, one.event, str(path), line, tuple(_differences(one, city)))


def _differences(one: ScenarioFileItem, city: Profile) -> Iterator[str]:
    try:
        graph = event_graph(city, one.event, one.today)
        found = planned(graph, read_facts(one.facts, graph, city), city, one.today)
    except (Invalid, NotFound) as error:
        if not one.error or one.error not in error.message:
            yield f"expected {one.error or 'a plan'!r}, refused: {error.message}"
        return
    if one.error:
        yield f"expected a refusal with {one.error!r}, there is a plan"
        return
    yield from (f"note: {note}" for note in found.notes if "no fact of this event" in note)
    yield from _of_plan(one, found)


def _of_plan(one: ScenarioFileItem, found: Plan) -> Iterator[str]:
    expected, ids = [step.id for step in one.steps], [step.id for step in found.steps]
    if expected != ids:
        missing = [name for name in expected if name not in ids]
        extra = [name for name in ids if name not in expected]
        if missing or extra:
            yield f"steps: missing {missing}, too many {extra}"
        else:
            yield f"order: expected {expected}, is {ids}"
    asked = [question.fact.id for question in found.questions]
    if one.asks is not None and list(one.asks) != asked:
        yield f"asks: expected {list(one.asks)}, is {asked}"
    steps = {step.id: step for step in found.steps}
    for wanted in one.steps:
        if wanted.id in steps:
            for name, expectation, value in _compared(wanted, steps[wanted.id]):
                if expectation != value:
                    yield f"{wanted.id}: {name}: expected {_shown(expectation)}, is {_shown(value)}"


def _compared(wanted: ExpectedStep, step: Step) -> Iterator[tuple[str, Any, Any]]:
    yield "status", "maybe" if wanted.maybe else "do", step.status
    if wanted.due is not msgspec.UNSET:
        yield "due", wanted.due, step.due.day if step.due else None
    if wanted.opens is not msgspec.UNSET:
        yield "opens", wanted.opens, step.opens.day if step.opens else None
    if wanted.office:
        names = list(step.office.names.values()) if step.office else []
        yield "office", wanted.office, wanted.office if wanted.office in names else str(names)
    if wanted.address:
        yield "address", wanted.address, step.office.address if step.office else ""
    if wanted.documents is not None:
        papers = sorted(paper.id for paper in step.papers if paper.certain)
        yield "documents", sorted(wanted.documents), papers
    if wanted.after is not None:
        yield "after", sorted(wanted.after), sorted(step.requires)
    if wanted.fee is not None:
        yield "fee", wanted.fee, step.fee.amount if step.fee else None


def _shown(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def as_json(ran: Iterable[Ran]) -> dict[str, Any]:
    """Return what became of scenarios as plain values for JSON."""
    rows = [
        {
            "id": one.id,
            "event": one.event,
            "file": one.file,
            "line": one.line,
            "as_expected": not one.differences,
            "differences": list(one.differences),
        }
        for one in ran
    ]
    good = sum(bool(row["as_expected"]) for row in rows)
    return {"scenarios": rows, "as_expected": good, "total": len(rows)}
