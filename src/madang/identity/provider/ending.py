"""Signing out at an application signs out here, and everywhere this session went."""

from __future__ import annotations

from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oidc.rpinitiated import EndSessionEndpoint
from authlib.oidc.rpinitiated.end_session import EndSessionRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from madang.identity import sessions
from madang.identity.provider import hints
from madang.identity.provider.answers import allow_form, leave, refused
from madang.identity.provider.server import Request, provider
from madang.identity.provider.subjects import sid_of
from madang.identity.provider_models import Grant

_FIELDS = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state")


class EndSession(EndSessionEndpoint):  # type: ignore[misc]
    """Reads and checks what an application asks for; the pages end the session."""

    def _validate_id_token_hint(self, id_token_hint: str) -> dict[str, Any]:
        return hints.claims_of(id_token_hint)

    def end_session(self, end_session_request: EndSessionRequest) -> None:
        """The pages do, as they know the browser."""


@never_cache
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out for an application: at once where it shows its ID token, else after a question."""
    try:
        asked = provider().validate_endpoint_request("end_session", Request(request))
    except OAuth2Error as error:
        return refused(request, error)
    facts, claims = sessions.facts(request), asked.id_token_claims
    if facts is None:
        if claims and asked.client:
            _end_elsewhere(asked.client.client_id, claims)
        return _gone(request, asked)
    if claims and asked.client and claims.get("sid") == sid_of(facts.id, asked.client):
        sessions.end(request)
        return _gone(request, asked)
    given = request.POST if request.method == "POST" else request.GET
    context = {
        "heading": _("Sign out everywhere?"),
        "client": asked.client,
        "fields": [(name, given[name]) for name in _FIELDS if name in given],
    }
    response = render(request, "identity/logout.html", context)
    return allow_form(response, asked.redirect_uri) if asked.redirect_uri else response


@never_cache
@require_POST
def confirm_logout(request: HttpRequest) -> HttpResponse:
    """Sign out after the reader said so, or stay."""
    if request.POST.get("answer") != "yes":
        return redirect("home")
    try:
        asked = provider().validate_endpoint_request("end_session", Request(request))
    except OAuth2Error as error:
        return refused(request, error)
    if sessions.facts(request):
        sessions.end(request)
    return _gone(request, asked)


def _gone(request: HttpRequest, asked: EndSessionRequest) -> HttpResponse:
    if asked.redirect_uri:
        return leave(asked.redirect_uri)
    return render(request, "identity/signed_out.html", {"heading": _("You are signed out")})


def _end_elsewhere(client_id: str, claims: dict[str, Any]) -> None:
    """End the session that an ID token is of, where the browser sent no cookie with the form."""
    granted = Grant.objects.filter(
        client_id=client_id, sid=claims.get("sid", ""), sub=claims.get("sub", "")
    ).first()
    if granted is not None and granted.session:
        by = f"client:{client_id}"
        sessions.end_sessions(granted.account, by=by, public_id=granted.session)
