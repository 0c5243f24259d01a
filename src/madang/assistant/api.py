"""The door of the assistant room.

Example::

    found = api.plan("move", {"from": "강남구", "to": "마포구", "date": "2026-12-20"}, city="seoul")
    [(step.id, step.due.day) for step in found.steps if step.due]
    [question.fact.ask["en"] for question in found.questions]
    api.calendar(found, "ko")                                # RFC 5545

    first = api.answer("강남에서 마포로 이사해요", language="ko")     # nothing is stored
    api.answer("12월 20일이요", first.state, language="ko").plan
    api.turn(None, "등본 수수료가 얼마예요?", language="ko", channel="web").conversation
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from madang.assistant.calendar_file import calendar
from madang.assistant.engine.dialogue import (
    Answered,
    AnswerStatus,
    AskedFact,
    Choice,
    HandOver,
    KnownFact,
    Line,
    Passage,
    PlanCard,
    PlannedStep,
    Side,
    Source,
    State,
    as_values,
)
from madang.assistant.errors import (
    InvalidFacts,
    InvalidProcedures,
    TextTooLong,
    UnknownConversation,
    UnknownEvent,
)
from madang.assistant.facts import Fact, read_facts
from madang.assistant.plans import Plan, Question, Step, planned
from madang.assistant.present import as_json, as_text
from madang.assistant.procedures import EventGraph, all_graphs, event_graph, event_names
from madang.assistant.scenarios import Ran, run_scenarios
from madang.assistant.scenarios import as_json as scenarios_as_json
from madang.city.api import Profile, load_profile, profile

if TYPE_CHECKING:
    from madang.assistant.answering import answer
    from madang.assistant.asking import kept_text
    from madang.assistant.conversations import (
        Said,
        Talk,
        operator_says,
        taken_over,
        turn,
    )
    from madang.assistant.conversations import forgotten as forget
    from madang.assistant.conversations import talk as transcript
    from madang.assistant.plugs import Llm, WantedFact, plugged
    from madang.assistant.review.helpful import helped

_LATER = {
    "answer": ("answering", "answer"),
    "kept_text": ("asking", "kept_text"),
    "turn": ("conversations", "turn"),
    "transcript": ("conversations", "talk"),
    "forget": ("conversations", "forgotten"),
    "helped": ("review.helpful", "helped"),
    "operator_says": ("conversations", "operator_says"),
    "taken_over": ("conversations", "taken_over"),
    "Said": ("conversations", "Said"),
    "Talk": ("conversations", "Talk"),
    "Llm": ("plugs", "Llm"),
    "WantedFact": ("plugs", "WantedFact"),
    "plugged": ("plugs", "plugged"),
}

__all__ = [
    "AnswerStatus",
    "Answered",
    "AskedFact",
    "Choice",
    "EventGraph",
    "Fact",
    "HandOver",
    "InvalidFacts",
    "InvalidProcedures",
    "KnownFact",
    "Line",
    "Llm",
    "Passage",
    "Plan",
    "PlanCard",
    "PlannedStep",
    "Question",
    "Ran",
    "Said",
    "Side",
    "Source",
    "State",
    "Step",
    "Talk",
    "TextTooLong",
    "UnknownConversation",
    "UnknownEvent",
    "WantedFact",
    "answer",
    "as_json",
    "as_text",
    "as_values",
    "calendar",
    "city_of",
    "events",
    "forget",
    "graph",
    "graphs",
    "helped",
    "kept_text",
    "operator_says",
    "plan",
    "plugged",
    "scenarios",
    "scenarios_as_json",
    "taken_over",
    "transcript",
    "turn",
]


def __getattr__(name: str) -> Any:
    """Load what needs the tables only where it is asked for: commands import this door."""
    if name not in _LATER:
        raise AttributeError(name)
    module, found = _LATER[name]
    return getattr(import_module(f"madang.assistant.{module}"), found)


def city_of(city: str | Path | Profile = "") -> Profile:
    """Return a city's profile: this instance's where none is named."""
    if isinstance(city, Profile):
        return city
    return load_profile(city) if city else profile()


def events(city: str | Path | Profile = "") -> list[str]:
    """Return the names of the events that a city has procedures for."""
    return event_names(city_of(city))


def graph(event: str, *, city: str | Path | Profile = "", on: date | None = None) -> EventGraph:
    """Return the procedures of an event as of a day; raises as `plan`."""
    where = city_of(city)
    return event_graph(where, event, on or where.today())


def graphs(city: str | Path | Profile = "", *, on: date | None = None) -> list[EventGraph]:
    """Return all events of a city; raises InvalidProcedures with all that is wrong with them."""
    where = city_of(city)
    return all_graphs(where, on or where.today())


def plan(
    event: str,
    facts: Mapping[str, Any],
    *,
    city: str | Path | Profile = "",
    on: date | None = None,
) -> Plan:
    """Return what somebody has to do because something happens.

    Parameters
    ----------
    event
        Name of an event of the city, such as `move`, or another name of it (`이사`).
    facts
        By name: plain values, or `{"value": ..., "source": "said" | "profile" | "inferred"}`.
        Facts that the event does not know are reported in `notes`.
    city
        Name or folder of a profile, or the profile; this instance's city without one.
    on
        The day as of which it is asked; today in that city without one.

    Raises
    ------
    UnknownEvent
        If the city has no such event.
    InvalidFacts
        If facts cannot be read, or cannot be together; names each field.
    InvalidProcedures
        If the city's files are wrong.
    """
    where = city_of(city)
    day = on or where.today()
    found = event_graph(where, event, day)
    return planned(found, read_facts(facts, found, where), where, day)


def scenarios(files: Iterable[Path] = (), *, city: str | Path | Profile = "") -> list[Ran]:
    """Return what became of the scenarios in files; of the city's own without files.

    Raises BadInput where a file cannot be read as it stands.
    """
    return run_scenarios(files, city_of(city))
