"""The home page, and the page on accessibility."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(public=True, max_age=1)
def home(request: HttpRequest) -> HttpResponse:
    """Show what matters in the city now."""
    return render(request, "web/home.html", {})


@require_safe
@cache_control(public=True, max_age=60)
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how these pages can be used, what they promise and what they lack."""
    context = {"heading": _("Using these pages your way"), "crumbs": [(_("Home"), "/")]}
    return render(request, "web/accessibility.html", context)
