"""Facts that a turn tells: read by rules from its words, for what an event asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from madang.assistant.asking import Asking
from madang.assistant.city_places import said_places
from madang.assistant.engine.days_said import DaySaid, days_said
from madang.assistant.engine.dialogue import State
from madang.assistant.engine.places_said import PlaceSaid
from madang.assistant.engine.values_said import FactCues, amount, number_said, value_said
from madang.assistant.lexicons import lexicon
from madang.assistant.procedure_file import FactFile
from madang.assistant.procedures import EventGraph
from madang.search.api import folded

Told = dict[str, tuple[str, str]]  # by fact: value as the planner reads it, source

_NEAR = 14
_NO_CUES = FactCues()


@dataclass(frozen=True)
class ReadTurn:
    """What a turn tells: facts, a month without its day, whether the open one is not known."""

    facts: Told
    month: tuple[int, int] | None = None
    month_of: str = ""
    unknown: bool = False


def read_turn(asking: Asking, graph: EventGraph) -> ReadTurn:
    """Return the facts that a turn tells; the answer to the open question among them."""
    text, state = asking.plain, asking.state
    cues = lexicon().facts.get(graph.file.event, {})
    facts: Told = {}
    for fact in graph.facts.values():
        value = _value(text, fact, cues.get(fact.id, _NO_CUES))
        if value:
            facts[fact.id] = (value, "said")
    places = said_places(text, asking.city, graph.common.other_regions)
    facts |= _places(places, graph, state)
    days = days_said(text, asking.today, state.month)
    dates, month, month_of = _days(days, text, graph, cues, state)
    facts |= dates
    facts |= _open(asking, graph, cues, taken=bool(facts))
    unknown = bool(state.open_fact) and not facts and month is None
    unknown = unknown and lexicon().answers.stands("unknown", text)
    return ReadTurn(facts, month, month_of, unknown)


def _value(text: str, fact: FactFile, cues: FactCues) -> str:
    if fact.type == "number":
        number = number_said(text, cues)
        return "" if number is None else str(number)
    if fact.type not in ("boolean", "choice"):
        return ""
    return value_said(text, cues)


def _places(places: list[PlaceSaid], graph: EventGraph, state: State) -> Told:
    """Return which fact each place is: by the words beside it, else by their order."""
    slots = [fact.id for fact in graph.facts.values() if fact.type == "place"]
    if not slots or not places:
        return {}
    if len(slots) == 1:
        best = next((one for one in places if one.role in ("at", "to")), places[0])
        return {slots[0]: (best.name, "said")}
    first, last = slots[0], slots[-1]
    told: Told = {}
    for one in places:
        if one.role in ("from", "at") and first not in told:
            told[first] = (one.name, "said")
        elif one.role == "to" and last not in told:
            told[last] = (one.name, "said")
    free = [one for one in places if not one.role]
    if len(free) == 1 and state.open_fact in slots:
        told.setdefault(state.open_fact, (free[0].name, "said"))
    elif len(free) == 1 and told:
        told.setdefault(last if first in told else first, (free[0].name, "said"))
    elif len(free) >= 2 and not told:
        told = {first: (free[0].name, "said"), last: (free[1].name, "said")}
    return told


def _days(
    days: list[DaySaid],
    text: str,
    graph: EventGraph,
    cues: Mapping[str, FactCues],
    state: State,
) -> tuple[Told, tuple[int, int] | None, str]:
    """Return which fact each day is: the one whose words stand near, else the open or first one."""
    slots = [fact.id for fact in graph.facts.values() if fact.type == "date"]
    told: Told = {}
    month, month_of = None, ""
    for number, one in enumerate(days):
        begin = max(days[number - 1].end if number else 0, one.start - _NEAR)
        end = days[number + 1].start if number + 1 < len(days) else len(text)
        around = text[begin : min(end, one.end + _NEAR)]
        name = next((slot for slot in slots if _is_near(cues.get(slot), around)), "")
        name = name or (state.open_fact if state.open_fact in slots else "")
        name = name or next((slot for slot in slots if slot == "date"), "")
        if not name or name in told:
            continue
        if one.day is None:
            month, month_of = one.month, name
        else:
            told[name] = (one.day.isoformat(), "inferred" if one.inferred else "said")
    if month_of in told:
        month, month_of = None, ""
    return told, month, month_of


def _is_near(cues: FactCues | None, around: str) -> bool:
    return cues is not None and cues.near is not None and bool(cues.near.search(around))


def _open(asking: Asking, graph: EventGraph, cues: Mapping[str, FactCues], *, taken: bool) -> Told:
    """Return the answer to the question that was asked last, where the turn is one."""
    fact = graph.facts.get(asking.state.open_fact)
    if fact is None:
        return {}
    text, words = asking.plain, lexicon().answers
    value = ""
    if fact.type == "boolean" and not taken:
        if words.stands("declines", text):
            value = "no"
        elif words.stands("agrees", text):
            value = "yes"
    elif fact.type == "choice":
        value = value_said(text, cues.get(fact.id, _NO_CUES)) or _named_choice(text, fact)
    elif fact.type == "number" and not taken:
        number = 0 if words.stands("declines", text) else amount(text.lstrip("약 "))
        value = "" if number is None else str(number)
    return {fact.id: (value, "said")} if value else {}


def _named_choice(text: str, fact: FactFile) -> str:
    """Return the choice that a text names by any of its names; empty for none, or several."""
    found = {
        one.value
        for one in fact.choices
        for name in (*one.names.values(), *one.aliases, one.value)
        if folded(name) in text
    }
    return next(iter(found)) if len(found) == 1 else ""
