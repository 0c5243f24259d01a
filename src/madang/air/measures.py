"""Measures as others see them, read from the system of record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from madang.air.errors import UnknownMeasure
from madang.air.rule_set import Text


@dataclass(frozen=True)
class Reading:
    """One hour that led to a measure: its end, and the mean in the pollutant's unit."""

    time: datetime
    value: float


@dataclass(frozen=True)
class Action:
    """What the city does while the measure is in force."""

    id: str
    name: Text
    text: Text
    legal: Text


@dataclass(frozen=True)
class Measure:
    """A measure in one district; texts by language.

    `status` is declared, in_force or lifted; `declared_at`, `starts_at`, `ends_at` are the rule's
    times, `in_force_at` and `lifted_at` what happened. `origin` is real, simulated or replayed.
    """

    id: int
    rule: str
    name: Text
    legal: Text
    pollutant: str
    district: str
    origin: str
    status: str
    declared_at: datetime
    starts_at: datetime
    ends_at: datetime | None
    in_force_at: datetime | None
    lifted_at: datetime | None
    needs_approval: bool
    approved_by: str
    approved_at: datetime | None
    lifted_by: str
    reason: Text
    readings: tuple[Reading, ...]
    actions: tuple[Action, ...]
    rule_version: str
    rule_digest: str
    alert: str

    @property
    def awaits_approval(self) -> bool:
        """True while an officer has yet to decide."""
        return self.status == "declared" and self.needs_approval and self.approved_at is None


_SAME = (
    "id", "rule", "pollutant", "district", "origin", "status", "declared_at", "starts_at",
    "ends_at", "in_force_at", "lifted_at", "needs_approval", "approved_by", "approved_at",
    "lifted_by", "reason", "rule_version", "rule_digest", "alert",
)  # fmt: skip


def measures(
    *,
    district: str | None = None,
    rule: str | None = None,
    status: str | None = None,
    origin: str | None = None,
    limit: int = 200,
) -> list[Measure]:
    """Return measures that fit all given conditions, the newest declaration first."""
    from madang.air.models import Measure as Row

    given = {"district": district, "rule": rule, "status": status, "origin": origin}
    rows = Row.objects.filter(**{k: v for k, v in given.items() if v is not None})
    return [_measure(row) for row in rows.order_by("-declared_at", "-id")[:limit]]


def measures_in_force() -> list[Measure]:
    """Return the measures that are not lifted yet, awaiting approval or in force, newest first."""
    from madang.air.models import Measure as Row

    rows = Row.objects.filter(status__in=("declared", "in_force"))
    return [_measure(row) for row in rows.order_by("-declared_at", "-id")]


def measure(measure_id: int) -> Measure:
    """Return one measure; raises `UnknownMeasure`."""
    from madang.air.models import Measure as Row

    row = Row.objects.filter(pk=measure_id).first()
    if row is None:
        raise UnknownMeasure(f"there is no measure {measure_id}")
    return _measure(row)


def cap_xml(measure_id: int) -> bytes:
    """Return the measure's CAP 1.2 document: as published, or a draft while it awaits approval.

    Raises
    ------
    UnknownMeasure
    """
    from madang.air.alerts import alert_of
    from madang.air.models import Measure as Row
    from madang.notices import api as notices

    row = Row.objects.filter(pk=measure_id).first()
    if row is None:
        raise UnknownMeasure(f"there is no measure {measure_id}")
    if row.alert:
        return notices.document(row.alert)
    return notices.cap_document(alert_of(row, is_draft=True))


def _measure(row: object) -> Measure:
    words: Mapping[str, object] = row.words  # type: ignore[attr-defined]
    return Measure(
        **{name: getattr(row, name) for name in _SAME},
        name=words["name"],  # type: ignore[arg-type]
        legal=words["legal"],  # type: ignore[arg-type]
        readings=tuple(
            Reading(datetime.fromisoformat(time), value)
            for time, value in row.readings  # type: ignore[attr-defined]
        ),
        actions=tuple(Action(**action) for action in words["actions"]),  # type: ignore[attr-defined]
    )
