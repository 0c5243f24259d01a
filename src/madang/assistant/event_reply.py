"""Life events as they are told: the plan begins, grows by each fact, and answers what is asked."""

from __future__ import annotations

from dataclasses import replace

from madang.assistant import planning
from madang.assistant.asking import Asking, Reply
from madang.assistant.city_places import said_places
from madang.assistant.engine.dialogue import AnswerStatus, State
from madang.assistant.fact_reading import ReadTurn, read_turn
from madang.assistant.lexicons import lexicon
from madang.assistant.plan_reply import of_steps, planned
from madang.assistant.plugs import WantedFact
from madang.assistant.pressed import begun
from madang.assistant.procedures import EventGraph
from madang.kernel.errors import Unavailable

ARRIVAL, MOVE = "foreign_arrival", "move"


def told(asking: Asking) -> Reply | None:
    """Plan for an event that a turn tells of; None where it tells of none.

    Who asks one thing of a service while they mention an event is answered that thing.
    """
    event = event_of(asking)
    if not event or event == asking.state.event:
        return None
    graph = planning.graph_of(event, asking.city, asking.today)
    state = _carried(begun(asking.state, event), asking.state, graph)
    asking = replace(asking, state=state)
    read = _with_model(asking, graph, read_turn(asking, graph))
    words = lexicon()
    one_thing = bool(words.about.found(asking.plain)) and not words.asks.stands(
        "asks", asking.plain
    )
    kinds = {graph.facts[name].type for name in read.facts if name in graph.facts}
    if one_thing and not kinds & {"date", "place"}:
        return None
    return planned(asking, _taken(state, read))


def goes_on(asking: Asking) -> Reply | None:
    """Go on with a plan: with the facts of a turn, or with what is asked of its steps."""
    state = asking.state
    if not state.event:
        return None
    graph = planning.graph_of(state.event, asking.city, asking.today)
    read = read_turn(asking, graph)
    if not read.facts and read.month is None and not read.unknown and state.open_fact:
        read = _with_model(asking, graph, read)
    if read.unknown:
        skipped = tuple(dict.fromkeys((*state.skipped, state.open_fact)))
        return planned(asking, replace(state, skipped=skipped))
    if read.facts or read.month is not None:
        changed = any(name in state.facts and state.facts[name][0] != value
                      for name, (value, _source) in read.facts.items())  # fmt: skip
        return planned(asking, _taken(state, read), AnswerStatus.CLARIFIED if changed else None)
    if not state.focus:
        return of_steps(asking)
    return None


def event_of(asking: Asking) -> str:
    """Return the event that a turn tells of, empty for none.

    Whoever asks what to do may also name an event instead of telling it (``birth checklist``).
    """
    words, text = lexicon(), asking.plain
    there = planning.event_names(asking.city)
    found = [name for name in words.events.found(text) if name in there]
    if ARRIVAL in found and MOVE in found:
        found.remove(MOVE if not said_places(text, asking.city) else ARRIVAL)
    if found:
        return found[0]
    if not words.asks.stands("asks", text):
        return ""
    return next((name for name in there if _is_named(name, asking)), "")


def _is_named(event: str, asking: Asking) -> bool:
    file = planning.graph_of(event, asking.city, asking.today).file
    names = [*file.names.values(), *file.aliases]
    return any(len(name) > 1 and name.casefold() in asking.plain for name in names)


def _carried(state: State, before: State, graph: EventGraph) -> State:
    """Return a state that keeps what the event before knew and this one asks, too."""
    facts = {}
    for name, (value, _source) in before.facts.items():
        if name in graph.facts and name in ("district", "foreign"):
            facts[name] = (value, "inferred")
        if name == "to" and "district" in graph.facts:
            facts["district"] = (value, "inferred")
    if "district" in graph.facts and before.district:
        facts.setdefault("district", (before.district, "inferred"))
    return replace(state, facts={**facts, **state.facts})


def _taken(state: State, read: ReadTurn) -> State:
    """Return a state with the facts of a turn; what cannot be is left out by the planner."""
    return replace(
        state,
        facts={**state.facts, **read.facts},
        last_fact=next(reversed(read.facts), state.last_fact),
        month=read.month if read.month_of else state.month,
        month_of=read.month_of or ("" if state.month_of in read.facts else state.month_of),
        skipped=tuple(one for one in state.skipped if one not in read.facts),
    )


def _with_model(asking: Asking, graph: EventGraph, read: ReadTurn) -> ReadTurn:
    """Return a turn with what a plugged-in model reads beyond the rules, marked as inferred."""
    if asking.llm is None:
        return read
    wanted = [
        WantedFact(
            one.id, one.type, planning.told(one.ask, asking.language),
            {choice.value: planning.told(choice.names, asking.language) for choice in one.choices},
        )
        for one in graph.facts.values() if one.id not in read.facts
    ]  # fmt: skip
    try:
        found = asking.llm.fill_facts(
            asking.text, wanted, language=asking.language, today=asking.today.isoformat()
        )
    except Unavailable:
        asking.degraded.append("llm")
        return read
    event, city = graph.file.event, asking.city
    more = {
        name: (str(value), "inferred")
        for name, value in found.items()
        if name in graph.facts and name not in read.facts
        and not planning.readable(event, name, str(value), city, asking.today)
    }  # fmt: skip
    return replace(read, facts={**more, **read.facts})
