"""The sample of a month: drawn once, by a seed that is kept, from masked texts only."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction

from madang.assistant.engine.review_plan import Cell, allocation, drawn, joined, rank, spread
from madang.assistant.models import Turn
from madang.assistant.purposes import MEASURE, opened
from madang.assistant.review.declared import Sample, declared
from madang.assistant.review.kinds import HANDED, REFUSED, kind_of, topic_of
from madang.assistant.review.models import ReviewDraw, ReviewItem
from madang.assistant.review.results import shares_of_last
from madang.city.api import profile
from madang.kernel import audit

BEFORE = 3
"""Turns that a reviewer sees before the one that is judged."""

KEPT = timedelta(days=120)
"""Words of items, after the draw; then only what was judged is left."""

_DEFAULT_RIGHT = {REFUSED: 0.8, HANDED: 0.8}
_SHOWN = ("text", "passages", "sides", "choices", "lines")


@dataclass(frozen=True, slots=True)
class _Met:
    """A turn that may be drawn."""

    pk: int
    cell: Cell


def draw_due(today: date | None = None) -> ReviewDraw | None:
    """Draw the sample of the month that is over, once; None where it is drawn or nothing was."""
    day = today or profile().today()
    month = (day.replace(day=1) - timedelta(days=1)).replace(day=1)
    if ReviewDraw.objects.filter(month=month).exists():
        return None
    return draw(month, seed=secrets.token_hex(16))


def draw(month: date, *, seed: str) -> ReviewDraw | None:
    """Draw the sample of a month; the same seed and turns give the same one.

    A turn's stratum is (outcome, channel, language, topic), small ones joined. How many of each:
    Neyman's allocation with what the last sample said of each outcome.
    """
    wish = declared().sample
    with opened(MEASURE):
        met = _met(month)
        if not met:
            return None
        strata, members = _strata(met, wish)
        sizes = {cell: len(ids) for cell, ids in members.items()}
        take = allocation(
            sizes, _spreads(sizes), wish.size, floor=wish.floor, favour=wish.favour,
            favoured={cell for cell in sizes if cell[0] == REFUSED},
        )  # fmt: skip
        ids = drawn(members, take, seed)
        with transaction.atomic():
            made = ReviewDraw.objects.create(
                month=month, seed=seed, wanted=wish.size, population=len(met),
                strata=[{"cell": list(cell), "population": sizes[cell], "drawn": take[cell]}
                        for cell in sorted(sizes)],
            )  # fmt: skip
            _copy(made, ids, strata, wish)
            audit.record(
                "system:assistant", "assistant.draw_review", f"draw:{made.pk}",
                detail={"month": f"{month:%Y-%m}", "population": len(met), "drawn": len(ids)},
            )  # fmt: skip
    return made


def forget_words(now: datetime) -> int:
    """Delete the words of items that are old; what was judged of them stays."""
    with opened(MEASURE):
        old = ReviewItem.objects.filter(draw__at__lt=now - KEPT).exclude(answer={})
        return old.update(asked="", answer={}, before=[])


def _met(month: date) -> list[_Met]:
    start, end = (
        datetime.combine(day, time(), profile().timezone)
        for day in (month, (month + timedelta(days=31)).replace(day=1))
    )
    rows = Turn.objects.filter(side="resident", at__gte=start, at__lt=end).values_list(
        "pk", "status", "conversation__channel", "language", "topic", "cited"
    )
    return [
        _Met(pk, (kind, channel, language, topic_of(topic, cited)))
        for pk, status, channel, language, topic, cited in rows.iterator()
        if (kind := kind_of(status))
    ]


def _strata(met: list[_Met], wish: Sample) -> tuple[dict[int, Cell], dict[Cell, list[str]]]:
    place = joined(Counter(one.cell for one in met), wish.floor, wish.strata)
    strata = {one.pk: place[one.cell] for one in met}
    members: dict[Cell, list[str]] = {}
    for pk, cell in strata.items():
        members.setdefault(cell, []).append(str(pk))
    return strata, members


def _spreads(sizes: Mapping[Cell, int]) -> dict[Cell, float]:
    known = shares_of_last()
    return {cell: spread(known.get(cell[0], _DEFAULT_RIGHT.get(cell[0], 0.9))) for cell in sizes}


def _copy(made: ReviewDraw, ids: list[str], strata: Mapping[int, Cell], wish: Sample) -> None:
    """Keep masked copies of what was drawn, and have a part of it judged twice."""
    by_second = sorted(ids, key=lambda one: rank(f"{made.seed} second", one))
    twice = set(by_second[: round(wish.second * len(ids))])
    for start in range(0, len(ids), 500):
        some = [int(one) for one in ids[start : start + 500]]
        turns = Turn.objects.filter(pk__in=some).select_related("conversation")
        ReviewItem.objects.bulk_create(
            ReviewItem(
                draw=made, turn=one.pk, stratum=" · ".join(strata[one.pk]),
                kind=strata[one.pk][0], status=one.status, channel=one.conversation.channel,
                language=one.language, arm=one.arm, cited=one.cited, at=one.at, asked=one.text,
                answer={name: one.answer[name] for name in _SHOWN if one.answer.get(name)},
                before=_before(one), place=rank(made.seed, str(one.pk)),
                times=2 if str(one.pk) in twice else 1,
            )
            for one in turns
        )  # fmt: skip


def _before(turn: Turn) -> list[dict[str, str]]:
    rows = Turn.objects.filter(conversation_id=turn.conversation_id, number__lt=turn.number)
    return [
        {"side": one.side, "asked": one.text, "answer": str(one.answer.get("text", ""))}
        for one in reversed(rows.order_by("-number")[:BEFORE])
    ]
