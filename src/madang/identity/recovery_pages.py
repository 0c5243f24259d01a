"""Pages by which somebody gets an account back; the same for every number, known or not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from madang.identity import (
    app_codes,
    ceremony,
    codes,
    contacts,
    methods,
    numbers,
    paper,
    recovery,
)
from madang.identity.account_models import Account
from madang.identity.ceremony import Wish
from madang.identity.engine.levels import aal_of
from madang.identity.errors import ProofFailed, TooManyAttempts
from madang.identity.page_parts import refused, too_many, trail
from madang.identity.sessions import Proof
from madang.identity.tries import tries_of
from madang.kernel import times

BEGIN, SHOW = "identity/recover.html", "identity/recover_show.html"
_KEPT = "recover"
SHOWN_FOR = timedelta(minutes=15)  # from the first thing shown to the last


@never_cache
def begin(request: HttpRequest) -> HttpResponse:
    """Say which ways there are, and ask for the account's number."""
    ways = [method for method in methods.offered((), 1) if aal_of([method.amr]) >= 2]
    context: dict[str, Any] = {
        "heading": _("Get your account back"),
        "crumbs": trail(),
        "methods": ways,
        "number": request.POST.get("number", ""),
    }
    if request.method != "POST":
        return render(request, BEGIN, context)
    number = numbers.normal_number(context["number"])
    if not number:
        text = _("An account number has ten digits, like 799-273-9875. Check for a slip.")
        return refused(request, BEGIN, context, text, "number")
    request.session[_KEPT] = {"number": number, "proofs": [], "code": ""}
    return redirect("recover-show")


@never_cache
@sensitive_post_parameters("code")
def show(request: HttpRequest) -> HttpResponse:
    """Take two things of the account, one after the other."""
    kept = request.session.get(_KEPT)
    if not kept:
        return redirect("recover")
    if request.method != "POST":
        return render(request, SHOW, _context(kept))
    account = numbers.account_with_number(kept["number"])
    known = account.pk if account else ""
    tries = tries_of(request, "recover", f"recover {kept['number']}", known)
    what = request.POST.get("what", "")
    try:
        if what in contacts.channels():
            return _send(request, kept, account, what)
        tries.require_patience()
        proof = _checked(kept, account, what, request.POST.get("code", ""))
    except TooManyAttempts as error:
        return too_many(request, SHOW, _context(kept), error)
    except ProofFailed:
        tries.note(is_right=False)
        text = _("This is not right, or was used. Nothing has changed.")
        return refused(request, SHOW, _context(kept), text, what)
    tries.note(is_right=True)
    assert account is not None
    row = {"amr": proof.amr, "authenticator": proof.authenticator, "at": times.now().isoformat()}
    others = [one for one in _fresh(kept) if one["amr"] != proof.amr]
    kept = kept | {"proofs": [*others, row]}
    request.session[_KEPT] = kept
    return _go_on(request, kept, account)


def _checked(kept: dict[str, Any], account: Account | None, what: str, code: str) -> Proof:
    if what == "paper":
        return paper.check(account, code)
    if what == "otp":
        return app_codes.check(account.pk if account else "", code)
    contact = codes.check(kept["code"], code, codes.RECOVER)
    if account is None or contact.account_id != account.pk:
        raise ProofFailed("the code is another account's")
    return Proof(contact.channel)


def _send(
    request: HttpRequest, kept: dict[str, Any], account: Account | None, channel: str
) -> HttpResponse:
    rows = contacts.confirmed_of(account.pk if account else "")
    contact = next((row for row in rows if row.channel == channel), None)
    code = codes.send_to_recover(request, kept["number"], contact)
    request.session[_KEPT] = kept | {"code": code}
    text = _("If the account has such an address, a code is on its way.")
    return render(request, SHOW, _context(request.session[_KEPT]) | {"done": text})


def _go_on(request: HttpRequest, kept: dict[str, Any], account: Account) -> HttpResponse:
    proofs = [
        Proof(one["amr"], one["authenticator"], datetime.fromisoformat(one["at"]))
        for one in _fresh(kept)
    ]
    if not recovery.is_enough(frozenset(proof.amr for proof in proofs)):
        return render(request, SHOW, _context(kept) | {"done": _("Right. Now a second thing.")})
    row = recovery.ask(account, proofs)
    del request.session[_KEPT]
    if recovery.finish(row, proofs):
        ceremony.state_wish(request, Wish(next=reverse("account")))
        messages.success(
            request,
            _("The account is yours again. All older ways to sign in have ended: add a passkey."),
        )
        return ceremony.complete(request, account, proofs)
    context = {"heading": _("Come back tomorrow to finish"), "crumbs": trail(), "recovery": row}
    return render(request, "identity/recover_asked.html", context)


def _fresh(kept: dict[str, Any]) -> list[dict[str, str]]:
    since = times.now() - SHOWN_FOR
    return [one for one in kept["proofs"] if datetime.fromisoformat(one["at"]) > since]


def _context(kept: dict[str, Any]) -> dict[str, Any]:
    shown = {one["amr"] for one in _fresh(kept)}
    return {
        "heading": _("Show two things of your account"),
        "crumbs": trail((_("Get your account back"), reverse("recover"))),
        "shown": shown,
        "sent_shown": bool(shown & recovery.SENT),
        "channels": contacts.channels(),
        "is_sent": bool(kept["code"]),
    }
