"""Pages of authenticator apps: add one, show a code as a second proof."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from madang.identity import app_codes, authenticators, ceremony, numbers
from madang.identity.errors import CodeOver, ProofFailed, TooManyAttempts
from madang.identity.page_parts import own_trail, refused, signed_in, too_many, trail
from madang.identity.sessions import Proof, SessionFacts
from madang.identity.tries import tries_of

SIGN_IN, ADD = "identity/app_code_sign_in.html", "identity/app_code_add.html"


@never_cache
@sensitive_post_parameters("code")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Take the code that the app shows now, from somebody signed in."""
    own = signed_in(request)
    context = {"heading": _("Enter the code from your app"), "crumbs": trail()}
    if request.method != "POST":
        return render(request, SIGN_IN, context)
    tries = tries_of(request, "totp", f"totp {own.account}", own.account)
    try:
        tries.require_patience()
        proof = app_codes.check(own.account, request.POST.get("code", ""))
    except TooManyAttempts as error:
        return too_many(request, SIGN_IN, context, error)
    except ProofFailed as error:
        if not isinstance(error, CodeOver):  # who typed it had the app, and was slow
            tries.note(is_right=False)
        text = _("This code is wrong or was used. Take the one that the app shows now.")
        return refused(request, SIGN_IN, context, text, "code")
    tries.note(is_right=True)
    account = authenticators.account(own.account)
    return ceremony.complete(request, account, [proof])


@never_cache
@sensitive_post_parameters("code")
def add(request: HttpRequest) -> HttpResponse:
    """Add an authenticator app: show its secret once, take a code to be sure it was read."""
    own = signed_in(request)
    authenticators.require_owner(own)
    context: dict[str, Any] = {"heading": _("Add an authenticator app"), "crumbs": own_trail()}
    if request.method != "POST":
        return render(request, ADD, context | _offer(own, *app_codes.begin(request, own.account)))
    token, code = request.POST.get("token", ""), request.POST.get("code", "")
    try:
        secret = app_codes.offered_secret(request, token, own.account)
    except ProofFailed:
        context |= _offer(own, *app_codes.begin(request, own.account))
        text = _("That took too long, so here is a new square code. Read it with the app again.")
        return refused(request, ADD, context, text)
    try:
        row = app_codes.enrol(request, token, code, request.POST.get("label", ""), own.account)
    except ProofFailed:
        text = _("This code is not the one the app should show. Check the clock of your phone.")
        return refused(request, ADD, context | _offer(own, token, secret), text, "code")
    messages.success(request, _("The app is added. Its codes are a second proof from now on."))
    account = authenticators.account(own.account)
    return ceremony.enrolled(request, account, Proof("otp", row.pk))


def _offer(own: SessionFacts, token: str, secret: str) -> dict[str, Any]:
    name = own.name or numbers.written(numbers.number_of(own.account))
    return {
        "token": token,
        "picture": app_codes.picture(secret, name),
        "secret": app_codes.in_groups(secret),
    }
