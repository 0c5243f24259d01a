"""``{% load madang_charts %}``: a chart with its finding, its picture, its table and its file.

A chart is any object with these attributes; rooms build it without importing `web`:

    name       letters for its ids, one per page
    finding    what it shows, in a sentence
    detail     unit, place, what is left out: read out after the finding
    value      heading of the value's column
    unit       of the values, as written
    decimals   of the values
    lines      each with `points` (at, value), `spans` (at, low, high), `name`, `kind`
    limit      None, or `value` and `name`
    is_daily   whether a value stands for a day or more, else for the hour that ends with it
    step       distance of two values where it is neither (a week): what is farther is a gap
    files      (title, address) of the same numbers
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madang.kernel import times
from madang.web import charts, formats
from madang.web.templatetags.madang import city_zone

register = template.Library()
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_LONG = 30  # hours, from which on the axis names only every twelfth


@dataclass(frozen=True)
class Row:
    """A row of the table: when, where that is in the picture (%), and the cells."""

    at: datetime
    when: str
    x: float
    cells: Sequence[str]


@register.inclusion_tag("web/chart.html")
def chart(figure: Any, heading: str = "h2") -> dict[str, Any]:
    """Show a chart: finding, picture, the same numbers as a table, and as a file."""
    return {
        "chart": figure,
        "heading": heading,
        "picture": picture(figure),
        "columns": columns(figure),
        "rows": rows(figure),
    }


def picture(figure: Any) -> SafeString:
    """Return the SVG of a chart in the reader's language."""
    drawn = charts.chart(
        figure.lines,
        finding=figure.finding,
        detail=figure.detail,
        name=figure.name,
        ticks=_ticks(figure),
        threshold=figure.limit,
        step=getattr(figure, "step", None) or (_DAY if figure.is_daily else _HOUR),
        number=_axis_number,
        value_text=lambda value: formats.number_text(value, figure.decimals, _language()),
    )
    return mark_safe(drawn)  # noqa: S308 - texts are escaped where they are drawn


def columns(figure: Any) -> list[str]:
    """Return the headings of the table's columns of values."""
    found, edges = [], _("from – to")
    for line in figure.lines:
        title = line.name or figure.value
        found.append(f"{title} ({figure.unit})")
        if line.spans:
            found.append(f"{title}: {edges} ({figure.unit})")
    return found


def rows(figure: Any) -> list[Row]:
    """Return the rows of the table, oldest first."""
    moments = _moments(figure)
    if not moments:
        return []
    cells = [cell for line in figure.lines for cell in _cells(line, figure.decimals)]
    when = _when(figure)
    first, last = moments[0], moments[-1]
    return [
        Row(
            at,
            when(at),
            charts.position(at, first, last) if last > first else 0.0,
            [cell(at) for cell in cells],
        )
        for at in moments
    ]


def _moments(figure: Any) -> list[datetime]:
    return sorted({point.at for line in figure.lines for point in line.points})


def _cells(line: Any, decimals: int) -> list[Callable[[datetime], str]]:
    values = {point.at: point.value for point in line.points}
    missing = _("no value")

    def value(at: datetime) -> str:
        if at not in values:
            return "–"
        found = values[at]
        return missing if found is None else formats.number_text(found, decimals, _language())

    if not line.spans:
        return [value]
    spans = {span.at: span for span in line.spans if span.low is not None}

    def span(at: datetime) -> str:
        if at not in spans:
            return "–"
        edges = (spans[at].low, spans[at].high)
        return " – ".join(formats.number_text(edge, decimals, _language()) for edge in edges)

    return [value, span]


def _when(figure: Any) -> Callable[[datetime], str]:
    zone, today = city_zone(), times.now().astimezone(city_zone()).date()
    if figure.is_daily:
        return lambda at: formats.day_text(at, _language(), zone)
    return lambda at: formats.moment_text(at, _language(), zone, today)


def _ticks(figure: Any) -> list[tuple[datetime, str]]:
    moments, zone = _moments(figure), city_zone()
    if figure.is_daily:
        weekly = moments[::-1][::7]
        return [(at, formats.day_text(at, _language(), zone)) for at in weekly]
    every = 6 if len(moments) <= _LONG else 12
    named = [at for at in moments if at.astimezone(zone).hour % every == 0]
    return [(at, formats.hour_text(at, _language(), zone)) for at in named]


def _axis_number(value: float) -> str:
    """Return a number with as many decimals as it has, three at most."""
    text = f"{round(value, 3):g}"
    decimals = len(text.partition(".")[2])
    return formats.number_text(value, decimals, _language())


def _language() -> str:
    return get_language() or "en"
