"""What ``answer_review.yaml`` of a city may say: each month's sample, experiments, guardrails."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

from madang.kernel.data_files import read_yaml
from madang.kernel.shapes import mismatches

if TYPE_CHECKING:
    from madang.city.api import Profile

FILE = "answer_review.yaml"
Share = Annotated[float, Meta(ge=0, le=1)]
Weight = Annotated[float, Meta(gt=0, le=1000)]
Name = Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,18}$")]


class Sample(Struct, frozen=True, forbid_unknown_fields=True):
    """The sample of a month.

    size: answers that are judged. floor: least of a stratum. second: share that two people judge.
    favour: how many times as closely refusals are looked at. strata: most that are told apart.
    kappa: agreement that two people are to reach. right: share of right answers, the aim.
    """

    size: Annotated[int, Meta(ge=10, le=100_000)] = 2000
    floor: Annotated[int, Meta(ge=1, le=1000)] = 30
    second: Share = 0.1
    favour: Annotated[float, Meta(ge=1, le=10)] = 2.0
    strata: Annotated[int, Meta(ge=4, le=200)] = 40
    kappa: Share = 0.7
    right: Share = 0.9


class Guardrails(Struct, frozen=True, forbid_unknown_fields=True):
    """What an experiment must not make worse: shares of conversations that are borne on top.

    hand_over: that a person had to take over. slow: with an answer later than `slow_ms`.
    alpha: chance that an experiment that harms nobody is stopped. few: conversations of each arm
    before anything is said.
    """

    hand_over: Share = 0.02
    slow: Share = 0.02
    slow_ms: Annotated[int, Meta(ge=100, le=60_000)] = 3000
    alpha: Annotated[float, Meta(gt=0, lt=0.5)] = 0.05
    few: Annotated[int, Meta(ge=50, le=100_000)] = 100


class Change(Struct, frozen=True, forbid_unknown_fields=True):
    """What an arm does otherwise. answer_at: how sure the assistant must be to answer."""

    answer_at: Share | None = None


class Experiment(Struct, frozen=True, forbid_unknown_fields=True):
    """Conversations divided by chance. arms: weights; control: the arm that changes nothing."""

    name: Name
    since: date
    until: date
    arms: dict[Name, Weight]
    control: Name
    changes: dict[Name, Change] = {}
    guardrails: Guardrails = Guardrails()


class AnswerReview(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file; without one a city has these defaults and no experiment."""

    version: str = ""
    sample: Sample = Sample()
    experiments: tuple[Experiment, ...] = ()


LONGEST_DAYS = 28
"""Of an experiment: conversations are kept for a month, and it is counted from them."""


def declared() -> AnswerReview:
    """Return what this city declares."""
    from madang.city.api import profile

    if "answer_review" in profile().rule_names:
        return msgspec.convert(dict(profile().rules("answer_review")), AnswerReview)
    return AnswerReview()


def faults_of_file(path: Path, profile: Profile) -> list[tuple[int | None, str]]:  # noqa: ARG001 - every such check is asked so
    """Return (line, message) of what is wrong with the file."""
    document, problems = read_yaml(path, str(path))
    if problems:
        return [(problem.line, problem.message) for problem in problems]
    wrong = [(tuple(at), said) for at, said in mismatches(document.value, AnswerReview)]
    if not wrong:
        wrong = _crossed(msgspec.convert(document.value, AnswerReview))
    return [
        (document.line(place), f"{'.'.join(map(str, place))}: {message}" if place else message)
        for place, message in wrong
    ]


def _crossed(found: AnswerReview) -> list[tuple[tuple[str | int, ...], str]]:
    """Return what fits in itself and does not fit together."""
    wrong: list[tuple[tuple[str | int, ...], str]] = []
    for n, one in enumerate(found.experiments):
        at = ("experiments", n)
        if len(one.arms) < 2:
            wrong.append(((*at, "arms"), "an experiment has two arms or more"))
        if one.control not in one.arms:
            wrong.append(((*at, "control"), f"there is no arm {one.control!r}"))
        for arm in one.changes:
            if arm not in one.arms or arm == one.control:
                wrong.append(((*at, "changes", arm), "no arm that may change something"))
        if not 1 <= (one.until - one.since).days <= LONGEST_DAYS:
            wrong.append(((*at, "until"), f"an experiment lasts 1 to {LONGEST_DAYS} days"))
        for other in found.experiments[:n]:
            if other.name == one.name:
                wrong.append(((*at, "name"), "stands there twice"))
            if one.since < other.until and other.since < one.until:
                wrong.append(((*at, "since"), f"overlaps with {other.name}: one runs at a time"))
    return wrong
