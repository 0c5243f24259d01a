"""The endpoints that applications call themselves: JSON in errors and answers, no cookies."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.errors import MissingAuthorizationError
from authlib.oauth2.rfc6750 import InvalidTokenError
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from madang.identity.errors import TooManyAttempts
from madang.identity.provider import limits, requests
from madang.identity.provider.addresses import REQUEST_URN
from madang.identity.provider.backchannel import ask_for_approval
from madang.identity.provider.claims import userinfo as told_by_userinfo
from madang.identity.provider.code_grant import AUTH_METHODS
from madang.identity.provider.discovery import metadata
from madang.identity.provider.keys import shown_keys
from madang.identity.provider.lifetimes import PUSHED
from madang.identity.provider.server import Request, provider
from madang.identity.provider.tokens import protector
from madang.kernel import times

View = Callable[[HttpRequest], HttpResponse]
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "3600",
}


def endpoint(*methods: str, limit: str = "token") -> Callable[[View], View]:
    """Make a view an endpoint: its methods, its limit, errors as RFC 6749 writes them.

    No cookie is read, so that pages of any site may call it.
    """

    def decorated(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest) -> HttpResponse:
            if request.method == "OPTIONS":
                response = HttpResponse(status=204, headers=_PREFLIGHT)
            elif request.method not in methods:
                response = HttpResponse(status=405, headers={"Allow": ", ".join(methods)})
            else:
                response = _answer(view, request, limit)
            response["Access-Control-Allow-Origin"] = "*"
            return response

        return answered

    return decorated


def _answer(view: View, request: HttpRequest, limit: str) -> HttpResponse:
    try:
        limits.check(limit, request)
        return view(request)
    except OAuth2Error as error:
        status, body, headers = error()
        return provider().handle_response(status, body, headers)
    except TooManyAttempts as error:
        body = {"error": "temporarily_unavailable", "error_description": error.message}
        wait = str(max(1, round(error.retry_after_s)))
        return provider().handle_response(429, body, [("Content-Type", "application/json"),
                                                      ("Retry-After", wait)])  # fmt: skip


def in_body(request: HttpRequest) -> None:
    """Raise `InvalidRequestError` unless all parameters come once, and in the body."""
    if request.GET:
        raise InvalidRequestError("parameters belong in the body")
    requests.single(request.POST)


@endpoint("GET", limit="userinfo")
def configuration(_request: HttpRequest) -> HttpResponse:
    """Answer what the provider can do."""
    return _public(metadata())


@endpoint("GET", limit="userinfo")
def jwks(_request: HttpRequest) -> HttpResponse:
    """Answer our public keys."""
    return _public(shown_keys())


@endpoint("POST")
def token(request: HttpRequest) -> HttpResponse:
    """Answer tokens for a code, a refresh token, a device, an approval, another token."""
    in_body(request)
    with transaction.atomic():
        return provider().create_token_response(request)


@endpoint("POST")
def revoke(request: HttpRequest) -> HttpResponse:
    """End a token."""
    in_body(request)
    with transaction.atomic():
        return provider().create_endpoint_response("revocation", request)


@endpoint("POST", limit="userinfo")
def introspect(request: HttpRequest) -> HttpResponse:
    """Say what a token is worth."""
    in_body(request)
    return provider().create_endpoint_response("introspection", request)


@endpoint("POST", limit="authorize")
def push(request: HttpRequest) -> HttpResponse:
    """Take an authorization request ahead of the browser (RFC 9126)."""
    in_body(request)
    client = provider().authenticate_client(Request(request), AUTH_METHODS)
    parameters = requests.single(request.POST)
    if "request_uri" in parameters:
        raise InvalidRequestError("request_uri cannot be pushed")
    if parameters.get("client_id", client.client_id) != client.client_id:
        raise InvalidRequestError("client_id is another client's")
    parameters = requests.opened(parameters, client) | {"client_id": client.client_id}
    try:
        requests.checked(request, parameters, times.now())
    except OAuth2Error as error:
        error.redirect_uri = None
        raise
    handle = requests.keep(parameters, client, lasts=PUSHED, is_pushed=True)
    body = {"request_uri": REQUEST_URN + handle, "expires_in": int(PUSHED.total_seconds())}
    return _private(body, 201)


@endpoint("GET", "POST", limit="userinfo")
def userinfo(request: HttpRequest) -> HttpResponse:
    """Tell what the token's scopes allow."""
    asked = Request(request)
    if "Authorization" not in request.headers and request.POST.get("access_token"):
        asked.headers = {"Authorization": f"Bearer {request.POST['access_token']}"}
    try:
        known = protector().validate_request(["openid"], asked)
    except MissingAuthorizationError:
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    if known.row.grant.audience:  # handed on by exchange: for that service, not for us
        raise InvalidTokenError()
    return _private(told_by_userinfo(known.row.grant, known.row.scopes))


@endpoint("POST", limit="authorize")
def device(request: HttpRequest) -> HttpResponse:
    """Begin the sign-in of a device (RFC 8628)."""
    in_body(request)
    return provider().create_endpoint_response("device_authorization", request)


@endpoint("POST", limit="authorize")
def backchannel(request: HttpRequest) -> HttpResponse:
    """Ask for somebody's approval (CIBA)."""
    in_body(request)
    client = provider().authenticate_client(Request(request), AUTH_METHODS[:-1])
    return _private(ask_for_approval(client, requests.single(request.POST)))


@endpoint("POST", limit="register")
def register(request: HttpRequest) -> HttpResponse:
    """Take the wish of an application to be let in; an administrator decides (RFC 7591)."""
    try:
        return provider().create_endpoint_response("client_registration", request)
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise InvalidRequestError("the body is no JSON object") from None


def _public(body: dict[str, Any]) -> HttpResponse:
    headers = [("Content-Type", "application/json"), ("Cache-Control", "public, max-age=300")]
    return provider().handle_response(200, body, headers)


def _private(body: dict[str, Any], status: int = 200) -> HttpResponse:
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    return provider().handle_response(status, body, headers)
