"""Experiments: conversations divided by chance, watched each hour, stopped where they do harm.

One experiment runs at a time. Which arm a conversation is in follows from its id and a key of this
installation; it is kept with each turn, and all that is counted is counted from there.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction

from madang.assistant.engine.always_valid import Compared, Rate, compared, rarer
from madang.assistant.engine.arms import Mismatch, arm_of, mismatch
from madang.assistant.engine.dialogue import AnswerStatus
from madang.assistant.models import Turn
from madang.assistant.purposes import MEASURE, opened
from madang.assistant.review.declared import Change, Experiment, declared
from madang.assistant.review.kinds import HARMFUL
from madang.assistant.review.models import ExperimentRun, Rating
from madang.city.api import profile
from madang.kernel import audit, times
from madang.kernel.errors import Invalid, NotFound

MISMATCH = 0.001
"""Below, arms got other shares than they were to get, and figures mean nothing (KDD 2019)."""

HAND_OVER, SLOW = "hand-over", "slow"
BY_HAND, NOT_AS_SENT = "by hand", "mismatch"
_MOST_LOOKS = 800


@dataclass(frozen=True, slots=True)
class Arm:
    """What came of the conversations of an arm."""

    name: str
    weight: float
    conversations: int
    handed_over: int
    slow: int
    harmful: int


@dataclass(frozen=True, slots=True)
class Guarded:
    """An arm against the control under one guardrail; p is the smallest of all looks."""

    arm: str
    guardrail: str
    seen: Compared
    borne: float
    p_value: float
    is_broken: bool


@dataclass(frozen=True, slots=True)
class Look:
    """One look at an experiment; `breaks` is the first guardrail that is broken, empty for none."""

    experiment: Experiment
    arms: tuple[Arm, ...]
    guarded: tuple[Guarded, ...]
    shares: Mismatch
    breaks: str


def running(today: date | None = None) -> Experiment | None:
    """Return the experiment that runs now; None where none does."""
    day = today or profile().today()
    now = next((one for one in declared().experiments if one.since <= day < one.until), None)
    if (
        now is None
        or ExperimentRun.objects.filter(name=now.name, stopped_at__isnull=False).exists()
    ):
        return None
    return now


def arm_for(conversation: str) -> tuple[str, Change]:
    """Return (experiment:arm, what it changes) of a conversation; empty where nothing runs."""
    now = running()
    if now is None:
        return "", Change()
    arm = arm_of(_key(), now.name, conversation, now.arms)
    return f"{now.name}:{arm}", now.changes.get(arm, Change())


def look(experiment: Experiment) -> Look:
    """Return how an experiment stands now; nothing is stored."""
    arms = _counted(experiment)
    by_name = {one.name: one for one in arms}
    control = by_name[experiment.control]
    kept = _kept(experiment.name)
    guarded = [
        found
        for one in arms
        if one.name != experiment.control
        for found in _guarded(experiment, one, control, kept)
    ]
    shares = mismatch({one.name: one.conversations for one in arms}, experiment.arms)
    few = min(one.conversations for one in arms) < experiment.guardrails.few
    breaks = next((one.guardrail for one in guarded if one.is_broken and not few), "")
    breaks = breaks or _harm_without_control(guarded)
    if shares.always_valid < MISMATCH:
        breaks = NOT_AS_SENT
    return Look(experiment, arms, tuple(guarded), shares, breaks)


def watch() -> str:
    """Look at the running experiment, keep what was seen, and stop it where a guardrail broke.

    Returns the guardrail, empty where all is well or nothing runs.
    """
    now = running()
    if now is None:
        return ""
    found = look(now)
    with transaction.atomic():
        run, _new = ExperimentRun.objects.select_for_update().get_or_create(name=now.name)
        run.seen_at = times.now()
        run.looks = _with_look(run.looks, found)
        run.save()
        if found.breaks:
            _stop(run, found.breaks, "system:assistant")
    return found.breaks


def stop(actor: str, name: str) -> None:
    """Stop an experiment by hand; it does not run again under this name.

    Raises
    ------
    NotFound
        If none of this name is declared.
    Invalid
        If it was stopped already.
    """
    if name not in {one.name for one in declared().experiments}:
        raise NotFound(f"no experiment {name!r} is declared")
    with transaction.atomic():
        run, _new = ExperimentRun.objects.select_for_update().get_or_create(name=name)
        if run.stopped_at is not None:
            raise Invalid("it was stopped already", {"name": "stopped"})
        _stop(run, BY_HAND, actor)


def _stop(run: ExperimentRun, why: str, by: str) -> None:
    run.stopped_at, run.why, run.by = times.now(), why, by
    run.save()
    detail = {"why": run.why, "looks": len(run.looks)}
    audit.record(by, "assistant.stop_experiment", f"experiment:{run.name}", detail=detail)


def _counted(experiment: Experiment) -> tuple[Arm, ...]:
    """Return what came of each arm's conversations."""
    label = {f"{experiment.name}:{name}": name for name in experiment.arms}
    talks: dict[str, dict[int, list[bool]]] = {name: {} for name in experiment.arms}
    over = {AnswerStatus.HANDED_OVER.value, AnswerStatus.WITH_PERSON.value}
    with opened(MEASURE):
        rows = Turn.objects.filter(arm__in=label, side="resident").values_list(
            "conversation", "arm", "status", "latency_ms"
        )
        for talk, arm, status, ms in rows.iterator():
            seen = talks[label[arm]].setdefault(talk, [False, False])
            seen[0] |= status in over
            seen[1] |= ms > experiment.guardrails.slow_ms
        harmful = list(
            Rating.objects.filter(item__arm__in=label, at__isnull=False, score=HARMFUL)
            .values_list("item__arm", "item").distinct()
        )  # fmt: skip
    return tuple(
        Arm(
            name, experiment.arms[name], len(talks[name]),
            sum(one[0] for one in talks[name].values()),
            sum(one[1] for one in talks[name].values()),
            sum(label[arm] == name for arm, _item in harmful),
        )
        for name in sorted(experiment.arms)
    )  # fmt: skip


