"""What a chart shows, as rooms say it and the web draws it: lines in time, their bands, a limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Point:
    """One value at the end of its hour or in the middle of its day; None where there was none."""

    at: datetime
    value: float | None


@dataclass(frozen=True)
class Span:
    """What lies between two values at a moment: an interval, or a day's least and greatest."""

    at: datetime
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Line:
    """One line of a chart; `kind` (measured, forecast) decides its look, `name` stands beside it.

    `spans` is the band around it.
    """

    points: Sequence[Point]
    name: str = ""
    kind: str = "measured"
    spans: Sequence[Span] = ()


@dataclass(frozen=True)
class Threshold:
    """A named limit, drawn as a dashed line."""

    value: float
    name: str
