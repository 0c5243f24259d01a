"""The page of a kiosk on which a resident agrees, by passkey, that staff help them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madang.identity import assisted, assisted_kiosk, assisted_passkey, kiosks
from madang.identity.assistance_pages import shown
from madang.identity.assisted_models import AssistedSession
from madang.identity.errors import NoMandate, ProofFailed, TooManyAttempts
from madang.identity.page_parts import refused, too_many
from madang.identity.rules import IDLE_S
from madang.identity.staff_models import Kiosk
from madang.kernel.errors import NotFound

PAGE = "identity/kiosk_agree.html"
_SESSION = "kiosk_agree"
_DONE_S = 15


@never_cache
def agree(request: HttpRequest) -> HttpResponse:
    """Ask for the code, say what is asked, take the passkey's yes or a no."""
    kiosk = kiosks.device(request)
    if kiosk is None:
        raise NotFound(_("This page is for kiosks of the city."))
    row = assisted_kiosk.waiting(request.session.get(_SESSION, ""))
    if row is None:
        return _forgotten(_by_code(request, kiosk))
    return _forgotten(_answered(request, kiosk, row))


def _by_code(request: HttpRequest, kiosk: Kiosk) -> HttpResponse:
    context: dict[str, Any] = {"heading": _("Agree that staff help you"), "crumbs": _trail()}
    if request.method != "POST":
        return render(request, PAGE, context)
    try:
        row = assisted_kiosk.waiting_with(request, kiosk, request.POST.get("code", ""))
    except NoMandate as error:
        return refused(request, PAGE, context, error.message, "code")
    except TooManyAttempts as error:
        return too_many(request, PAGE, context, error)
    request.session[_SESSION] = row.pk
    return redirect("kiosk-agree")


def _answered(request: HttpRequest, kiosk: Kiosk, row: AssistedSession) -> HttpResponse:
    by = f"kiosk:{kiosk.pk}"
    context: dict[str, Any] = {
        "heading": _("Do you agree that staff help you?"),
        "crumbs": _trail(),
        "row": shown(row),
    }
    if request.method == "POST":
        if "answer" not in request.POST:
            assisted.close(row.pk, by, "refused")
            return _over(request, _("You did not agree. Nobody acts for you."))
        try:
            token, answer = request.POST.get("token", ""), request.POST["answer"]
            assisted_passkey.agree(request, row, token, answer, by=by)
        except ProofFailed as error:
            return refused(request, PAGE, context | _question(request, row), error.message)
        return _over(request, _("You agreed. The member of staff goes on now."))
    return render(request, PAGE, context | _question(request, row))


def _question(request: HttpRequest, row: AssistedSession) -> dict[str, Any]:
    token, options = assisted_passkey.options(request, row)
    return {"token": token, "options": options}


def _over(request: HttpRequest, heading: str) -> HttpResponse:
    request.session.pop(_SESSION, None)
    response = render(request, PAGE, {"heading": heading, "is_over": True})
    response["Refresh"] = f"{_DONE_S}; url={reverse('kiosk-over')}"
    return response


def _forgotten(response: HttpResponse) -> HttpResponse:
    """Let the page go by itself: nobody stands before a kiosk for long."""
    if "Refresh" not in response:
        response["Refresh"] = f"{IDLE_S['kiosk']}; url={reverse('kiosk-over')}"
    return response


def _trail() -> list[tuple[str, str]]:
    return [(_("Home"), reverse("kiosk"))]
