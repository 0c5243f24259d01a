"""The officer's brake: stop automatic decisions of a service at once, and let them go on."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from madang.identity.api import current_actor
from madang.kernel.errors import Conflict, Invalid
from madang.services import automation
from madang.services.catalogue import catalogue
from madang.services.spoken import entry_text


@require_http_methods(["GET", "HEAD", "POST"])
def brake(request: HttpRequest, service: str) -> HttpResponse:
    """Show whether machines decide cases of a service, and take the officer's word."""
    entry = catalogue().entry(service)
    title = entry_text(entry.titles, entry, get_language() or "")
    is_on = automation.automation_is_on(service)
    error = ""
    if request.method == "POST":
        error = _taken(request, service, request.POST.get("wish") == "off")
        if not error:
            return redirect("service-automation", service=service)
    context = {
        "heading": _heading(title, is_on=is_on, automatic=entry.automatic),
        "crumbs": [
            (_("Home"), "/"),
            (_("Services"), reverse("services")),
            (title, reverse("service", args=[service])),
        ],
        "is_on": is_on,
        "automatic": entry.automatic,
        "stops": automation.stops_of(service),
        "error": error,
        "reason": request.POST.get("reason", ""),
        "longest": automation.LONGEST_REASON,
    }
    return render(request, "services/automation.html", context, status=422 if error else 200)


def _taken(request: HttpRequest, service: str, stop: bool) -> str:
    """Do what the officer says; return what is wrong with it, empty for nothing."""
    act = automation.stop_automation if stop else automation.resume_automation
    try:
        act(service, current_actor(request), request.POST.get("reason", ""))
    except Invalid:
        return _("Say why. The reason is kept.")
    except Conflict:
        return _("Somebody was faster: look at the state below.")
    told = (
        _("From now on people decide every case.") if stop else _("The machine may decide again.")
    )
    messages.success(request, told)
    return ""


def _heading(title: str, *, is_on: bool, automatic: bool) -> str:
    if not is_on:
        return _("People decide every case: %(title)s") % {"title": title}
    if automatic:
        return _("A machine may grant: %(title)s") % {"title": title}
    return _("People decide by the rules of this service: %(title)s") % {"title": title}
