"""The assistant's lexicons, read once: files under ``lexicon/`` beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from madang.assistant.engine.cues import Cues, cues_of
from madang.assistant.engine.values_said import FactCues

FOLDER = Path(__file__).parent / "lexicon"
_WORDS_BESIDE = ("after", "near", "unit")


@dataclass(frozen=True)
class Lexicon:
    """All cues.

    about: what is asked of a thing. this: what points back. filler: words that say nothing more.
    routes: what a turn is about before anything is looked up. crisis: dangers.
    answers: agrees, declines, unknown.
    asks: what somebody asks who wants to know what to do. events: how life events are told.
    facts: by event and fact, how its values are told.
    """

    about: Cues
    this: Cues
    filler: frozenset[str]
    routes: Cues
    crisis: Cues
    answers: Cues
    asks: Cues
    events: Cues
    facts: Mapping[str, Mapping[str, FactCues]]


@cache
def lexicon() -> Lexicon:
    """Return the lexicon of the house."""
    routes, crisis, told = _read("routes.yaml"), dict(_read("crisis.yaml")), _read("events.yaml")
    events = told["events"]
    undone = [one for patterns in crisis.pop("without").values() for one in patterns]
    dangers = {name: [p for ps in by.values() for p in ps] for name, by in crisis.items()}
    return Lexicon(
        about=cues_of(routes["about"]),
        this=cues_of({"this": routes["this"]}),
        filler=frozenset(routes["filler"]),
        routes=cues_of(routes["routes"], routes["without"]),
        crisis=cues_of(dangers, dict.fromkeys(dangers, undone)),
        answers=cues_of({name: routes[name] for name in ("agrees", "declines", "unknown")}),
        asks=cues_of({"asks": told["asks"]}),
        events=cues_of(
            {name: one["tells"] for name, one in events.items()},
            {name: one["without"] for name, one in events.items() if "without" in one},
        ),
        facts={
            name: {fact: _fact_cues(said) for fact, said in one["facts"].items()}
            for name, one in events.items()
        },
    )


def _fact_cues(said: Mapping[str, Any]) -> FactCues:
    values = {name: words for name, words in said.items() if name not in _WORDS_BESIDE}
    return FactCues(
        cues_of(values) if values else None,
        cues_of({"after": said["after"]}).patterns["after"] if "after" in said else None,
        cues_of({"near": said["near"]}).patterns["near"] if "near" in said else None,
    )


def _read(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return found
