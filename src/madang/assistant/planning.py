"""The planner as a conversation uses it: facts that cannot be together cost no plan."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from madang.assistant.errors import InvalidFacts
from madang.assistant.facts import read_facts
from madang.assistant.plan_words import told
from madang.assistant.plans import Plan, planned
from madang.assistant.procedures import EventGraph, event_graph, event_names
from madang.city.api import Profile

__all__ = ["EventGraph", "Plan", "event_names", "graph_of", "plan", "told"]


def graph_of(event: str, city: Profile, on: date) -> EventGraph:
    """Return the procedures of an event as of a day."""
    return event_graph(city, event, on)


def plan(event: str, facts: Mapping[str, Any], city: Profile, on: date) -> Plan:
    """Return the plan for facts, without those that cannot be."""
    graph = event_graph(city, event, on)
    kept = dict(facts)
    while True:
        try:
            return planned(graph, read_facts(kept, graph, city), city, on)
        except InvalidFacts as error:
            wrong = [name for name in error.fields if name in kept] or list(kept)
            kept = {name: value for name, value in kept.items() if name not in wrong}


def readable(event: str, name: str, value: str, city: Profile, on: date) -> str:
    """Return what is wrong with the value of a fact, empty for nothing."""
    graph = event_graph(city, event, on)
    try:
        read_facts({name: value}, graph, city)
    except InvalidFacts as error:
        return next(iter(error.fields.values()), "")
    return "" if name in graph.facts else "unknown"
