"""Sign in by a certificate, add one to an account. The key stays in the reader's hands."""

from __future__ import annotations

import base64
import binascii
import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from madang.identity import attempts, authenticators, ceremony, certificates, sessions
from madang.identity.certificates import ENROL, SIGN_IN, CertificateRefused, Found
from madang.identity.engine.certificate_rules import LARGEST_SIGNATURE_B, Reason
from madang.identity.errors import AlreadyLinked, NeedsGuardian, TooManyAttempts
from madang.identity.page_parts import own_trail, signed_in, trail
from madang.identity.sessions import Proof
from madang.kernel.errors import NotFound

_OTHER = gettext_lazy("The signature could not be taken. Nothing has changed. Try again.")
_WHY = {
    Reason.MALFORMED: gettext_lazy("This is no signature of the text below. Sign it again."),
    Reason.CHALLENGE_OVER: gettext_lazy(
        "The text was signed too late, or twice. Here is a new one."
    ),
    Reason.OTHER_CONTENT: gettext_lazy("Another text was signed. Sign the one below, unchanged."),
    Reason.NO_SIGNING_CERTIFICATE: gettext_lazy("The signature does not name its certificate."),
    Reason.WEAK: gettext_lazy(
        "The certificate or the signature uses a method that is no longer safe."
    ),
    Reason.UNKNOWN_AUTHORITY: gettext_lazy(
        "The certificate is from an authority that we do not take."
    ),
    Reason.NOT_YET_VALID: gettext_lazy("The certificate is not valid yet."),
    Reason.EXPIRED: gettext_lazy("The certificate has expired. Renew it where you got it."),
    Reason.WRONG_USE: gettext_lazy(
        "The certificate is not made for signing, but for something else."
    ),
    Reason.WRONG_POLICY: gettext_lazy("This kind of certificate does not open an account here."),
    Reason.REVOKED: gettext_lazy(
        "The certificate has been revoked. Get a new one where you got it."
    ),
    Reason.SUSPENDED: gettext_lazy("The certificate is suspended. Ask where you got it."),
    Reason.REVOCATION_UNKNOWN: gettext_lazy(
        "Just now nobody can say whether the certificate is still good. Your certificate is not at "
        "fault. Try again later, or sign in another way."
    ),
}
Context = dict[str, object]
_PEM = re.compile(rb"-----BEGIN (?:CMS|PKCS7)-----(.+?)-----END", re.DOTALL)


@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Offer the challenge; take its signature."""
    _only_where_on()
    ceremony.note_wish(request)
    context: Context = {
        "heading": _("Sign in with a certificate"),
        "crumbs": trail(),
        "action": "sign-in-certificate",
    }
    if request.method != "POST":
        return _page(request, SIGN_IN, context)
    try:
        attempts.check_address(request)
        found = certificates.take(request.session, _signature(request), SIGN_IN)
    except TooManyAttempts:
        context["error"] = _("Too many attempts failed from your address. Wait a few minutes.")
        return _page(request, SIGN_IN, context, status=429)
    except CertificateRefused as refused:
        attempts.note_failure(request, certificates.METHOD, str(refused.reason))
        context["error"] = _WHY.get(refused.reason, _OTHER)
        return _page(request, SIGN_IN, context, status=422)
    return _signed_in(request, found, context)


@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """Ask the holder of a certificate that opens no account yet what to do."""
    found = certificates.kept_found(request.session)
    if found is None or sessions.facts(request):
        return redirect("sign-in-certificate")
    context = {"heading": _("Your certificate is new here"), "name": found.name}
    if request.method == "POST":
        try:
            account = certificates.open_account(found, get_language() or "")
        except AlreadyLinked:
            context["error"] = _("The account of this person is closed. Ask us at a counter.")
            return render(request, "identity/certificate_new.html", context, status=409)
        except NeedsGuardian as error:
            context["error"] = error.message
            return render(request, "identity/certificate_new.html", context, status=403)
        certificates.drop_found(request.session)
        return ceremony.complete(request, account, [_proof(found)])
    return render(request, "identity/certificate_new.html", context)


@never_cache
def add(request: HttpRequest) -> HttpResponse:
    """Add a certificate to the account that is signed in."""
    _only_where_on()
    own = signed_in(request)
    authenticators.require_owner(own)
    context: Context = {
        "heading": _("Add a certificate"),
        "crumbs": own_trail(),
        "action": "certificate-add",
    }
    if request.method != "POST":
        return _page(request, ENROL, context)
    try:
        found = certificates.take(request.session, _signature(request), ENROL)
        certificates.add(account := authenticators.account(own.account), found)
    except CertificateRefused as refused:
        context["error"] = _WHY.get(refused.reason, _OTHER)
        return _page(request, ENROL, context, status=422)
    except AlreadyLinked:
        context["error"] = _(
            "This certificate belongs to another account or names another person than yours."
        )
        return _page(request, ENROL, context, status=409)
    certificates.drop_found(request.session)
    messages.success(request, _("From now on this certificate opens your account."))
    return ceremony.enrolled(request, account, _proof(found))


@never_cache
def challenge(request: HttpRequest, about: str) -> HttpResponse:
    """Return the text to sign, as a file."""
    _only_where_on()
    if about not in (SIGN_IN, ENROL):
        raise NotFound(f"there is no text to sign for {about!r}")
    content = certificates.challenge_for(request.session, about).content
    response = HttpResponse(content, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="challenge.txt"'
    return response


def _signed_in(request: HttpRequest, found: Found, context: Context) -> HttpResponse:
    account, facts = certificates.account_of(found), sessions.facts(request)
    if facts is not None and (account is None or account.pk != facts.account):
        context["error"] = _("This certificate does not open the account you are signed in to.")
        return _page(request, SIGN_IN, context, status=422)
    if account is not None:
        return ceremony.complete(request, account, [_proof(found)])
    if found.is_staff:
        context["error"] = _(
            "This certificate opens no account yet. Sign in another way and add it."
        )
        return _page(request, SIGN_IN, context, status=422)
    certificates.keep_found(request.session, found)
    return redirect("certificate-new")


def _page(request: HttpRequest, about: str, context: Context, status: int = 200) -> HttpResponse:
    text = certificates.challenge_for(request.session, about).content
    context |= {
        "about": about,
        "text": text.decode(),
        "exact": base64.b64encode(text).decode(),
        "wish": ceremony.wish_of(request),
    }
    return render(request, "identity/certificate.html", context, status=status)


def _signature(request: HttpRequest) -> bytes:
    """Return the signature that was sent: typed in by a script, or as a file, DER or PEM."""
    file = request.FILES.get("file")
    if file is not None:
        content = file.read(2 * LARGEST_SIGNATURE_B)
        armoured = _PEM.search(content)
        return _decoded(armoured[1]) if armoured else content
    return _decoded(request.POST.get("signature", "")[: 2 * LARGEST_SIGNATURE_B].encode())


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _proof(found: Found) -> Proof:
    return Proof(found.amr, authenticator=certificates.authenticator_id(found))


def _only_where_on() -> None:
    if not certificates.is_on():
        raise NotFound("this installation takes no certificates")
