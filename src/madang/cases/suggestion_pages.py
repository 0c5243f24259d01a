"""The page on which a resident says from what services may be suggested."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madang.cases.suggesting import Choice, choice_of, choose
from madang.identity.api import current_actor
from madang.kernel.errors import Forbidden, Invalid
from madang.services import api as services


@never_cache
def choices(request: HttpRequest) -> HttpResponse:
    """Ask what may be used for suggestions; keep what is said, or take it back."""
    actor = current_actor(request)
    now = choice_of(actor.person)
    context: dict[str, Any] = {
        "heading": _("What may we suggest services from?"),
        "crumbs": [(_("Home"), "/")],
        "is_known": bool(actor.person),
    }
    if request.method == "POST":
        given = request.POST
        events = tuple(dict.fromkeys(given.getlist("events")))
        now = Choice(bool(given.get("from_cases")), events)
        try:
            choose(actor, now)
        except (Forbidden, Invalid) as error:
            context["failed"] = [error.message]
            return _asked(request, context, now, status=error.http_status)
        messages.success(request, _("Your choice is kept."))
        return redirect("my")
    return _asked(request, context, now)


def _asked(
    request: HttpRequest, context: dict[str, Any], now: Choice, *, status: int = 200
) -> HttpResponse:
    names = services.event_names(get_language() or "")
    context |= {
        "from_cases": now.from_cases,
        "events": [(event, name, event in now.events) for event, name in names.items()],
    }
    return render(request, "cases/suggestions.html", context, status=status)
