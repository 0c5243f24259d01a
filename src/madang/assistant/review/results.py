"""What people judged, reckoned up: shares with intervals, per stratum and of all answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from madang.assistant.engine.agreement import Kappa, cohen
from madang.assistant.engine.review_estimate import Stratum, Weighed, of_stratum, weighed
from madang.assistant.purposes import MEASURE, opened
from madang.assistant.review.kinds import (
    HANDED,
    HARMFUL,
    PARTLY_RIGHT,
    REFUSED,
    RIGHT,
    SAYS_SOMETHING,
)
from madang.assistant.review.models import Rating, ReviewDraw, ReviewItem

THIRD = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """An item with what holds of it: the third word where there is one, else the first."""

    stratum: str
    kind: str
    score: str
    cites: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class StratumRow:
    """A stratum on the page: answers, judged ones, and the share that is right."""

    name: str
    kind: str
    population: int
    drawn: int
    judged: int
    right: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a month.

    measures: (name, estimate): `right` and `right-or-partly` of what says something, `refusals` of
    what was refused or handed over, `citations` of what cites, `harmful` of all, and `good` of all.
    unsettled: disagreements in which the first word counts for now.
    """

    month: str
    seed: str
    population: int
    drawn: int
    judged: int
    measures: tuple[tuple[str, Weighed], ...]
    strata: tuple[StratumRow, ...]
    agreement: Kappa
    agreement_cites: Kappa
    unsettled: int


def results(draw: ReviewDraw) -> Results:
    """Return the results of a sample as far as it is judged."""
    judged, pairs, cite_pairs = _judged(draw)
    strata = [
        (" · ".join(one["cell"]), one["cell"][0], one["population"], one["drawn"])
        for one in draw.strata
    ]
    return Results(
        f"{draw.month:%Y-%m}",
        draw.seed,
        draw.population,
        sum(drawn for _n, _k, _p, drawn in strata),
        len(judged),
        _measures(strata, judged),
        tuple(_row(one, judged) for one in strata),
        cohen(pairs),
        cohen(cite_pairs),
        sum(one.is_open for one in judged),
    )


def newest(month: str = "") -> Results | None:
    """Return the results of a month (YYYY-MM), or of the newest; None where none was drawn."""
    rows = ReviewDraw.objects.order_by("-month")
    found = next((one for one in rows if not month or f"{one.month:%Y-%m}" == month), None)
    return results(found) if found else None


def months() -> list[str]:
    """Return the months that a sample was drawn of, newest first."""
    days = ReviewDraw.objects.order_by("-month").values_list("month", flat=True)
    return [f"{day:%Y-%m}" for day in days]


def shares_of_last() -> dict[str, float]:
    """Return the share right of each outcome in the newest sample, where 30 or more are judged."""
    draw = ReviewDraw.objects.order_by("-month").first()
    if draw is None:
        return {}
    judged, _pairs, _cites = _judged(draw)
    found = {}
    for kind in {one.kind for one in judged}:
        scores = [one.score == RIGHT for one in judged if one.kind == kind]
        if len(scores) >= 30:
            found[kind] = sum(scores) / len(scores)
    return found


def _judged(
    draw: ReviewDraw,
) -> tuple[list[Judged], list[tuple[str, str]], list[tuple[str, str]]]:
    with opened(MEASURE):
        items = {
            pk: (stratum, kind)
            for pk, stratum, kind in ReviewItem.objects.filter(draw=draw).values_list(
                "pk", "stratum", "kind"
            )
        }
        rows = list(
            Rating.objects.filter(item__draw=draw, at__isnull=False)
            .order_by("place").values_list("item", "place", "score", "cites")
        )  # fmt: skip
    said: dict[str, dict[int, tuple[str, str]]] = {}
    for item, place, score, cites in rows:
        said.setdefault(item, {})[place] = (score, cites)
    judged, pairs, cite_pairs = [], [], []
    for item, words in said.items():
        both = 1 in words and 2 in words
        if both:
            pairs.append((words[1][0], words[2][0]))
            if words[1][1] and words[2][1]:
                cite_pairs.append((words[1][1], words[2][1]))
        score, cites = words.get(THIRD) or words[min(words)]
        is_open = both and THIRD not in words and words[1] != words[2]
        judged.append(Judged(*items[item], score, cites, is_open))
    return judged, pairs, cite_pairs


_Drawn = tuple[str, str, int, int]


def _measures(
    strata: Sequence[_Drawn], judged: Sequence[Judged]
) -> tuple[tuple[str, Weighed], ...]:
    says = [one for one in strata if one[1] in SAYS_SOMETHING]
    holds = [one for one in strata if one[1] in (REFUSED, HANDED)]
    return (
        ("right", _share(says, judged, lambda one: one.score == RIGHT)),
        ("right-or-partly",
         _share(says, judged, lambda one: one.score in (RIGHT, PARTLY_RIGHT))),
        ("citations",
         _share(says, judged, lambda one: one.cites == "yes", lambda one: bool(one.cites))),
        ("refusals", _share(holds, judged, lambda one: one.score == RIGHT)),
        ("good", _share(strata, judged, lambda one: one.score == RIGHT)),
        ("harmful", _share(strata, judged, lambda one: one.score == HARMFUL)),
    )  # fmt: skip


def _share(strata: Iterable[_Drawn], judged: Sequence[Judged], is_hit, is_asked=None) -> Weighed:  # type: ignore[no-untyped-def]
    return weighed(
        [_stratum(one, judged, is_hit, is_asked or (lambda _one: True)) for one in strata]
    )


def _stratum(drawn: _Drawn, judged: Sequence[Judged], is_hit, is_asked) -> Stratum:  # type: ignore[no-untyped-def]
    name, _kind, population, _n = drawn
    here = [one for one in judged if one.stratum == name]
    asked = [one for one in here if is_asked(one)]
    return Stratum(name, population, len(here), len(asked), sum(1 for one in asked if is_hit(one)))


def _row(drawn: _Drawn, judged: Sequence[Judged]) -> StratumRow:
    name, kind, population, count = drawn
    found = _stratum(drawn, judged, lambda one: one.score == RIGHT, lambda _one: True)
    low, high = of_stratum(found)
    return StratumRow(name, kind, population, count, found.judged, found.hits, low, high)
