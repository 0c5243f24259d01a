"""Pages of the addresses of an account: add one, confirm it by a code, remove it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from madang.identity import authenticators, codes, contacts
from madang.identity.code_pages import channel_of
from madang.identity.errors import ProofFailed, TooManyAttempts
from madang.identity.page_parts import own_trail, refused, signed_in, too_many
from madang.kernel.errors import Invalid

ADD, CONFIRM = "identity/contact_add.html", "identity/contact_confirm.html"
_SENT = "contact_code"


@never_cache
@sensitive_post_parameters("address")
def add(request: HttpRequest) -> HttpResponse:
    """Keep an address and send it the code that confirms it."""
    own = signed_in(request)
    authenticators.require_owner(own)
    address = request.POST.get("address", "")
    context: dict[str, Any] = {
        "heading": _("Where should we tell you?"),
        "crumbs": own_trail(),
        "address": address,
        "channels": contacts.channels(),
    }
    if request.method != "POST":
        return render(request, ADD, context)
    try:
        contact = contacts.add(own.account, channel_of(address), address)
        request.session[_SENT] = codes.send_to_confirm(request, contact)
    except TooManyAttempts as error:
        return too_many(request, ADD, context, error)
    except Invalid as error:
        return refused(request, ADD, context, error.fields["address"], "address")
    return redirect("account-contact-confirm")


@never_cache
@sensitive_post_parameters("code")
def confirm(request: HttpRequest) -> HttpResponse:
    """Take the code that was sent to the new address."""
    own, sent = signed_in(request), request.session.get(_SENT)
    if not sent:
        return redirect("account-contact-add")
    context = {"heading": _("Enter the code we sent you"), "crumbs": own_trail()}
    if request.method != "POST":
        return render(request, CONFIRM, context)
    try:
        contact = codes.check(sent, request.POST.get("code", ""), codes.CONFIRM)
    except ProofFailed:
        text = _("This code is wrong, too old or was used. After five tries you need a new one.")
        return refused(request, CONFIRM, context, text, "code")
    if contact.account_id == own.account:
        contacts.confirm(contact)
        messages.success(request, _("Confirmed. We tell you there what happens to your account."))
    del request.session[_SENT]
    return redirect("account")


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Forget an address."""
    own = signed_in(request)
    authenticators.require_owner(own)
    contacts.remove(own.account, request.POST.get("contact", ""))
    messages.success(request, _("The address is forgotten."))
    return redirect("account")
