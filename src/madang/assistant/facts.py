"""Facts as people and programs write them, read against what an event asks for.

Liberal in form (names in any language, several forms of dates, yes in many words), strict in
meaning: what cannot be read is an error that names the field, what nobody asked is reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal, get_args

from madang.assistant.errors import InvalidFacts
from madang.assistant.places import Somewhere, UnknownPlace, read_place
from madang.assistant.procedure_file import FactFile

if TYPE_CHECKING:
    from madang.assistant.procedures import EventGraph
    from madang.city.api import Profile

Source = Literal["said", "profile", "inferred"]
SOURCES: tuple[Source, ...] = get_args(Source)
FIRST_YEAR, LAST_YEAR = 1900, 2200
LONGEST = 500

_YES = frozenset(
    ["true", "yes", "y", "1", "o", "예", "네", "있음", "있다", "그렇다", "맞다", "함", "한다"]
)
_NO = frozenset(
    ["false", "no", "n", "0", "x", "아니오", "아니요", "아니다", "없음", "없다", "안함", "안한다"]
)
_DATE = re.compile(r"(\d{4})\D{0,3}(\d{1,2})\D{0,3}(\d{1,2})\D*(?:T.*)?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_MONEY = re.compile(r"(?:(?P<eok>\d+)억)?\s*(?:(?P<man>\d+)만)?\s*(?P<won>\d*)\s*원?")


@dataclass(frozen=True)
class Fact:
    """What is known of a fact, and who says so."""

    value: Any
    source: Source = "said"


@dataclass(frozen=True)
class ReadFacts:
    """The facts that an event knows, and notes on what was not understood."""

    known: Mapping[str, Fact]
    notes: tuple[str, ...]

    @property
    def values(self) -> dict[str, Any]:
        """The values alone, for the engine."""
        return {name: fact.value for name, fact in self.known.items()}


def read_facts(raw: Mapping[str, Any], graph: EventGraph, city: Profile) -> ReadFacts:
    """Return the facts that an event asks for.

    Parameters
    ----------
    raw
        By id, alias or name of the fact: a plain value, or `{"value": ..., "source": ...}`. None
        and empty text are not known.

    Raises
    ------
    InvalidFacts
        With every field that cannot be read, and the facts that do not agree with one another.
    """
    known, wrong, notes = _each_read(raw, graph, city)
    for spec in graph.facts.values():
        if spec.otherwise in known and spec.id not in known:
            known[spec.id] = Fact(known[spec.otherwise].value, "inferred")
    wrong = wrong or _disagreeing(known, graph)
    if wrong:
        raise InvalidFacts(wrong)
    return ReadFacts({name: known[name] for name in graph.facts if name in known}, tuple(notes))


def _each_read(
    raw: Mapping[str, Any], graph: EventGraph, city: Profile
) -> tuple[dict[str, Fact], dict[str, str], list[str]]:
    """Return the facts that could be read, what is wrong with others, and notes."""
    names = _names(graph)
    known: dict[str, Fact] = {}
    wrong: dict[str, str] = {}
    notes: list[str] = []
    for key, given in raw.items():
        spec = graph.facts.get(names.get(_plain(str(key)), ""))
        if spec is None:
            notes.append(_unknown(str(key), names))
            continue
        try:
            value, source = _parts(given)
            if value is None or value == "":
                continue
            read = Fact(_read(value, spec, graph, city), source)
        except ValueError as error:
            wrong[str(key)] = str(error)
            continue
        if spec.id in known and known[spec.id].value != read.value:
            wrong[str(key)] = f"says other than another name of {spec.id!r}"
        known[spec.id] = read
        if isinstance(read.value, Somewhere) and not read.value.district:
            notes.append(f"{spec.id}: {read.value.said!r} is taken as outside of the city")
    return known, wrong, notes


def _names(graph: EventGraph) -> dict[str, str]:
    found: dict[str, str] = {}
    for spec in graph.facts.values():
        for name in (spec.id, *spec.aliases, *spec.names.values()):
            found.setdefault(_plain(name), spec.id)
    for name in graph.facts:  # an id counts before an alias of another
        found[_plain(name)] = name
    return found


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name.casefold())


def _unknown(key: str, names: Mapping[str, str]) -> str:
    near = get_close_matches(_plain(key), list(names), 1, 0.8)
    hint = f"; did you mean {names[near[0]]!r}?" if near else ""
    return f"{key}: no fact of this event, left aside{hint}"


def _parts(given: Any) -> tuple[Any, Source]:
    if not isinstance(given, Mapping) or "value" not in given:
        return given, "said"
    source = given.get("source", "said")
    if source not in SOURCES:
        raise ValueError(f"source {source!r} is none of {', '.join(SOURCES)}")
    extra = sorted(set(given) - {"value", "source"})
    if extra:
        raise ValueError(f"has value and source, and no {extra[0]!r}")
    return given["value"], source


def _read(value: Any, spec: FactFile, graph: EventGraph, city: Profile) -> Any:
    if isinstance(value, str) and len(value) > LONGEST:
        raise ValueError(f"is longer than {LONGEST} characters")
    if spec.type == "place":
        return _place(value, spec, graph, city)
    readers: dict[str, Callable[[Any, FactFile], Any]] = {
        "date": _day,
        "boolean": _truth,
        "choice": _choice,
        "number": _number,
    }
    return readers[spec.type](value, spec)


def _place(value: Any, spec: FactFile, graph: EventGraph, city: Profile) -> Somewhere:
    if isinstance(value, Mapping):
        value = " ".join(str(value[key]) for key in ("district", "dong") if value.get(key))
    if not isinstance(value, str):
        raise ValueError(f"must be the name of a district, not {value!r}")
    try:
        return read_place(
            value, city, elsewhere=spec.elsewhere, other_regions=graph.common.other_regions
        )
    except UnknownPlace as error:
        raise ValueError(str(error)) from None


def _day(value: Any, _spec: FactFile) -> date:
    text = str(value).strip()
    found = _COMPACT.fullmatch(text) or _DATE.fullmatch(text)
    if isinstance(value, bool) or found is None:
        raise ValueError(f"{value!r} is no date; write 2026-12-20")
    try:
        day = date(*(int(part) for part in found.groups()))
    except ValueError:
        raise ValueError(f"there is no day {text}") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"{text} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return day


def _truth(value: Any, _spec: FactFile) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and value >= 0:
        return value > 0  # so many children is: yes, there are children
    word = str(value).strip().casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise ValueError(f"{value!r} is neither yes nor no")


def _choice(value: Any, spec: FactFile) -> str:
    wanted = _plain(str(value))
    for choice in spec.choices:
        if wanted in {
            _plain(one) for one in (choice.value, *choice.aliases, *choice.names.values())
        }:
            return choice.value
    allowed = ", ".join(choice.value for choice in spec.choices)
    raise ValueError(f"{value!r} is none of {allowed}")


def _number(value: Any, spec: FactFile) -> int:
    number = _whole(value)
    if number is None:
        raise ValueError(f"{value!r} is no whole number")
    if not spec.least <= number <= spec.most:
        raise ValueError(f"{number:,} is not between {spec.least:,} and {spec.most:,}")
    return number


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return int(value) if float(value).is_integer() else None
    text = str(value).replace(",", "").strip()
    if re.fullmatch(r"\d{1,15}", text):
        return int(text)
    found = _MONEY.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    return (
        int(found["eok"] or 0) * 100_000_000
        + int(found["man"] or 0) * 10_000
        + int(found["won"] or 0)
    )


def _disagreeing(known: Mapping[str, Fact], graph: EventGraph) -> dict[str, str]:
    """Return the fields whose facts cannot be together; unknown ones agree with everything."""
    values = {name: fact.value for name, fact in known.items()}
    return {
        check.field: check.names["en"]
        for check, condition in zip(graph.file.checks, graph.checks, strict=True)
        if condition.names <= set(values) and condition.holds(values) is False
    }
