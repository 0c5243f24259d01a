"""The page on which the code that a device shows is typed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madang.identity import ceremony, sessions
from madang.identity.ceremony import Wish
from madang.identity.engine.levels import Level
from madang.identity.errors import TooManyAttempts
from madang.identity.page_parts import own_trail
from madang.identity.provider import device, limits
from madang.identity.provider.consent_pages import told_in_words
from madang.identity.provider_request_models import DeviceRequest
from madang.identity.sessions import SessionFacts


@never_cache
def enter(request: HttpRequest) -> HttpResponse:
    """Take the code, show what it would let in, take yes or no."""
    facts = sessions.facts(request)
    assert facts is not None  # the route lets in whoever is signed in
    if request.method != "POST":
        return _form(request, code=request.GET.get("user_code", "")[:20])
    code = request.POST.get("code", "")[:20]
    try:
        limits.check("user-code", request, who=facts.account)
    except TooManyAttempts:
        return _form(request, error=_("Too many wrong codes. Wait a minute, then try again."),
                     status=429)  # fmt: skip
    row = device.waiting_device(code)
    if row is None:
        error = _("No device waits under this code. Compare it with what the device shows.")
        return _form(request, code=code, error=error, status=422)
    unmet = _unmet(row, facts)
    if unmet is not None:
        back = f"{reverse('device')}?{urlencode({'user_code': code})}"
        return ceremony.lead_on(request, Wish(next=back, ial=unmet.ial, aal=unmet.aal))
    answer = request.POST.get("answer")
    if answer in ("yes", "no"):
        return _decided(request, row, facts, yes=answer == "yes")
    context = {
        "heading": _("Let this device in?"),
        "crumbs": own_trail(),
        "client": row.client,
        "told": told_in_words(row.scope.split(), []),
        "code": code,
    }
    return render(request, "identity/device_confirm.html", context)


def _decided(
    request: HttpRequest, row: DeviceRequest, facts: SessionFacts, *, yes: bool
) -> HttpResponse:
    if not device.decide(row, facts, yes=yes):
        return _form(request, error=_("This code was used already."), status=409)
    heading = _("The device is let in") if yes else _("The device is not let in")
    context = {"heading": heading, "crumbs": own_trail(), "yes": yes}
    return render(request, "identity/decided.html", context)


def _form(
    request: HttpRequest, *, code: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "heading": _("Type the code that the device shows"),
        "crumbs": own_trail(),
        "code": code,
        "error": error,
    }
    return render(request, "identity/device.html", context, status=status)


def _unmet(row: DeviceRequest, facts: SessionFacts) -> Level | None:
    least = Level(row.client.ial, row.client.aal)
    return None if facts.level.meets(least) else least
