"""Small charts as SVG, drawn on the server: gaps stay gaps, thresholds are named. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

WIDTH, HEIGHT = 400, 150  # user units; the font is 14 of them, readable at 328 px
LEFT, RIGHT, TOP, BOTTOM = 40, 8, 12, 24


@dataclass(frozen=True)
class Point:
    """One value at the end of its hour; None where none was measured."""

    at: datetime
    value: float | None


@dataclass(frozen=True)
class Threshold:
    """A named limit, drawn as a dashed line."""

    value: float
    name: str


@dataclass(frozen=True)
class _Scale:
    start: datetime
    seconds: float
    top: float

    def x(self, at: datetime) -> float:
        share = (at - self.start).total_seconds() / self.seconds
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        return round(HEIGHT - BOTTOM - value / self.top * (HEIGHT - TOP - BOTTOM), 1)


def line_chart(
    points: Sequence[Point],
    *,
    finding: str,
    ticks: Sequence[tuple[datetime, str]] = (),
    threshold: Threshold | None = None,
    step: timedelta = timedelta(hours=1),
) -> str:
    """Return an SVG line of hourly values from zero up.

    Parameters
    ----------
    points : in order of time; a None, and a distance of more than `step`, is a gap.
    finding : what the chart shows, read out instead of it.
    ticks : moments named on the time axis.

    Returns
    -------
    str: the SVG, empty where fewer than two moments are given.
    """
    if len(points) < 2:
        return ""
    span = (points[-1].at - points[0].at).total_seconds()
    highest = max((p.value for p in points if p.value is not None), default=0.0)
    limits = [threshold.value] if threshold else []
    scale = _Scale(points[0].at, span, _round_up(max([highest, *limits, 1e-9])))
    parts = [
        *_axis(scale),
        *(_gap(scale, a, b) for a, b in _gaps(points)),
        *_threshold(scale, threshold, points),
        *_runs(scale, points, step),
        *(_tick(scale, at, text) for at, text in ticks),
    ]
    return (
        f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(finding)}">{"".join(parts)}</svg>'
    )


def _round_up(value: float) -> float:
    """Return the next of 1, 2, 5 times a power of ten, so that the axis ends on a round number."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(n * power for n in (1, 2, 5, 10) if n * power >= value * (1 - 1e-9))


def _axis(scale: _Scale) -> list[str]:
    zero, top = scale.y(0), scale.y(scale.top)
    return [
        f'<path class="axis" d="M{LEFT} {zero}H{WIDTH - RIGHT}M{LEFT} {top}H{WIDTH - RIGHT}"/>',
        f'<text x="{LEFT - 6}" y="{zero + 4}" text-anchor="end">0</text>',
        f'<text x="{LEFT - 6}" y="{top + 4}" text-anchor="end">{scale.top:g}</text>',
    ]


def _gaps(points: Sequence[Point]) -> list[tuple[datetime, datetime]]:
    """Return the spans without a value, from the last value before to the first after."""
    found = []
    start: datetime | None = None
    last = points[0].at
    for point in points:
        if point.value is None:
            start = start or last
        elif start is not None:
            found.append((start, point.at))
            start = None
        last = point.at
    if start is not None:
        found.append((start, points[-1].at))
    return found


def _gap(scale: _Scale, start: datetime, end: datetime) -> str:
    x, width = scale.x(start), round(scale.x(end) - scale.x(start), 1)
    return (
        f'<rect class="gap" x="{x}" y="{scale.y(scale.top)}" width="{width}" '
        f'height="{round(scale.y(0) - scale.y(scale.top), 1)}"/>'
    )


def _threshold(scale: _Scale, threshold: Threshold | None, points: Sequence[Point]) -> list[str]:
    if threshold is None:
        return []
    y = scale.y(threshold.value)
    x, anchor, shift = _free_place(threshold.value, points)
    return [
        f'<path class="limit" d="M{LEFT} {y}H{WIDTH - RIGHT}"/>',
        f'<text class="limit-name" x="{x}" y="{round(y + shift, 1)}" '
        f'text-anchor="{anchor}">{escape(threshold.name)}</text>',
    ]


def _free_place(limit: float, points: Sequence[Point]) -> tuple[float, str, float]:
    """Return x, anchor and shift from the limit's line at which its name keeps off the values."""
    half = len(points) // 2
    sides = {"start": points[:half], "end": points[half:]}

    def distance(anchor: str) -> float:
        known = [p.value for p in sides[anchor] if p.value is not None]
        return min((abs(value - limit) for value in known), default=math.inf)

    anchor = max(("end", "start"), key=distance)
    known = [p.value for p in sides[anchor] if p.value is not None]
    is_above = sum(value > limit for value in known) * 2 > len(known)
    return (LEFT + 4 if anchor == "start" else WIDTH - RIGHT), anchor, (13 if is_above else -4)


def _runs(scale: _Scale, points: Sequence[Point], step: timedelta) -> list[str]:
    """Return one path per unbroken run of values, and a dot for a value that stands alone."""
    runs: list[list[tuple[float, float]]] = []
    last: datetime | None = None
    for point in points:
        if point.value is None:
            last = None
            continue
        if last is None or point.at - last > step:
            runs.append([])
        runs[-1].append((scale.x(point.at), scale.y(point.value)))
        last = point.at
    return [_run(run) for run in runs]


def _run(run: list[tuple[float, float]]) -> str:
    if len(run) == 1:
        return f'<circle class="dot" cx="{run[0][0]}" cy="{run[0][1]}" r="3"/>'
    path = "L".join(f"{x} {y}" for x, y in run)
    x, y = run[-1]
    return f'<path class="value" d="M{path}"/><circle class="dot" cx="{x}" cy="{y}" r="3"/>'


def _tick(scale: _Scale, at: datetime, text: str) -> str:
    x = scale.x(at)
    anchor = "start" if x < LEFT + 20 else "end" if x > WIDTH - 40 else "middle"
    return f'<text x="{x}" y="{HEIGHT - 6}" text-anchor="{anchor}">{escape(text)}</text>'
