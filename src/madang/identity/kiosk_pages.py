"""Pages of kiosks: enter and close them, the page they start with, the end of a visit."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madang.city.api import profile
from madang.identity import kiosks, sessions
from madang.identity.api import current_actor
from madang.identity.errors import LinkSpent
from madang.identity.staff_models import Kiosk
from madang.kernel.errors import Invalid


@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """Show the kiosks; enter one, or let one go."""
    actor, errors, link, status = current_actor(request), {}, "", 200
    if request.method == "POST":
        if request.POST.get("close"):
            kiosks.close_kiosk(actor, request.POST["close"])
            return redirect("kiosks")
        try:
            path = kiosks.add_kiosk(
                actor, request.POST.get("name", ""), request.POST.get("district", "")
            )
            link = f"{request.scheme}://{request.get_host()}{path}"
        except Invalid as error:
            errors, status = error.fields, 422
    rows = list(Kiosk.objects.filter(closed__isnull=True).order_by("name"))
    language = get_language() or ""
    context = {
        "heading": _("Kiosks"),
        "crumbs": [(_("Home"), "/"), (_("Staff"), "/staff/")],
        "rows": rows,
        "link": link,
        "errors": errors,
        "error_list": list(errors.items()),
        "districts": [("", _("Whole city")),
                      *((unit.code, unit.name(language)) for unit in profile().districts())],
    }  # fmt: skip
    return render(request, "identity/kiosks.html", context, status=status)


@never_cache
def bind(request: HttpRequest, token: str) -> HttpResponse:
    """Make this browser the kiosk of the link."""
    context = {"heading": _("Make this device a kiosk?")}
    if request.method != "POST":
        return render(request, "identity/kiosk_bind.html", context)
    response = redirect("kiosk")
    try:
        kiosks.bind(token, response)
    except LinkSpent:
        context = {"heading": _("This link does not work any more")}
        return render(request, "identity/link_spent.html", context, status=410)
    return response


@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """Show the page with which a visit at a kiosk begins."""
    kiosk = kiosks.device(request)
    context = {"heading": _("What can we do for you?"), "kiosk": kiosk}
    return render(request, "identity/kiosk.html", context)


@never_cache
def over(request: HttpRequest) -> HttpResponse:
    """End the visit: session, cookies, cache and storage of the browser go."""
    facts = sessions.facts(request)
    if kiosks.device(request) is None:
        return redirect("home")
    if facts is not None and facts.kiosk:
        sessions.end(request)
    return kiosks.wiped(request, redirect("kiosk"))
