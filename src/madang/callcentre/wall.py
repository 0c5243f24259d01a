"""What the supervisor's wall shows: times, languages and scores of today, not a word said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from madang.access.api import Actor, purpose
from madang.callcentre.contact_models import Contact, State
from madang.callcentre.engine.mood import is_alert
from madang.callcentre.engine.service import Served, served
from madang.callcentre.operator_models import OperatorState, Suggestion
from madang.callcentre.places import PRESENT
from madang.callcentre.purposes import WATCH
from madang.callcentre.rules import centre
from madang.city.api import profile
from madang.kernel import times

MOST = 20_000  # contacts of a day that are read; a city has fewer


@dataclass(frozen=True)
class Line:
    """A language: who waits, how long the first of them has [s], who speaks it and is free."""

    language: str
    waiting: int
    longest_s: float
    speak: int


@dataclass(frozen=True)
class Alert:
    """A contact whose resident sounds upset, by a list of words."""

    contact: str
    language: str
    since: datetime
    mood: float


@dataclass(frozen=True)
class Wall:
    """The day so far; `score` is the mean of the rules of quality [%], None without any."""

    served: Served
    within_s: float
    target: float
    lines: Sequence[Line]
    states: dict[str, int]
    alerts: Sequence[Alert]
    score: float | None
    failed: Sequence[tuple[str, int]]
    used: dict[str, int]


def on_wall(actor: Actor) -> Wall:
    """Return the wall; raises `AccessDenied` for whoever may not watch."""
    now, said, city = times.now(), centre(), profile()
    since, _until = times.day_span(city.today(), city.timezone)
    with purpose(actor, WATCH):
        asked: Iterable[Mapping[str, Any]] = Contact.objects.filter(queued__gte=since).values(
            "pk", "state", "language", "queued", "answered", "ended", "mood", "score", "marks",
            "operator",
        )[:MOST]  # fmt: skip
        rows = [dict(one) for one in asked]
        used = Counter(
            Suggestion.objects.filter(made__gte=since).values_list("state", flat=True)[:MOST]
        )
    people = list(OperatorState.objects.filter(seen__gt=now - timedelta(hours=12)))
    waits = [(r["answered"] - r["queued"]).total_seconds() for r in rows if r["answered"]]
    lost = [
        (r["ended"] - r["queued"]).total_seconds()
        for r in rows if r["ended"] and not r["answered"]
    ]  # fmt: skip
    scores = [r["score"] for r in rows if r["score"] is not None]
    talks = [r for r in rows if r["state"] == State.ACTIVE and is_alert(r["mood"])]
    waiting = [r for r in rows if r["state"] in (State.WAITING, State.OFFERED)]
    busy = {r["operator"] for r in rows if r["state"] in (State.ACTIVE, State.WRAPUP)}
    return Wall(
        served=served(waits, lost, said.target_within_s),
        within_s=said.target_within_s,
        target=said.target_percent,
        lines=_lines(waiting, people, now),
        states=_states(people, busy, now),
        alerts=[Alert(r["pk"], r["language"], r["queued"], r["mood"]) for r in talks],
        score=sum(scores) / len(scores) if scores else None,
        failed=Counter(mark for r in rows for mark in r["marks"]).most_common(),
        used={name: used.get(name, 0) for name in ("accepted", "edited", "ignored")},
    )  # fmt: skip


def _lines(waiting: list[dict[str, Any]], people: list[OperatorState], now: datetime) -> list[Line]:
    found = []
    for language in sorted({row["language"] for row in waiting}):
        since = [row["queued"] for row in waiting if row["language"] == language]
        speak = sum(
            language in one.languages and one.state == "available" and one.seen > now - PRESENT
            for one in people
        )
        found.append(Line(language, len(since), (now - min(since)).total_seconds(), speak))
    return sorted(found, key=lambda one: -one.waiting)


def _states(people: list[OperatorState], busy: set[str], now: datetime) -> dict[str, int]:
    counts = {"available": 0, "busy": 0, "break": 0, "away": 0}
    for one in people:
        is_here = one.seen > now - PRESENT
        state = (
            "busy" if one.pk in busy else one.state if is_here or one.state == "break" else "away"
        )
        counts[state] += 1
    return counts
