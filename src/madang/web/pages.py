"""The home page, and the page on accessibility."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from madang.access.api import ANONYMOUS
from madang.air import api as air
from madang.city.api import profile
from madang.web.context import Link, measure_links, menu


@require_safe
@cache_control(public=True, max_age=1)
def home(request: HttpRequest) -> HttpResponse:
    """Show what matters in the city now: the air, what is in force, where to go on."""
    language = get_language() or ""
    districts = air.present_air()
    names = [profile().text(found.names, language) for found in districts]
    summary = air.summary(districts, names)
    context = {
        "heading": summary.sentence,
        "summary": summary,
        "measures": measure_links(language),
        "links": _links(request),
    }
    return render(request, "web/home.html", context)


def _links(request: HttpRequest) -> list[Link]:
    return [link for link in menu(request, ANONYMOUS) if link.url != "/"]


@require_safe
@cache_control(public=True, max_age=60)
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how these pages can be used, what they promise and what they lack."""
    context = {"heading": _("Using these pages your way"), "crumbs": [(_("Home"), "/")]}
    return render(request, "web/accessibility.html", context)
