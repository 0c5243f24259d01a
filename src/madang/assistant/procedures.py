"""The procedure graph of a city: from files and service packages to events ready to be planned.

Strict: what is not known, not named, not lawful or goes in a circle is a problem, with file and
line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from madang.assistant.engine.model import Condition, Event
from madang.assistant.engine.ordering import cycle_in
from madang.assistant.engine.planning import requirements
from madang.assistant.errors import InvalidProcedures, UnknownEvent
from madang.assistant.procedure_checks import faults
from madang.assistant.procedure_event import conditions_of, event_of
from madang.assistant.procedure_file import CommonFile, EventFile, FactFile
from madang.kernel.data_files import Document, FieldPath, Problem, field_name, read_yaml
from madang.kernel.shapes import mismatches
from madang.services.api import ServiceCard, service_card

if TYPE_CHECKING:
    from madang.city.api import Profile

FOLDER = "procedures"
COMMON = "common.yaml"
LANGUAGES = ("ko", "en")  # in which titles of packages are read
Kind = TypeVar("Kind")


@dataclass(frozen=True)
class EventGraph:
    """An event of a city, ready to be planned.

    facts: by id, in the order of asking.
    cards: services by procedure, where a package does it.
    checks: conditions that facts must meet, beside those of the file.
    """

    file: EventFile
    common: CommonFile
    facts: Mapping[str, FactFile]
    event: Event
    cards: Mapping[str, ServiceCard]
    checks: tuple[Condition, ...]


def event_names(city: Profile) -> list[str]:
    """Return the names of the events that a city has procedures for, sorted."""
    folder = city.folder / FOLDER
    return sorted(path.stem for path in folder.glob("*.yaml") if path.name != COMMON)


def event_graph(city: Profile, event: str, on: date) -> EventGraph:
    """Return an event of a city by its name or one of its aliases.

    Raises
    ------
    UnknownEvent
        If the city has no such event.
    InvalidProcedures
        With all problems of its files, each naming file, line and field.
    """
    name = event.strip().casefold().replace("-", "_").replace(" ", "_")
    if name not in event_names(city):
        name = _by_alias(city, event)
    return _graph(city, name, on)


def all_graphs(city: Profile, on: date) -> list[EventGraph]:
    """Return all events of a city; raises as `event_graph`, with the problems of all files."""
    found, problems = [], []
    for name in event_names(city):
        try:
            found.append(_graph(city, name, on))
        except InvalidProcedures as error:
            problems += [one for one in error.problems if one not in problems]
    if problems:
        raise InvalidProcedures(city.id, problems)
    return found


def _by_alias(city: Profile, event: str) -> str:
    wanted = _plain(event)
    for name in event_names(city):
        file, _, problems = _read(city.folder / FOLDER, f"{name}.yaml", EventFile)
        if problems:
            continue
        names = {*file.aliases, *file.names.values()}
        if wanted in {_plain(one) for one in names}:
            return name
    raise UnknownEvent(event, event_names(city))


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name.casefold())


@lru_cache(maxsize=64)
def _graph(city: Profile, name: str, on: date) -> EventGraph:
    folder = city.folder / FOLDER
    common, _, problems = _read(folder, COMMON, CommonFile)
    file, source, more = _read(folder, f"{name}.yaml", EventFile)
    problems += more
    if problems:
        raise InvalidProcedures(city.id, problems)

    def problem(path: FieldPath, message: str) -> Problem:
        return Problem(source.file, source.line(path), field_name(path), message)

    facts, wrong = _facts(file, common)
    found = [problem(*one) for one in wrong]
    cards = {
        one.id: service_card(city.folder / "services" / one.service, LANGUAGES, on)
        for one in file.procedures
        if one.service and (city.folder / "services" / one.service / "service.yaml").is_file()
    }
    found += [problem(*one) for one in faults(file, name, common, facts, cards, city)]
    conditions, wrong = conditions_of(file, facts)
    found += [problem(*one) for one in wrong]
    if found:
        raise InvalidProcedures(city.id, found)
    event = event_of(file, facts, conditions)
    circle = cycle_in(requirements(event.procedures))
    if circle:
        text = f"these require each other: {' -> '.join(circle)}"
        raise InvalidProcedures(city.id, [problem(("procedures",), text)])
    checks = tuple(conditions[("checks", n)] for n in range(len(file.checks)))
    return EventGraph(file, common, facts, event, cards, checks)


def _facts(
    file: EventFile, common: CommonFile
) -> tuple[dict[str, FactFile], list[tuple[FieldPath, str]]]:
    shared = {one.id: one for one in common.facts}
    found: dict[str, FactFile] = {}
    wrong: list[tuple[FieldPath, str]] = []
    for number, one in enumerate(file.facts):
        fact = shared.get(one) if isinstance(one, str) else one
        if fact is None:
            wrong.append((("facts", number), f"{COMMON} has no fact {one!r}"))
        elif fact.id in found:
            wrong.append((("facts", number), f"{fact.id!r} is there twice"))
        else:
            found[fact.id] = fact
    return found, wrong


def _read(folder: Path, name: str, kind: type[Kind]) -> tuple[Kind, Document, list[Problem]]:
    document, problems = read_yaml(folder / name, f"{FOLDER}/{name}")
    if not problems:
        problems = list(_mismatched(document, kind))
    value: Any = None if problems else msgspec.convert(document.value, kind)
    return value, document, problems


def _mismatched(document: Document, kind: type[Any]) -> Iterator[Problem]:
    for path, message in mismatches(document.value, kind):
        yield Problem(document.file, document.line(path), field_name(path), message)
