"""The page of staff that waits for a resident's yes, and goes on once it is there."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madang.identity import assisted, assisted_kiosk, assisted_passkey, maybe_known
from madang.identity.api import current_actor
from madang.identity.assistance_pages import shown
from madang.identity.assisted_models import AssistedSession
from madang.identity.assisted_rules import APPROVED, PASSKEY
from madang.identity.errors import NoMandate, ProofFailed
from madang.identity.page_parts import refused
from madang.identity.scopes import NAMES, address_of

PAGE = "identity/assist_wait.html"
LOOKS_EVERY_S = 5


@never_cache
def wait(request: HttpRequest, session_id: str) -> HttpResponse:
    """Wait for the resident's yes; begin once it is there."""
    actor = current_actor(request)
    row = assisted.of_staff(actor, session_id)
    if request.method == "POST":
        if request.POST.get("end"):
            assisted.end(row.pk, actor.id)
            return redirect("assist")
        if "answer" in request.POST:
            return _agreed_here(request, row, actor.id)
        assisted.begin(request, actor, session_id)
        own = "names" if row.service == NAMES else "looks"
        return redirect(address_of(row.service) or own)
    response = render(request, PAGE, _context(request, row))
    if assisted.state_of(row) == "asked" and not _is_ceremony_here(request, row):
        response["Refresh"] = str(LOOKS_EVERY_S)  # works without JavaScript
    return response


def _agreed_here(request: HttpRequest, row: AssistedSession, by: str) -> HttpResponse:
    try:
        token, answer = request.POST.get("token", ""), request.POST["answer"]
        assisted_passkey.agree(request, row, token, answer, by=by)
    except ProofFailed as error:
        return refused(request, PAGE, _context(request, row), error.message)
    except NoMandate:
        pass  # answered at a kiosk, or over meanwhile: the page says which
    return redirect("assist-wait", row.pk)


def _context(request: HttpRequest, row: AssistedSession) -> dict[str, Any]:
    state = assisted.state_of(row)
    context: dict[str, Any] = {
        "heading": _heading(request, row, state),
        "crumbs": [(_("Home"), "/"), (_("Help a resident"), "/counter/assist/")],
        "state": state,
        "way": row.consent,
        "goes_on": state == "running" and row.consent in (APPROVED, PASSKEY),
        "row": shown(row),
        "maybe_known": maybe_known.is_waiting_for(row.person_id),
    }
    if state == "asked" and _is_ceremony_here(request, row):
        token, options = assisted_passkey.options(request, row)
        context |= {"token": token, "options": options}
    return context


def _heading(request: HttpRequest, row: AssistedSession, state: str) -> str:
    if state == "asked" and row.consent == PASSKEY:
        if _is_ceremony_here(request, row):
            return _("The resident agrees with their passkey")
        return _("Read this code to the resident: %(code)s") % {"code": assisted_kiosk.code_of(row)}
    if state == "ended" and row.ended_why == "refused":
        return _("The resident did not agree")
    return {
        "asked": _("Read this number to the resident: %(number)s") % {"number": row.number},
        "running": _("The resident agreed"),
        "over": _("The time is over"),
        "ended": _("This session is over"),
    }[state]


def _is_ceremony_here(request: HttpRequest, row: AssistedSession) -> bool:
    return row.consent == PASSKEY and request.GET.get("at") != "kiosk"
