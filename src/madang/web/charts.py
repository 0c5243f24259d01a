"""Charts as SVG, drawn on the server: gaps stay gaps, bands are uncertainty. Pure.

Positions are percentages of the picture, sizes of letters are those of the page: a chart is as wide
as its column and its words never shrink with it. Time runs from left to right in every script, as
on a clock face; the words beside it keep their own direction.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from madang.kernel.chart_lines import Line, Point, Threshold

TOP, BOTTOM = 14.0, 13.0  # % of the height kept for the newest value and for the words of time
UNITS = 1000  # of the plot's own square, which is stretched over it
_STEPS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)  # an axis ends on one of these, times a power of ten
_MANY_TICKS = 4
_CLOSE = 9.0  # % of the height: two words nearer than this would touch


@dataclass(frozen=True)
class _Scale:
    start: datetime
    seconds: float
    top: float

    def x(self, at: datetime) -> float:
        """Return % of the width."""
        return round((at - self.start).total_seconds() / self.seconds * 100.0, 2)

    def y(self, value: float) -> float:
        """Return % of the height of the whole picture."""
        return round(100.0 - BOTTOM - value / self.top * (100.0 - TOP - BOTTOM), 2)

    def plot(self, at: datetime, value: float) -> str:
        """Return a place in the plot's own units."""
        return f"{self.x(at) * UNITS / 100:.1f} {(1 - value / self.top) * UNITS:.1f}"


def plain_number(value: float) -> str:
    """Return a number as short as it is exact.

    >>> plain_number(50.0), plain_number(0.03)
    ('50', '0.03')
    """
    return f"{value:g}"


def chart(
    lines: Sequence[Line],
    *,
    finding: str,
    detail: str = "",
    name: str = "",
    ticks: Sequence[tuple[datetime, str]] = (),
    threshold: Threshold | None = None,
    step: timedelta = timedelta(hours=1),
    number: Callable[[float], str] = plain_number,
    value_text: Callable[[float], str] | None = None,
) -> str:
    """Return an SVG of one or more lines from zero up.

    Parameters
    ----------
    lines : values in order of time; a None, and a distance of more than one and a half `step`, is a
        gap. The first line's gaps are shaded; the newest value of each is written beside it.
    finding : what the chart shows, read out instead of it; `detail` is read after it.
    name : makes the ids of the picture its own; one per page.
    ticks : moments named on the axis of time.
    number : how the numbers of the axis are written; `value_text` how those of the lines are.

    Returns
    -------
    str: the SVG, empty where fewer than two moments are given.
    """
    moments = [point.at for line in lines for point in line.points]
    if len(moments) < 2 or min(moments) == max(moments):
        return ""
    limits = [threshold.value] if threshold else []
    highest = max([*_values(lines), *limits, 1e-9])
    scale = _Scale(min(moments), (max(moments) - min(moments)).total_seconds(), _round_up(highest))
    plot = [
        _axis(),
        *(_gap(scale, a, b) for a, b in _gaps(lines[0].points)),
        *(band for line in lines for band in _bands(scale, line, step)),
        *_limit_line(scale, threshold),
        *(path for line in lines for path in _runs(scale, line, step)),
    ]
    words = [
        *_levels(scale, threshold, number),
        *_limit_name(scale, threshold, lines),
        *(dot for line in lines for dot in _lone(scale, line, step)),
        *(text for line in lines for text in _newest(scale, line, value_text or number)),
        *_ticks(scale, ticks),
    ]
    height = round(100.0 - TOP - BOTTOM, 2)
    return (
        f'<svg class="chart-plot" role="img" aria-label="{escape(finding)}"'
        f'{_described(name, detail)} width="100%" height="100%">{_description(name, detail)}'
        f'<svg aria-hidden="true" x="0" y="{TOP}%" width="100%" height="{height}%" '
        f'viewBox="0 0 {UNITS} {UNITS}" preserveAspectRatio="none">{"".join(plot)}</svg>'
        f"{''.join(words)}</svg>"
    )


