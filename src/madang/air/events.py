"""What air announces: the turns in the life of a measure."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from madang.kernel.events import Event


class MeasureEvent(Event, frozen=True, kw_only=True):
    """What every event about a measure says; `turned_at` is the rule's time of the turn."""

    measure: int
    rule: str
    district: str
    origin: str
    turned_at: datetime


class MeasureDeclared(MeasureEvent, frozen=True, kw_only=True):
    """A rule declared a measure for a district; where the profile says so, an officer is asked."""

    NAME: ClassVar[str] = "air.measure_declared"
    needs_approval: bool


class MeasureInForce(MeasureEvent, frozen=True, kw_only=True):
    """A measure came into force."""

    NAME: ClassVar[str] = "air.measure_in_force"
    PUBLIC: ClassVar[bool] = True


class MeasureLifted(MeasureEvent, frozen=True, kw_only=True):
    """A measure is over, by its rule or by an officer."""

    NAME: ClassVar[str] = "air.measure_lifted"
    PUBLIC: ClassVar[bool] = True


class MeasurePublished(MeasureEvent, frozen=True, kw_only=True):
    """A measure's alert went out: nobody has to approve it, or an officer has."""

    NAME: ClassVar[str] = "air.measure_published"


class ClassChanged(Event, frozen=True, kw_only=True):
    """A pollutant's class changed in a district; `value` is the hour's mean, µg/m³ or ppm.

    Classes are grades (good, moderate, bad, very_bad); `turned_at` is the end of the hour.
    """

    NAME: ClassVar[str] = "air.class_changed"
    PUBLIC: ClassVar[bool] = True
    district: str
    origin: str
    pollutant: str
    earlier: str
    grade: str
    value: float
    turned_at: datetime
