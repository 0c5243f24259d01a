"""What is wrong with the file of an event beyond its form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from madang.assistant.procedure_event import deadlines_of
from madang.assistant.procedure_file import (
    OFFLINE,
    CommonFile,
    Deadline,
    EventFile,
    FactFile,
    Place,
    ProcedureFile,
)
from madang.kernel.data_files import FieldPath
from madang.services.api import ServiceCard

if TYPE_CHECKING:
    from madang.city.api import Profile

Fault = tuple[FieldPath, str]
_NEEDED_LANGUAGES = ("en",)  # beside the city's own


def faults(  # noqa: PLR0917 - all of it is looked at together
    file: EventFile,
    name: str,
    common: CommonFile,
    facts: Mapping[str, FactFile],
    cards: Mapping[str, ServiceCard],
    city: Profile,
) -> Iterator[Fault]:
    """Yield path and message of every fault."""
    if file.event != name:
        yield ("event",), f"must be {name!r}, as the file is called"
    languages = (city.city.default_language, *_NEEDED_LANGUAGES)
    yield from _names(("names",), file.names, languages)
    yield from _facts(file, facts, languages)
    ids = [one.id for one in file.procedures]
    papers = set(common.papers)
    offices = _office_kinds(city) | {one.id for one in common.agencies}
    for number, one in enumerate(file.procedures):
        here: FieldPath = ("procedures", number)
        if ids.index(one.id) != number:
            yield (*here, "id"), f"{one.id!r} is there twice"
        if one.service and one.id not in cards:
            yield (*here, "service"), f"the city has no service {one.service!r}"
        for path, message in _procedure(one, cards.get(one.id), ids, languages):
            yield (*here, *path), message
        for path, message in _links(one, facts, papers, offices):
            yield (*here, *path), message
        for question, fact in one.prefill.items():
            if fact not in facts or not one.service:
                yield (*here, "prefill", question), f"{fact!r} is no fact for a form of the city"


def _names(
    path: FieldPath, names: Mapping[str, str], languages: tuple[str, ...]
) -> Iterator[Fault]:
    for language in languages:
        if language not in names:
            yield path, f"has no text in {language!r}"


def _facts(
    file: EventFile, facts: Mapping[str, FactFile], languages: tuple[str, ...]
) -> Iterator[Fault]:
    for number, one in enumerate(file.facts):
        fact = facts.get(one) if isinstance(one, str) else one
        if fact is None:
            continue
        here: FieldPath = ("facts", number)
        yield from _names((*here, "names"), fact.names, languages)
        yield from _names((*here, "ask"), fact.ask, languages)
        if (fact.type == "choice") != bool(fact.choices):
            yield (*here, "choices"), "a choice has choices, and nothing else has"
        other = facts.get(fact.otherwise)
        if fact.otherwise and (other is None or other.type != fact.type or other.otherwise):
            yield (*here, "otherwise"), f"{fact.otherwise!r} is no fact of the same type"
    for number, check in enumerate(file.checks):
        if check.field not in facts:
            yield ("checks", number, "field"), f"{check.field!r} is no fact of this event"
        yield from _names(("checks", number, "names"), check.names, languages)


def _procedure(
    one: ProcedureFile, card: ServiceCard | None, ids: list[str], languages: tuple[str, ...]
) -> Iterator[Fault]:
    if not one.service:
        yield from _own(one, languages)
    if one.note:
        yield from _names(("note",), one.note, languages)
    kinds: set[str] = {way if isinstance(way, str) else way.kind for way in one.channels}
    kinds |= {way.kind for way in card.channels} if card and not one.channels else set()
    if (card is not None or not one.service) and not kinds & OFFLINE:
        yield ("channels",), "needs a way without a device: counter, phone, post or visit"
    for number, name in enumerate(one.requires):
        if name not in ids:
            yield ("requires", number), f"there is no procedure {name!r}"
        if name == one.id:
            yield ("requires", number), "requires itself"


def _own(one: ProcedureFile, languages: tuple[str, ...]) -> Iterator[Fault]:
    """Yield what a procedure lacks that no service package states for it."""
    yield from _names(("names",), one.names, languages)
    if not one.law:
        yield ("law",), "a procedure rests on a law"
    if one.office is None:
        yield ("office",), "without a service it says where one goes"
    if one.documents is None:
        yield ("documents",), "without a service it names its papers; [] for none"
    if one.fee is None:
        yield ("fee",), "without a service it states its fee; {amount: 0} for none"


def _links(
    one: ProcedureFile, facts: Mapping[str, FactFile], papers: set[str], offices: set[str]
) -> Iterator[Fault]:
    for number, need in enumerate(one.documents or ()):
        name = need if isinstance(need, str) else need.id
        if name not in papers:
            yield ("documents", number), f"common.yaml has no paper {name!r}"
    for number, name in enumerate(one.gives):
        if name not in papers:
            yield ("gives", number), f"common.yaml has no paper {name!r}"
    if one.office is not None:
        yield from _office(one.office, facts, offices)
    for field in ("deadline", "opens"):
        for place, deadline in deadlines_of(one, field):
            for path, message in _deadline(deadline, facts):
                yield (*place, *path), message


def _office(one: Place, facts: Mapping[str, FactFile], offices: set[str]) -> Iterator[Fault]:
    if one.kind not in offices:
        yield ("office", "kind"), f"the city has no office or authority {one.kind!r}"
    fact = facts.get(one.of)
    if one.of and (fact is None or fact.type != "place"):
        yield ("office", "of"), f"{one.of!r} is no place among the facts"


def _deadline(one: Deadline, facts: Mapping[str, FactFile]) -> Iterator[Fault]:
    said = [name for name in ("after", "before", "on", "year_of") if getattr(one, name)]
    if len(said) != 1:
        yield (), "names one of after, before, on, year_of"
        return
    anchor = getattr(one, said[0])
    fact = facts.get(anchor)
    if fact is None or fact.type != "date":
        yield (said[0],), f"{anchor!r} is no date among the facts"
    if (said[0] == "year_of") != (one.day is not None):
        yield (said[0],), "year_of and day go together"
    if one.advice == (one.law is not None):
        yield (), "names the law that sets it, or says that it is advice"


def _office_kinds(city: Profile) -> set[str]:
    if "offices" not in city.rule_names:
        return set()
    return {kind["id"] for kind in city.rules("offices")["kinds"]}
