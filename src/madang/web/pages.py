"""The pages that belong to no room: accessibility, privacy."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(public=True, max_age=60)
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how these pages can be used, what they promise and what they lack."""
    context = {"heading": _("Using these pages your way"), "crumbs": [(_("Home"), "/")]}
    return render(request, "web/accessibility.html", context)


@require_safe
@cache_control(public=True, max_age=60)
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what these pages keep on a reader's device and about them, and why."""
    context = {
        "heading": _("These pages do not follow you"),
        "crumbs": [(_("Home"), "/")],
        "cookies": _cookies(),
    }
    return render(request, "web/privacy.html", context)


def _cookies() -> list[tuple[str, str, str]]:
    """Return name, purpose and age of every cookie the house sets (a test compares them)."""
    year = _("one year")
    return [
        ("django_language", _("the language you chose"), year),
        ("madang_display", _("the text size and contrast you chose"), year),
        ("madang_theme", _("the colours you chose"), year),
        ("madang_district", _("the district you chose"), year),
        (settings.CSRF_COOKIE_NAME, _("protects forms against being sent by other sites"), year),
        (
            settings.DEVICE_COOKIE_NAME,
            _("knows this browser again after you signed in; it signs nobody in"),
            year,
        ),
        (
            settings.SESSION_COOKIE_NAME,
            _("keeps you signed in"),
            _("12 hours at most, or until you sign out"),
        ),
    ]
