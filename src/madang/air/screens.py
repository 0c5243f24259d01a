"""A district's air on other people's pages (the widget) and on public screens (the display)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from madang.air import api, groups
from madang.air.measure_pages import in_language
from madang.air.pages import district_heading, district_unit
from madang.air.shown import ShownDistrict, shown_district, shown_index
from madang.air.summary import HOUR_LIMIT, READING_LIMIT, category_of
from madang.kernel import times

DUST = ("pm25", "pm10")
THEMES = ("light", "dark", "auto")
REFRESH_S = 60
WIDGET_REFRESH_S = 300
# The widget alone may stand in other sites' frames; it has no form and no button to lure into.
WIDGET_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors *"
)
# The page with the code to copy shows the widget in a frame of its own.
EMBED_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Screen:
    """What a widget or a display says of a district.

    `fresh_until` is when its newest value becomes overdue; None for what is replayed or unknown.
    """

    name: str
    heading: str
    row: ShownDistrict
    advice: str
    measures: tuple[str, ...]
    fresh_until: datetime | None


@require_safe
@xframe_options_exempt
@cache_control(public=True, max_age=30)
def widget(request: HttpRequest, code: str) -> HttpResponse:
    """Show the air of a district in a small frame on another site; it sets no cookie."""
    context = {
        "screen": _screen(code),
        "theme": _theme(request),
        "refresh_s": WIDGET_REFRESH_S,
        "page": request.build_absolute_uri(reverse("air-district", args=[code])),
        "index": shown_index(),
    }
    response = render(request, "air/widget.html", context)
    response["Content-Security-Policy"] = WIDGET_POLICY
    return response


@require_safe
@cache_control(public=True, max_age=30)
def display(request: HttpRequest, code: str) -> HttpResponse:
    """Show the air of a district on a public screen, for people three metres away."""
    context = {
        "screen": _screen(code),
        "theme": _theme(request),
        "refresh_s": REFRESH_S,
        "index": shown_index(),
        "address": request.build_absolute_uri(reverse("air-district", args=[code])),
    }
    return render(request, "air/display.html", context)


@require_safe
@cache_control(public=True, max_age=60)
def embed(request: HttpRequest, code: str) -> HttpResponse:
    """Show how to put a district's air on another site or on a public screen."""
    name = district_unit(code).name(get_language() or "")
    chosen = request.GET.get("in", "")
    language = chosen if chosen in dict(settings.LANGUAGES) else get_language() or "en"
    query = urlencode({"lang": language, "theme": _theme(request)})
    widget_address, display_address = (
        f"{request.build_absolute_uri(reverse(page, args=[code]))}?{query}"
        for page in ("air-widget", "air-display")
    )
    title = _("Air in %(name)s") % {"name": name}
    context = {
        "heading": _("Put the air of %(name)s on your own page") % {"name": name},
        "crumbs": [
            (_("Home"), "/"),
            (_("Air"), reverse("air")),
            (name, reverse("air-district", args=[code])),
        ],
        "language": language,
        "languages_offered": settings.LANGUAGES,
        "theme_chosen": _theme(request),
        "theme_options": [("auto", _("As on the reader's device")), ("light", _("Light")),
                          ("dark", _("Dark"))],
        "preview": f"{reverse('air-widget', args=[code])}?{query}",
        "display": display_address,
        "frame_title": title,
        "snippet": (
            f'<iframe src="{widget_address.replace("&", "&amp;")}" title="{title}" width="320" '
            'height="260" loading="lazy"></iframe>'
        ),
    }  # fmt: skip
    response = render(request, "air/embed.html", context)
    response["Content-Security-Policy"] = EMBED_POLICY
    return response


def _screen(code: str) -> Screen:
    unit = district_unit(code)
    name = unit.name(get_language() or "")
    air = api.district_air([unit.code])[0]
    now = times.now()
    row = shown_district(air, name, now, DUST)
    grade = None if row.is_stale else category_of(air)
    in_force = [m for m in api.measures_in_force() if m.district == unit.code]
    return Screen(
        name=name,
        heading=district_heading(air, name, now),
        row=row,
        advice=groups.advice_for(grade),
        measures=tuple(in_language(m.name) for m in in_force if m.status == "in_force"),
        fresh_until=_fresh_until(air),
    )


def _fresh_until(air: api.DistrictAir) -> datetime | None:
    if air.origin in (None, "replayed"):
        return None

    def limit(value: api.Value) -> timedelta:
        return HOUR_LIMIT if value.is_hour else READING_LIMIT

    return max((value.time + limit(value) for value in air.values.values()), default=None)


def _theme(request: HttpRequest) -> str:
    chosen = request.GET.get("theme", "auto")
    return chosen if chosen in THEMES else "auto"
