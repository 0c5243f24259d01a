"""Applications that ask to be let in themselves (RFC 7591); an administrator decides."""

from __future__ import annotations

from typing import Any

from authlib.integrations.django_oauth2.requests import DjangoJsonRequest
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc7591 import ClientRegistrationEndpoint, InvalidClientMetadataError

from madang.identity.provider.clients import Application, add_client
from madang.identity.provider_models import Client
from madang.kernel.errors import Invalid

# how RFC 7591 and OpenID Connect Registration name what `Application` holds
_LISTS = {
    "redirect_uris": "redirect_uris",
    "post_logout_redirect_uris": "post_logout_redirect_uris",
    "grant_types": "grant_types",
    "contacts": "contacts",
}
_TEXTS = {
    "client_name": "name",
    "token_endpoint_auth_method": "auth_method",
    "id_token_signed_response_alg": "id_token_alg",
    "backchannel_logout_uri": "backchannel_logout_uri",
    "backchannel_client_notification_endpoint": "notification_uri",
}
# what would make us fetch addresses, or know people by the same number everywhere
_REFUSED = {"jwks_uri", "sector_identifier_uri", "request_uris", "software_statement"}


class Registration(ClientRegistrationEndpoint):  # type: ignore[misc]
    """Takes what an application says of itself; it signs nobody in until it is approved."""

    def create_registration_response(
        self, request: DjangoJsonRequest
    ) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        """Return the client as it was entered, with its secret, once."""
        said = request.payload.data
        if not isinstance(said, dict):
            raise InvalidRequestError("the body is no JSON object")
        try:
            client, secret = add_client(
                application_of(said), by="client:itself", state=Client.State.PENDING
            )
        except Invalid as error:
            raise InvalidClientMetadataError(_plain(error.message)) from None
        body = registered(client)
        if secret:
            body |= {"client_secret": secret, "client_secret_expires_at": 0}
        return 201, body, [("Content-Type", "application/json"), ("Cache-Control", "no-store")]


def application_of(said: dict[str, Any]) -> Application:
    """Return what the metadata of RFC 7591 say of an application.

    Raises
    ------
    InvalidClientMetadataError
        For values of the wrong form, and for what we never do.
    """
    _refuse(said)
    found: dict[str, Any] = {"name": "", "grant_types": ("authorization_code",)}
    for theirs, ours in _LISTS.items():
        value = said.get(theirs, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise InvalidClientMetadataError(f"{theirs} is a list of texts")
        if value:
            found[ours] = tuple(value)
    for theirs, ours in _TEXTS.items():
        value = said.get(theirs, "")
        if not isinstance(value, str):
            raise InvalidClientMetadataError(f"{theirs} is a text")
        if value:
            found[ours] = value
    scope, jwks = said.get("scope", "openid profile"), said.get("jwks", {})
    if not isinstance(scope, str) or not isinstance(jwks, dict):
        raise InvalidClientMetadataError("scope is a text, jwks an object")
    return Application(**found, scopes=tuple(scope.split()), jwks=jwks)


def _refuse(said: dict[str, Any]) -> None:
    if _REFUSED & said.keys():
        raise InvalidClientMetadataError(f"{min(_REFUSED & said.keys())} is not supported")
    if said.get("subject_type", "pairwise") != "pairwise":
        raise InvalidClientMetadataError("subject_type is pairwise")
    if said.get("response_types", ["code"]) != ["code"]:
        raise InvalidClientMetadataError("response_types is code")


def registered(client: Client) -> dict[str, Any]:
    """Return a client in the words of RFC 7591."""
    body = {theirs: getattr(client, ours) for theirs, ours in (_LISTS | _TEXTS).items()}
    return {name: value for name, value in body.items() if value} | {
        "client_id": client.client_id,
        "client_id_issued_at": int(client.made.timestamp()),
        "scope": " ".join(client.scopes),
        "response_types": ["code"],
        "subject_type": "pairwise",
        "madang_state": client.state,
    }


def _plain(text: str) -> str:
    """Return a text that an error of RFC 6749 may hold."""
    return "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "'" for c in text)
