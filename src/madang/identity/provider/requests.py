"""Authorization requests: read from the browser, pushed ahead, signed; kept while they wait."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from django.http import HttpRequest

from madang.identity.provider.addresses import REQUEST_URN
from madang.identity.provider.asked import RESPONSE_MODES, Asked, asked_in
from madang.identity.provider.assertions import request_object
from madang.identity.provider.code_grant import CodeGrant
from madang.identity.provider.grants import new_secret
from madang.identity.provider.lifetimes import REQUEST
from madang.identity.provider.server import Request, provider
from madang.identity.provider_models import AuthorizationRequest, Client
from madang.identity.sealing import seal, unseal
from madang.identity.session_store import hashed
from madang.kernel import times

Parameters = dict[str, Any]
_USE = "authorization-request"
_CREDENTIALS = ("client_secret", "client_assertion", "client_assertion_type")


@dataclass(frozen=True)
class Kept:
    """A request that waits for its reader; `handle` is in the address of its pages."""

    handle: str
    row: AuthorizationRequest
    asked: Asked
    parameters: Parameters


def parameters_of(request: HttpRequest) -> Parameters:
    """Return the parameters of a request in the browser, wherever they really are.

    Raises
    ------
    OAuth2Error
        If one comes twice, the client is unknown, or the reference is used or forged.
    """
    given = request.POST if request.method == "POST" else request.GET
    parameters = single(given)
    client = known_client(parameters)
    try:
        return _really(parameters, client)
    except OAuth2Error as error:
        outside = parameters.get("redirect_uri", "")
        if client.check_redirect_uri(outside):
            error.redirect_uri, error.state = outside, parameters.get("state")
        raise


def _really(parameters: Parameters, client: Client) -> Parameters:
    if "request" in parameters and "request_uri" in parameters:
        raise InvalidRequestError("request and request_uri exclude each other")
    reference = parameters.get("request_uri", "")
    if reference.startswith(REQUEST_URN):
        return _pushed(reference, client)
    if reference:  # whoever names an address would have us call it
        raise InvalidRequestError("push the request", error="request_uri_not_supported")
    if client.requires_par:
        raise InvalidRequestError("this client has to push its requests")
    return opened(parameters, client)


def opened(parameters: Parameters, client: Client) -> Parameters:
    """Return the parameters of a signed request object, where one is given."""
    if "request" not in parameters:
        return parameters
    return request_object(parameters["request"], client)


def single(given: Any) -> Parameters:
    """Return parameters of which each comes once; raises `InvalidRequestError`."""
    for name, values in given.lists():
        if len(values) > 1:
            raise InvalidRequestError(
                "a parameter comes twice" if not name.isidentifier() else f"{name} comes twice"
            )
    if any("\x00" in value for value in given.values()):  # PostgreSQL keeps none
        raise InvalidRequestError("a parameter holds a NUL")
    return {name: value for name, value in given.items() if value}


def known_client(parameters: Parameters) -> Client:
    """Return the approved client that the parameters name; raises `InvalidClientError`."""
    client: Client | None = provider().query_client(parameters.get("client_id", ""))
    if client is None:
        raise InvalidClientError("there is no such client, or it is not approved")
    return client


def checked(request: HttpRequest, parameters: Parameters, at: datetime) -> Asked:
    """Return what the parameters ask for.

    Raises
    ------
    OAuth2Error
        With `redirect_uri` where the application may be told.
    """
    oauth = Request(request)
    oauth.payload = BasicOAuth2Payload(parameters)
    client = known_client(parameters)
    redirect_uri = CodeGrant.validate_authorization_redirect_uri(oauth, client)
    try:
        if oauth.payload.response_type != "code":
            raise InvalidRequestError("response_type is code", error="unsupported_response_type")
        grant = provider().get_authorization_grant(oauth)
        grant.validate_authorization_request()
        if "openid" not in oauth.scope.split():
            raise InvalidRequestError("scope has to contain openid", error="invalid_scope")
        return asked_in(parameters, client, redirect_uri, oauth.scope, at)
    except OAuth2Error as error:
        error.redirect_uri, error.state = redirect_uri, parameters.get("state")
        raise


def mode_of(parameters: Parameters) -> str:
    """Return how to answer a request that may be broken."""
    mode = parameters.get("response_mode")
    return str(mode) if mode in RESPONSE_MODES else "query"


def keep(
    parameters: Parameters,
    client: Client,
    *,
    lasts: timedelta = REQUEST,
    at: datetime | None = None,
    is_pushed: bool = False,
) -> str:
    """Keep a request; return its handle."""
    handle, now = new_secret(), times.now()
    plain = {name: value for name, value in parameters.items() if name not in _CREDENTIALS}
    AuthorizationRequest.objects.create(
        id=hashed(handle),
        client=client,
        parameters=seal(_USE, json.dumps(plain).encode()),
        is_pushed=is_pushed,
        made=at or now,
        expires=now + lasts,
    )
    return handle


def kept(request: HttpRequest, handle: str) -> Kept | None:
    """Return a request that waits; None where it is done, too old or was never there."""
    row = AuthorizationRequest.objects.filter(
        pk=hashed(handle), is_pushed=False, expires__gt=times.now()
    ).first()
    if row is None:
        return None
    parameters = json.loads(unseal(_USE, row.parameters))
    return Kept(handle, row, checked(request, parameters, row.made), parameters)


def done(waiting: Kept) -> bool:
    """Close a request; False where it was closed before: a double click gives one code."""
    count, _of = AuthorizationRequest.objects.filter(pk=waiting.row.pk).delete()
    return bool(count)


def _pushed(reference: str, client: Client) -> Parameters:
    """Return what was pushed ahead, once."""
    row = AuthorizationRequest.objects.filter(
        pk=hashed(reference.removeprefix(REQUEST_URN)),
        client=client,
        is_pushed=True,
        expires__gt=times.now(),
    ).first()
    if row is None or not AuthorizationRequest.objects.filter(pk=row.pk).delete()[0]:
        raise InvalidRequestError("request_uri is unknown or used", error="invalid_request_uri")
    return dict(json.loads(unseal(_USE, row.parameters)))
