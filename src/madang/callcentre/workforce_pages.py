"""The supervisor's page: operators needed through a day, and shifts with free and fixed starts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from madang.callcentre.errors import Unstaffable
from madang.callcentre.workforce_asked import SPANS, Asked


@require_safe
@never_cache
def staffing(request: HttpRequest) -> HttpResponse:
    """Show what a made day of calls needs; the form's fields are the address's."""
    asked, errors = _read(request.GET)
    context: dict[str, Any] = {
        "crumbs": [(_("Home"), "/"), (_("Operations"), "/operations/")],
        "heading": _("Some values cannot be used"),
        "fields": _fields(request.GET, asked, errors),
    }
    if not errors:
        from madang.callcentre.workforce_day import planned

        try:
            context |= planned(asked)
        except Unstaffable as error:
            context["refused"] = error.message
    return render(request, "callcentre/staffing.html", context)


def _read(given: Mapping[str, str]) -> tuple[Asked, dict[str, str]]:
    asked, errors = Asked(), {}
    for name, (low, high) in SPANS.items():
        text = given.get(name, "").strip()
        if not text:
            continue
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if low <= value <= high:
            asked = replace(asked, **{name: value})
        else:
            errors[name] = _("Give a number from %(low)s to %(high)s.") % {
                "low": f"{low:g}", "high": f"{high:,.0f}",
            }  # fmt: skip
    return asked, errors


def _fields(
    given: Mapping[str, str], asked: Asked, errors: Mapping[str, str]
) -> list[dict[str, str]]:
    labels = {
        "calls": _("Calls of the day"),
        "aht": _("Mean handling time, in seconds"),
        "percent": _("Calls answered in time, in percent"),
        "within": _("In time means within, in seconds"),
        "shrinkage": _("Paid time off the phones, in percent"),
    }
    return [
        {
            "name": name,
            "label": label,
            "value": given.get(name) or f"{getattr(asked, name):g}",
            "error": errors.get(name, ""),
        }
        for name, label in labels.items()
    ]
