"""Pages of one-time codes: have one sent to sign in, type it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from madang.identity import authenticators, ceremony, codes, contacts
from madang.identity.errors import ProofFailed, TooManyAttempts
from madang.identity.page_parts import refused, too_many, trail
from madang.identity.sessions import Proof
from madang.kernel.errors import Invalid

ASK, TYPE = "identity/code_ask.html", "identity/code_type.html"
_SENT = "code_sent"


@never_cache
@sensitive_post_parameters("address")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask where to send a code, and send it; the answer is the same for every address."""
    ceremony.note_wish(request)
    context: dict[str, Any] = {
        "heading": _("Get a code to sign in"),
        "crumbs": trail(),
        "channels": contacts.channels(),
        "address": request.POST.get("address", ""),
    }
    if request.method != "POST":
        return render(request, ASK, context)
    channel = channel_of(context["address"])
    try:
        request.session[_SENT] = codes.send_to_sign_in(request, channel, context["address"])
    except TooManyAttempts as error:
        return too_many(request, ASK, context, error)
    except Invalid as error:
        return refused(request, ASK, context, error.fields["address"], "address")
    return redirect("sign-in-code-type")


@never_cache
@sensitive_post_parameters("code")
def type_code(request: HttpRequest) -> HttpResponse:
    """Take the code that was sent."""
    sent = request.session.get(_SENT)
    if not sent:
        return redirect("sign-in-code")
    context = {"heading": _("Enter the code we sent you"), "crumbs": trail()}
    if request.method != "POST":
        return render(request, TYPE, context)
    try:
        contact = codes.check(sent, request.POST.get("code", ""), codes.SIGN_IN)
    except ProofFailed:
        text = _("This code is wrong, too old or was used. After five tries you need a new one.")
        return refused(request, TYPE, context, text, "code")
    del request.session[_SENT]
    account = authenticators.account(contact.account_id)
    return ceremony.complete(request, account, [Proof(contact.channel)])


def channel_of(text: str) -> str:
    """Return which channel an address is of, by its look."""
    on = contacts.channels()
    wanted = "email" if "@" in text or "sms" not in on else "sms"
    return wanted if wanted in on else on[0]