def _guarded(
    experiment: Experiment, arm: Arm, control: Arm, kept: Mapping[str, float]
) -> list[Guarded]:
    rails = experiment.guardrails
    found = []
    for name, borne, hits, base in (
        (HAND_OVER, rails.hand_over, arm.handed_over, control.handed_over),
        (SLOW, rails.slow, arm.slow, control.slow),
    ):
        # twice alpha: only one side is harm
        seen = compared(
            Rate(hits, arm.conversations), Rate(base, control.conversations), alpha=2 * rails.alpha
        )
        p = min(seen.p_value, kept.get(f"{arm.name}:{name}", 1.0))
        found.append(Guarded(arm.name, name, seen, borne, p, seen.low > borne))
    harm, none = Rate(arm.harmful, arm.conversations), Rate(control.harmful, control.conversations)
    seen = compared(harm, none, alpha=2 * rails.alpha)
    p = rarer(harm, none, (arm.weight, control.weight))
    more = arm.harmful * control.weight > control.harmful * arm.weight
    p = min(p, kept.get(f"{arm.name}:{HARMFUL}", 1.0))
    found.append(Guarded(arm.name, HARMFUL, seen, 0.0, p, more and p <= 2 * rails.alpha))
    return found


def _harm_without_control(guarded: list[Guarded]) -> str:
    """Harm needs no number of conversations: its evidence is exact for any count."""
    broken = any(one.is_broken and one.guardrail == HARMFUL for one in guarded)
    return HARMFUL if broken else ""


def _kept(name: str) -> dict[str, float]:
    run = ExperimentRun.objects.filter(name=name).first()
    return dict(run.looks[-1]["p"]) if run and run.looks else {}


def _with_look(looks: list[Any], found: Look) -> list[Any]:
    fresh: dict[str, Any] = {
        "at": times.now().isoformat(timespec="minutes"),
        "n": {one.name: one.conversations for one in found.arms},
        "p": {f"{one.arm}:{one.guardrail}": one.p_value for one in found.guarded},
        "shares": found.shares.always_valid,
    }
    same_day = looks and looks[-1]["at"][:10] == fresh["at"][:10]
    return [*(looks[:-1] if same_day else looks), fresh][-_MOST_LOOKS:]


def _key() -> bytes:
    return hmac.new(settings.SECRET_KEY.encode(), b"assistant.arms", hashlib.sha256).digest()
