"""Pages of passkeys: sign in, add one, open an account with one. The browser needs its script."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madang.identity import authenticators, ceremony, numbers, passkeys
from madang.identity.errors import ProofFailed
from madang.identity.page_parts import own_trail, refused, signed_in, trail
from madang.identity.sessions import Proof, device_of, facts


@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in by a passkey, or show it once more."""
    ceremony.note_wish(request)
    context: dict[str, Any] = {"heading": _("Sign in with your passkey"), "crumbs": trail()}
    if request.method == "POST":
        try:
            known = passkeys.sign_in(request, *_answer(request))
        except ProofFailed:
            context |= _question(*passkeys.sign_in_options(request))
            text = _("This passkey did not work here. Try again, or sign in another way.")
            return refused(request, "identity/passkey_sign_in.html", context, text)
        return ceremony.complete(request, known.account, [known.proof])
    context |= _question(*passkeys.sign_in_options(request))
    return render(request, "identity/passkey_sign_in.html", context)


@never_cache
def add(request: HttpRequest) -> HttpResponse:
    """Add a passkey to one's account."""
    own = signed_in(request)
    authenticators.require_owner(own)
    context = {"heading": _("Add a passkey"), "crumbs": own_trail()}
    if request.method == "POST":
        label = _label(request)
        try:
            row = passkeys.enrol(request, *_answer(request), label, own.account)
        except ProofFailed:
            context |= _enrolment(request, own.account, own.name)
            text = _("The passkey was not added. Your account is as it was. Try again.")
            return refused(request, "identity/passkey_add.html", context, text)
        messages.success(request, _("The passkey is added. It opens your account from now on."))
        shown = Proof(authenticators.amr_of(row), row.pk)
        return ceremony.enrolled(request, authenticators.account(own.account), shown)
    context |= _enrolment(request, own.account, own.name)
    return render(request, "identity/passkey_add.html", context)


@never_cache
def new_account(request: HttpRequest) -> HttpResponse:
    """Open an account with a passkey; no name or number is asked for."""
    if facts(request) is not None:
        return redirect("account")
    context: dict[str, Any] = {"heading": _("Open an account"), "crumbs": trail()}
    if request.method == "POST":
        try:
            known = passkeys.open_account(
                request, *_answer(request), _label(request), get_language() or ""
            )
        except ProofFailed:
            context |= _enrolment(request, passkeys.fresh_account(), "")
            text = _("No account was opened. Try again.")
            return refused(request, "identity/account_new.html", context, text)
        number = numbers.written(numbers.number_of(known.account.pk))
        response = ceremony.complete(request, known.account, [known.proof])
        messages.success(
            request,
            _("Your account is open. Its number is %(number)s: write it down, you need it if "
              "your device is lost.") % {"number": number},
        )  # fmt: skip
        return response
    context |= _enrolment(request, passkeys.fresh_account(), "")
    return render(request, "identity/account_new.html", context)


def _enrolment(request: HttpRequest, account: str, name: str) -> dict[str, Any]:
    return _question(*passkeys.enrolment_options(request, account, name or _("My account")))


def _question(token: str, options: str) -> dict[str, Any]:
    return {"token": token, "options": options}


def _answer(request: HttpRequest) -> tuple[str, str]:
    return request.POST.get("token", ""), request.POST.get("answer", "")


def _label(request: HttpRequest) -> str:
    return device_of(request.headers.get("User-Agent", ""))
