"""The pages of one's own account: what opens it, where one is signed in, addresses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from madang.identity import (
    authenticators,
    ceremony,
    certificates,
    contacts,
    guardians,
    numbers,
    paper,
    recovery,
    sessions,
)
from madang.identity.account_models import Account, Authenticator
from madang.identity.errors import LastAuthenticator, UnknownAuthenticator
from madang.identity.page_parts import own_trail, signed_in
from madang.kernel import audit

LAST_SIGN_INS = 10


@dataclass(frozen=True)
class Key:
    """One way to sign in, as its owner sees it."""

    id: str
    kind: str
    label: str
    note: str
    created: datetime
    last_used: datetime | None


@dataclass(frozen=True)
class SignIn:
    """One sign-in of the past."""

    at: datetime
    how: str
    device: str


@never_cache
def account(request: HttpRequest) -> HttpResponse:
    """Show what opens the account, where it is open, and what happened to it."""
    own = signed_in(request)
    ceremony.forget_enrolment(request)
    row = authenticators.account(own.account)
    is_resident = row.kind == Account.Kind.RESIDENT
    context = {
        "heading": _("Your account"),
        "crumbs": [(_("Home"), "/")],
        "number": numbers.written(numbers.number_of(own.account)) if is_resident else "",
        "login": "" if is_resident else own.name,
        "keys": [shown(one) for one in authenticators.authenticators_of(own.account)],
        "has_password": "password" in authenticators.kinds_of(own.account),
        "contacts": contacts.contacts_of(own.account),
        "channels": contacts.channels(),
        "takes_certificates": certificates.is_on(),
        "sessions": sessions.sessions_of(own.account),
        "here": own.id,
        "sign_ins": sign_ins_of(own.account),
        "recovery": recovery.open_recovery(own.account),
        "has_children": bool(guardians.wards_of(own.person)),
    }
    return render(request, "identity/account.html", context)


@never_cache
def key(request: HttpRequest, key: str) -> HttpResponse:
    """Name a way to sign in, or remove it."""
    own = signed_in(request)
    rows = authenticators.authenticators_of(own.account)
    found = next((row for row in rows if row.pk == key), None)
    if found is None:
        raise UnknownAuthenticator(_("This way to sign in was removed already."))
    if request.method == "POST" and "label" in request.POST:
        authenticators.rename(own.account, key, request.POST["label"])
        messages.success(request, _("The name is changed."))
        return redirect("account")
    one = shown(found)
    context = {"heading": one.label or one.kind, "crumbs": own_trail(), "key": one,
               "is_last": _is_last(own.account, rows)}  # fmt: skip
    return render(request, "identity/account_key.html", context)


@never_cache
@require_POST
def remove_key(request: HttpRequest, key: str) -> HttpResponse:
    """Remove a way to sign in; never the last."""
    own = signed_in(request)
    authenticators.require_owner(own)
    try:
        authenticators.remove(own.account, key)
    except LastAuthenticator:
        return redirect("account-key", key=key)
    messages.success(request, _("Removed. It does not open your account any more."))
    return redirect("account")


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End one other session, or all others."""
    own = signed_in(request)
    by, one = f"account:{own.account}", request.POST.get("session", "")
    ended = sessions.end_sessions(own.account, by=by, public_id=one, but=own.id)
    if ended:
        messages.success(request, _("Signed out there."))
    return redirect("account" if one != own.id else "home")


@require_POST
def stop_recovery(request: HttpRequest) -> HttpResponse:
    """Stop somebody who asked to get the account back."""
    recovery.stop(signed_in(request).account)
    messages.success(request, _("Stopped. Nothing of your account has changed."))
    return redirect("account")


def shown(row: Authenticator) -> Key:
    """Return an authenticator as its owner sees it."""
    kinds = {
        "passkey": _("Passkey"),
        "totp": _("Authenticator app"),
        "paper": _("Paper codes"),
        "certificate": _("Certificate"),
        "app": _("Approval by app"),
    }
    note = ""
    if row.method == "paper":
        note = _("%(n)s codes left") % {"n": paper.left(row.account_id)}
    if row.method == "passkey" and row.public.get("is_synced"):
        note = _("kept by your device's maker, too")
    return Key(row.pk, kinds.get(row.method, row.method), row.label, note,
               row.created, row.last_used)  # fmt: skip


def sign_ins_of(account: str) -> list[SignIn]:
    """Return the last sign-ins of an account, newest first."""
    words = {
        "pwd": _("password"), "passkey": _("passkey"), "pop": _("passkey"), "otp": _("app code"),
        "email": _("code by e-mail"), "sms": _("code by text message"), "paper": _("paper code"),
        "cert": _("certificate"), "hwk": _("certificate"), "approval": _("approval on the phone"),
    }  # fmt: skip
    found = []
    for entry in audit.newest_about(f"account:{account}", "identity.sign_in", LAST_SIGN_INS):
        detail = json.loads(entry.detail)
        how = ", ".join(words.get(amr, amr) for amr in detail.get("amr", ()))
        found.append(SignIn(entry.at, how, detail.get("device", "")))
    return found


def _is_last(account: str, rows: list[Authenticator]) -> bool:
    return len(rows) == 1 and "password" not in authenticators.kinds_of(account)