def position(at: datetime, start: datetime, end: datetime) -> float:
    """Return where a moment lies between two others, in % of the width."""
    return _Scale(start, (end - start).total_seconds(), 1.0).x(at)


def _described(name: str, detail: str) -> str:
    return f' aria-describedby="{escape(name)}-detail"' if name and detail else ""


def _description(name: str, detail: str) -> str:
    return f'<desc id="{escape(name)}-detail">{escape(detail)}</desc>' if name and detail else ""


def _values(lines: Sequence[Line]) -> list[float]:
    values = [point.value for line in lines for point in line.points]
    edges = [span.high for line in lines for span in line.spans]
    return [value for value in (*values, *edges) if value is not None]


def _round_up(value: float) -> float:
    """Return the next round number, on which the axis ends.

    >>> _round_up(37), _round_up(58), _round_up(0.061), _round_up(100)
    (40.0, 60.0, 0.08, 100.0)
    """
    power = 10.0 ** math.floor(math.log10(value))
    return round(next(n * power for n in _STEPS if n * power >= value * (1 - 1e-9)), 9)


def _axis() -> str:
    half = UNITS // 2
    return f'<path class="axis" d="M0 0H{UNITS}M0 {half}H{UNITS}M0 {UNITS}H{UNITS}"/>'


def _levels(
    scale: _Scale, threshold: Threshold | None, number: Callable[[float], str]
) -> list[str]:
    """Return the numbers of the axis, but for one that the name of the limit would cover."""
    found = []
    for value in (0.0, scale.top / 2, scale.top):
        is_free = threshold is None or abs(scale.y(value) - scale.y(threshold.value)) > _CLOSE
        if is_free:
            y = round(scale.y(value) - 1.5, 2)
            found.append(f'<text class="level" x="0" y="{y}%">{escape(number(value))}</text>')
    return found


def _gaps(points: Sequence[Point]) -> list[tuple[datetime, datetime]]:
    """Return the spans without a value, from the last value before to the first after."""
    found = []
    start: datetime | None = None
    last = points[0].at if points else None
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
    x, width = scale.x(start) * UNITS / 100, (scale.x(end) - scale.x(start)) * UNITS / 100
    return f'<rect class="gap" x="{x:.1f}" y="0" width="{width:.1f}" height="{UNITS}"/>'


def _bands(scale: _Scale, line: Line, step: timedelta) -> list[str]:
    """Return one closed shape per unbroken run of spans."""
    known = [s for s in line.spans if s.low is not None and s.high is not None]
    drawn = []
    for run in _unbroken([s.at for s in known], step):
        spans = [known[place] for place in run]
        if len(spans) < 2:
            continue
        upper = [scale.plot(s.at, s.high) for s in spans if s.high is not None]
        lower = [scale.plot(s.at, s.low) for s in reversed(spans) if s.low is not None]
        shape = "L".join((*upper, *lower))
        drawn.append(f'<path class="band band-{escape(line.kind)}" d="M{shape}Z"/>')
    return drawn


def _runs(scale: _Scale, line: Line, step: timedelta) -> list[str]:
    """Return one path per unbroken run of at least two values."""
    known = [(p.at, p.value) for p in line.points if p.value is not None]
    return [
        f'<path class="value value-{escape(line.kind)}" d="M'
        + "L".join(scale.plot(*known[place]) for place in run)
        + '"/>'
        for run in _value_runs(line, step)
        if len(run) > 1
    ]


def _lone(scale: _Scale, line: Line, step: timedelta) -> list[str]:
    """Return a dot for each value that stands alone, and for the last of each run."""
    known = [(p.at, p.value) for p in line.points if p.value is not None]
    return [
        f'<circle class="dot dot-{escape(line.kind)}" cx="{scale.x(at)}%" cy="{scale.y(value)}%" '
        'r="3"/>'
        for at, value in (known[run[-1]] for run in _value_runs(line, step))
    ]


def _value_runs(line: Line, step: timedelta) -> list[list[int]]:
    """Return the places, among the known values, of each run that no None and no gap breaks."""
    runs: list[list[int]] = []
    place, last = -1, None
    for point in line.points:
        if point.value is None:
            last = None
            continue
        place += 1
        if last is None or point.at - last > step * 1.5:
            runs.append([])
        runs[-1].append(place)
        last = point.at
    return runs


