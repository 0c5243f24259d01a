"""The funnel of answers, and how first questions ended: counts of the last days."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from madang.assistant.engine.dialogue import AnswerStatus
from madang.assistant.engine.review_estimate import score_interval
from madang.assistant.models import Turn
from madang.assistant.purposes import MEASURE, opened
from madang.assistant.review.kinds import HANDED, SAYS_SOMETHING, kind_of
from madang.assistant.review.models import Helpful
from madang.kernel import times
from madang.kernel.errors import MadangError
from madang.search import api as search

SPAN = timedelta(days=28)
AGAIN_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Part:
    """A count and its share of the whole, with Wilson's interval."""

    name: str
    count: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """What became of the turns of the span, in counts; empty where there was none.

    first: first questions of conversations that were answered, without a second one within ten
    minutes and without a person.
    helpful: of the answers residents said something about, those that helped.
    slow_ms: nineteen of twenty answers came within.
    """

    turns: int
    statuses: tuple[Part, ...]
    conversations: int
    first: Part
    helpful: Part
    slow_ms: float


@dataclass(frozen=True, slots=True)
class FirstQuestions:
    """How first questions to search ended; `resolved` is the live first-query resolution."""

    outcomes: tuple[Part, ...]
    resolved: Part
    total: int


def part(name: str, count: int, of: int) -> Part:
    """Return a count as a part of a whole.

    Examples
    --------
    >>> part("a", 0, 0)
    Part(name='a', count=0, share=0.0, low=0.0, high=1.0)
    """
    share = count / of if of else 0.0
    low, high = score_interval(share, of)
    return Part(name, count, share, low, high)


def funnel() -> Funnel:
    """Return what became of the turns of the last four weeks."""
    since = times.now() - SPAN
    with opened(MEASURE):
        rows = list(
            Turn.objects.filter(side="resident", at__gte=since)
            .order_by("conversation", "number")
            .values_list("conversation", "number", "status", "at", "latency_ms")
        )
    told = Helpful.objects.filter(at__gte=since).values_list("is_helpful", flat=True)
    helped = Counter(told)
    counts = Counter(status for _c, _n, status, _at, _ms in rows)
    order = [one.value for one in AnswerStatus]
    parts = [part(name, counts[name], len(rows)) for name in order if counts[name]]
    talks: dict[int, list[Any]] = {}
    for talk, *rest in rows:
        talks.setdefault(talk, []).append(rest)
    begun = [talk for talk in talks.values() if talk[0][0] == 1]
    slowness = sorted(ms for *_rest, ms in rows)
    return Funnel(
        len(rows), tuple(parts), len(talks),
        part("resolved", sum(map(is_resolved, begun)), len(begun)),
        part("helpful", helped[True], sum(helped.values())),
        slowness[int(len(slowness) * 0.95)] if slowness else 0.0,
    )  # fmt: skip


def is_resolved(talk: list[Any]) -> bool:
    """Return whether the first question of a conversation was resolved.

    Parameters
    ----------
    talk : (number, status, at, latency) of each turn, in order.
    """
    first = talk[0]
    if kind_of(first[1]) not in SAYS_SOMETHING:
        return False
    for _number, status, at, _ms in talk[1:]:
        if kind_of(status) == HANDED or status == AnswerStatus.WITH_PERSON:
            return False
        if at - first[2] <= AGAIN_WITHIN and kind_of(status):
            return False
    return True


def first_questions() -> FirstQuestions | None:
    """Return how first questions to search ended; None where search does not answer."""
    try:
        counts = search.first_questions().outcomes
    except MadangError:
        return None
    total = sum(counts.values())
    parts = tuple(part(name, n, total) for name, n in sorted(counts.items(), key=lambda e: -e[1]))
    return FirstQuestions(parts, part("resolved", counts.get("resolved", 0), total), total)
