"""The authorization server: Authlib's, over our tables."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from authlib.integrations.django_oauth2.requests import DjangoJsonRequest, DjangoOAuth2Payload
from authlib.oauth2 import AuthorizationServer, OAuth2Request
from django.http import HttpRequest, HttpResponse, QueryDict

from madang.identity.provider import lifetimes
from madang.identity.provider.addresses import issuer
from madang.identity.provider.grants import issue_token, new_secret, refresh_expires
from madang.identity.provider_models import Client, Grant, Token
from madang.kernel import times


class Request(OAuth2Request):  # type: ignore[misc]
    """A request under the address that people reach us at, whatever name it came with."""

    granted: Grant | None = None

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(
            request.method, issuer() + request.get_full_path(), headers=request.headers
        )
        self.payload = DjangoOAuth2Payload(request)
        self._request = request

    @property
    def args(self) -> QueryDict:
        """The query."""
        return self._request.GET

    @property
    def form(self) -> QueryDict:
        """The form."""
        return self._request.POST


class Provider(AuthorizationServer):  # type: ignore[misc]
    """Our authorization server."""

    def query_client(self, client_id: str) -> Client | None:
        """Return an approved client."""
        if "\x00" in client_id:
            return None
        return Client.objects.filter(pk=client_id, state=Client.State.APPROVED).first()

    def generate_token(  # noqa: PLR0917 -- as Authlib calls it
        self,
        grant_type: str,
        client: Client,
        user: Any = None,
        scope: str | None = None,
        expires_in: int | None = None,
        include_refresh_token: bool = True,
    ) -> dict[str, Any]:
        """Return fresh tokens; `save_token` keeps what is kept of them."""
        lasts = expires_in or int(lifetimes.ACCESS.total_seconds())
        token = {"token_type": "Bearer", "access_token": new_secret(), "expires_in": lasts}
        if include_refresh_token:
            token["refresh_token"] = new_secret()
        token["scope"] = scope or ""
        return token

    def save_token(self, token: dict[str, Any], request: Request) -> None:
        """Keep the tokens as hashes under the grant of the request."""
        granted, now = request.granted, times.now()
        assert granted is not None
        scopes = token["scope"].split()
        expires = now + lifetimes.ACCESS
        issue_token(granted, Token.Kind.ACCESS, scopes, expires, token["access_token"])
        if "refresh_token" in token:
            until = refresh_expires(granted, now)
            issue_token(granted, Token.Kind.REFRESH, granted.scopes, until, token["refresh_token"])

    def create_oauth2_request(self, request: HttpRequest | OAuth2Request) -> OAuth2Request:
        """Return Authlib's request."""
        return request if isinstance(request, OAuth2Request) else Request(request)

    def create_json_request(self, request: HttpRequest) -> DjangoJsonRequest:
        """Return Authlib's request of a JSON body."""
        return DjangoJsonRequest(request)

    def handle_response(
        self, status: int, body: Any, headers: list[tuple[str, str]]
    ) -> HttpResponse:
        """Return Django's answer."""
        text = json.dumps(body, ensure_ascii=False) if isinstance(body, dict) else body
        response = HttpResponse(text, status=status)
        for name, value in headers:
            response[name] = value
        return response

    def create_token_response(self, request: HttpRequest) -> HttpResponse:
        """Return tokens, or why not."""
        made: HttpResponse = super().create_token_response(request)
        return made

    def create_endpoint_response(self, name: str, request: HttpRequest) -> HttpResponse:
        """Return the answer of an endpoint."""
        made: HttpResponse = super().create_endpoint_response(name, request)
        return made

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""


@cache
def provider() -> Provider:
    """Return the server with all its ways to a token, made once."""
    from madang.identity.provider import backchannel, device, exchange, registering, tokens
    from madang.identity.provider.assertions import ClientAssertion
    from madang.identity.provider.code_grant import CodeGrant, IDToken, SecureChallenge
    from madang.identity.provider.ending import EndSession
    from madang.identity.provider.refresh_grant import RefreshGrant

    server = Provider()
    server.register_client_auth_method("private_key_jwt", ClientAssertion())
    server.register_grant(CodeGrant, [SecureChallenge(required=True), IDToken()])
    server.register_grant(RefreshGrant, [IDToken()])
    server.register_grant(device.DeviceGrant, [IDToken()])
    server.register_grant(backchannel.BackchannelGrant, [IDToken()])
    server.register_grant(exchange.ExchangeGrant)
    server.register_endpoint(tokens.Revocation)
    server.register_endpoint(tokens.Introspection)
    server.register_endpoint(device.DeviceAuthorization)
    server.register_endpoint(EndSession)
    server.register_endpoint(registering.Registration)
    return server