def _unbroken(moments: Sequence[datetime], step: timedelta) -> list[list[int]]:
    runs: list[list[int]] = []
    for place, at in enumerate(moments):
        if not runs or at - moments[place - 1] > step * 1.5:
            runs.append([])
        runs[-1].append(place)
    return runs


def _newest(scale: _Scale, line: Line, number: Callable[[float], str]) -> list[str]:
    """Return the newest value beside its place, after the line's name."""
    newest = _newest_value(line)
    if newest is None:
        return []
    at, value = newest
    text = f"{line.name} {number(value)}".strip()
    return [
        f'<text class="newest newest-{escape(line.kind)}" x="{_inside(scale.x(at))}%" '
        f'y="{_newest_height(scale, value)}%" '
        f'text-anchor="{_anchor(scale.x(at))}">{escape(text)}</text>'
    ]


def _newest_value(line: Line) -> tuple[datetime, float] | None:
    known = [(p.at, p.value) for p in line.points if p.value is not None]
    return known[-1] if known else None


def _newest_height(scale: _Scale, value: float) -> float:
    return round(max(scale.y(value) - 4.0, TOP - 4.0), 2)


def _limit_line(scale: _Scale, threshold: Threshold | None) -> list[str]:
    if threshold is None:
        return []
    y = f"{(1 - threshold.value / scale.top) * UNITS:.1f}"
    return [f'<path class="limit" d="M0 {y}H{UNITS}"/>']


def _limit_name(scale: _Scale, threshold: Threshold | None, lines: Sequence[Line]) -> list[str]:
    if threshold is None:
        return []
    anchor, y = _free_place(scale, threshold.value, lines)
    return [
        f'<text class="limit-name" x="{0 if anchor == "start" else 100}%" y="{y}%" '
        f'text-anchor="{anchor}">{escape(threshold.name)}</text>'
    ]


def _free_place(scale: _Scale, limit: float, lines: Sequence[Line]) -> tuple[str, float]:
    """Return side and height at which a limit's name keeps off newest values and the line."""
    points = lines[0].points
    half = len(points) // 2
    sides = {
        anchor: [p.value for p in side if p.value is not None]
        for anchor, side in (("start", points[:half]), ("end", points[half:]))
    }
    newest = [found for line in lines if (found := _newest_value(line)) is not None]

    def height(anchor: str) -> float:
        known = sides[anchor]
        is_above = sum(value > limit for value in known) * 2 > len(known)
        return round(scale.y(limit) + (8.0 if is_above else -2.0), 2)

    def is_clear(anchor: str) -> bool:
        beside = [v for at, v in newest if (scale.x(at) > 50) == (anchor == "end")]
        return all(abs(_newest_height(scale, v) - height(anchor)) >= _CLOSE for v in beside)

    def distance(anchor: str) -> float:
        return min((abs(value - limit) for value in sides[anchor]), default=math.inf)

    best = max(("start", "end"), key=lambda anchor: (is_clear(anchor), distance(anchor)))
    return best, height(best)


def _ticks(scale: _Scale, ticks: Sequence[tuple[datetime, str]]) -> list[str]:
    """Return the words of the axis of time; of many every second may be left out on a phone."""
    found = []
    for place, (at, text) in enumerate(sorted(ticks, reverse=True)):
        x, is_minor = scale.x(at), len(ticks) > _MANY_TICKS and place % 2 == 1
        found.append(
            f'<text class="tick{" tick-minor" if is_minor else ""}" x="{_inside(x)}%" y="98%" '
            f'text-anchor="{_anchor(x)}">{escape(text)}</text>'
        )
    return found[::-1]


def _anchor(x: float) -> str:
    return "start" if x < 8 else "end" if x > 92 else "middle"


def _inside(x: float) -> float:
    """Return the place, at the picture's edge where a word would stand out over it."""
    return 0.0 if x < 8 else 100.0 if x > 92 else x
