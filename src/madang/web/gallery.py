"""The gallery: every part pages are made of, in every state, one address per language and display.

`/design/?lang=ar&display=senior&theme=dark` shows it so whatever the reader's cookies say; without
parameters it follows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from madang.city.api import profile
from madang.kernel.chart_lines import Line, Point, Span, Threshold
from madang.web.choices import DISPLAYS, display_of, theme_of
from madang.web.context import Link
from madang.web.fonts import font_sheets

CLASSES = ("good", "moderate", "bad", "very-bad", "")
ORIGINS = ("real", "simulated", "replayed", "forecast", "mixed")
STATES = ("empty", "loading", "stale", "failed", "offline", "forbidden")
COLOURS = (
    "text-basic", "text-subtle", "text-primary", "text-danger", "text-warning", "text-success",
    "text-information",
)  # fmt: skip
# two columns of classical Mongolian: "Mongolian script" and "the city's courtyard"
MONGOLIAN = ("ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ", "ᠬᠣᠲᠠ ᠶᠢᠨ ᠬᠦᠷᠢᠶ᠎ᠡ")
START = datetime(2026, 11, 22, tzinfo=UTC)
DAY = (
    12, 14, 15, 18, 22, 25, 31, 38, 41, None, None, 40, 44, 47, 45, 39, 36, 30, 28, 27, 24,
)  # fmt: skip
FORECAST = ((24, 24, 24), (23, 19, 28), (22, 16, 29), (24, 15, 33), (27, 16, 38), (29, 17, 42))


@dataclass(frozen=True)
class Row:
    """One row of the sample table."""

    name: str
    value: float | None


@require_safe
@cache_control(public=True, max_age=60)
def design(request: HttpRequest) -> HttpResponse:
    """Show every part, in the language and display that the address names or the reader chose."""
    return render(request, "web/design.html", _context(request))


def addresses() -> list[str]:
    """Return the gallery's address in every language, display and colours."""
    languages = [code for code, _name in settings.LANGUAGES]
    return [
        f"/design/?lang={language}&display={display}&theme={theme}"
        for language, display, theme in product(languages, DISPLAYS, ("light", "dark"))
    ]


def _context(request: HttpRequest) -> dict[str, object]:
    language = get_language() or settings.LANGUAGE_CODE
    rows = _rows(language, request.GET.get("sort", "name"))
    return {
        "heading": _("The parts pages are made of"),
        "crumbs": [(_("Home"), "/")],
        "alerts": [
            Link(
                _("Sample of an alert: what and where"),
                "#alerts",
                detail=_("until when, what to do"),
            )
        ],
        "has_easy_text": True,
        "here": " · ".join((language, display_of(request), theme_of(request))),
        "colours": COLOURS,
        "classes": CLASSES,
        "origins": ORIGINS,
        "states": _states(),
        "errors": [
            ("phone", _("Enter a phone number with its area code")),
            ("when", _("Choose a time")),
        ],
        "whens": [
            ("morning", _("In the morning"), _("9:00 to 12:00")),
            ("afternoon", _("In the afternoon"), _("13:00 to 18:00")),
        ],
        "units": [("", _("Choose a district"))] + [(row.name, row.name) for row in rows],
        "summary": [(_("District"), rows[0].name, "#forms"), (_("Phone"), "02-120", "#forms")],
        "rows": rows,
        "sort": "name",
        "page_of": _page(),
        "tabs": [Link(_("Now"), "#tabs", current=True), Link(_("Last 30 days"), "#tabs")],
        "steps": [
            (_("Your answers"), "done", ""),
            (_("Check and send"), "current", _("You are here")),
            (_("What happens next"), "todo", ""),
        ],
        "sample": _chart(),
        "mongolian": MONGOLIAN,
        "font_sheets": font_sheets("mn-mong", language),
    }


@dataclass(frozen=True)
class SampleChart:
    """What the chart tag asks of a chart."""

    name: str
    finding: str
    detail: str
    value: str
    unit: str
    decimals: int
    lines: tuple[Line, ...]
    limit: Threshold
    is_daily: bool
    files: tuple[tuple[str, str], ...]


def _chart() -> SampleChart:
    hours = [START + timedelta(hours=n) for n in range(len(DAY) + len(FORECAST))]
    later = hours[len(DAY) - 1 :]
    measured = Line([Point(at, value) for at, value in zip(hours, DAY, strict=False)])
    expected = Line(
        [Point(at, value) for at, (value, _low, _high) in zip(later, FORECAST, strict=False)],
        name=_("forecast"),
        kind="forecast",
        spans=[Span(at, low, high) for at, (_v, low, high) in zip(later, FORECAST, strict=False)],
    )
    return SampleChart(
        name="sample",
        finding=_("A chart says what it found"),
        detail=_("Unit, place, what the dashed line is, and where that comes from."),
        value="PM2.5",
        unit="µg/m³",
        decimals=0,
        lines=(measured, expected),
        limit=Threshold(35, _("limit")),
        is_daily=False,
        files=(("CSV", "#panels"),),
    )


def _rows(language: str, sort: str) -> list[Row]:
    units = profile().districts()[:4]
    values = (31.0, None, 18.5, 1204.0)
    rows = [Row(unit.name(language), value) for unit, value in zip(units, values, strict=False)]
    key = {"name": lambda row: row.name, "value": lambda row: (row.value is None, row.value or 0)}
    chosen = key.get(sort.lstrip("-"), key["name"])
    return sorted(rows, key=chosen, reverse=sort.startswith("-"))


def _page() -> Page[int]:
    return Paginator(range(200), 20).page(5)


def _states() -> list[tuple[str, str, str]]:
    return [
        ("empty", _("Nothing here yet"), _("What appears here, and when.")),
        ("loading", _("One moment"), ""),
        (
            "stale",
            _("These values are old"),
            _("The newest is of 14:05. New ones appear by themselves."),
        ),
        (
            "failed",
            _("This part does not answer"),
            _("What the other parts know is shown. Try again in a minute."),
        ),
        ("offline", _("You are not connected"), _("What you see was saved on this device.")),
        (
            "forbidden",
            _("You do not have access to this part"),
            _("Ask your administrator for the role."),
        ),
    ]
