"""Corrections of what was said: "not Mapo, Yongsan", "the 21st instead"; planned anew at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from madang.assistant import planning
from madang.assistant.asking import Asking, Reply
from madang.assistant.city_places import said_places
from madang.assistant.engine.corrections import corrects, is_denied
from madang.assistant.engine.days_said import days_said
from madang.assistant.engine.dialogue import AnswerStatus, State
from madang.assistant.plan_reply import planned
from madang.assistant.procedures import EventGraph


@dataclass(frozen=True)
class _Named:
    """A place or a day in the text; `slot` is the fact its own words name, empty for none."""

    value: str
    denied: bool
    slot: str


def reply(asking: Asking) -> Reply | None:
    """Correct a place or a day; None where the turn corrects none that is known."""
    state = asking.state
    if not state.event or not corrects(asking.plain):
        return None
    graph = planning.graph_of(state.event, asking.city, asking.today)
    for kind, named in (("place", _places(asking, graph)), ("date", _days(asking))):
        found = _corrected(named, kind, state, graph)
        if found is not None:
            return planned(asking, found, AnswerStatus.CLARIFIED)
    return None


def _places(asking: Asking, graph: EventGraph) -> list[_Named]:
    slots = [fact.id for fact in graph.facts.values() if fact.type == "place"]
    by_role = {"from": slots[0], "to": slots[-1]} if len(slots) > 1 else {}
    return [
        _Named(
            one.name,
            is_denied(asking.plain, one.start, one.end),
            by_role.get(one.role, ""),
        )
        for one in said_places(asking.plain, asking.city, graph.common.other_regions)
    ]


def _days(asking: Asking) -> list[_Named]:
    known = [value for value, _source in asking.state.facts.values() if _is_day(value)]
    month = (int(known[-1][:4]), int(known[-1][5:7])) if known else asking.state.month
    return [
        _Named(one.day.isoformat(), is_denied(asking.plain, one.start, one.end), "")
        for one in days_said(asking.plain, asking.today, month)
        if one.day is not None
    ]


def _is_day(value: str) -> bool:
    return len(value) == 10 and value[4] == value[7] == "-"


def _corrected(named: list[_Named], kind: str, state: State, graph: EventGraph) -> State | None:
    """Return the state with a fact replaced, or forgotten where only what it is not is said."""
    known = [name for name in state.facts if graph.facts[name].type == kind]
    denied = [one for one in named if one.denied]
    meant = [one for one in named if not one.denied]
    if not known or not named:
        return None
    slot = next((name for one in denied for name in known if state.facts[name][0] == one.value), "")
    if not slot and meant:
        slot = meant[-1].slot
    if not slot and state.last_fact in known:
        slot = state.last_fact
    if not slot:
        slot = known[-1] if len(known) == 1 or kind == "place" else known[0]
    facts = {name: fact for name, fact in state.facts.items() if name != slot}
    if meant:
        facts[slot] = (meant[-1].value, "said")
    elif not denied:
        return None
    return replace(state, facts=facts, last_fact=slot, skipped=_without(state.skipped, slot))


def _without(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(one for one in names if one != name)
