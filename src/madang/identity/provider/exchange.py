"""Token exchange (RFC 8693): a service calls another one for the same person, and says who acts."""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749 import (
    BaseGrant,
    InvalidRequestError,
    InvalidScopeError,
    TokenEndpointMixin,
    UnauthorizedClientError,
)
from authlib.oauth2.rfc6749.hooks import hooked

from madang.identity.provider.claims import account_in_force
from madang.identity.provider.code_grant import AUTH_METHODS
from madang.identity.provider.discovery import EXCHANGE_GRANT
from madang.identity.provider.grants import find_token, is_good
from madang.identity.provider.lifetimes import EXCHANGED
from madang.identity.provider.subjects import subject_of
from madang.identity.provider_models import Client, Grant, Token
from madang.kernel import audit, times

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 -- a name, no token


class ExchangeGrant(BaseGrant, TokenEndpointMixin):  # type: ignore[misc]
    """One access token for another, for one audience, no wider and no longer than the first."""

    GRANT_TYPE = EXCHANGE_GRANT
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS[:-1]

    def validate_token_request(self) -> None:
        """Raise unless this client may hand this token on to that audience."""
        client = self.authenticate_token_endpoint_client()
        if not client.check_grant_type(self.GRANT_TYPE):
            raise UnauthorizedClientError("the client is not registered for token exchange")
        form = self.request.form
        if form.get("requested_token_type", ACCESS_TOKEN) != ACCESS_TOKEN:
            raise InvalidRequestError("only access tokens are issued")
        audience = Client.objects.filter(
            pk=form.get("audience", ""), state=Client.State.APPROVED
        ).first()
        if audience is None or audience.client_id not in client.exchange_for:
            raise InvalidRequestError("the audience is not open to this client",
                                      error="invalid_target")  # fmt: skip
        subject = _presented(form, "subject", client)
        if subject is None:
            raise InvalidRequestError("Missing 'subject_token'")
        self.request.client = client
        actor, scopes = _presented(form, "actor", client), _scopes(form, audience, subject)
        self.request.granted = _granted(client, audience, subject, actor, scopes)

    @hooked  # type: ignore[untyped-decorator]
    def create_token_response(self) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        """Return the new token."""
        granted = self.request.granted
        lasts = int((granted.expires - times.now()).total_seconds())
        token = self.generate_token(
            scope=" ".join(granted.scopes), expires_in=max(lasts, 1), include_refresh_token=False
        )
        self.save_token(token)
        token["issued_token_type"] = ACCESS_TOKEN
        return 200, token, self.TOKEN_RESPONSE_HEADER


def _presented(form: Any, who: str, client: Client) -> Token | None:
    """Return the good token that is presented for `who`, None where none is."""
    text = form.get(f"{who}_token")
    if not text:
        return None
    if form.get(f"{who}_token_type") != ACCESS_TOKEN:
        raise InvalidRequestError(f"{who}_token_type has to be an access token")
    row = find_token(text)
    is_ours = row is not None and client.client_id in (row.grant.client_id, row.grant.audience)
    if row is None or not is_ours or row.kind != Token.Kind.ACCESS or not is_good(row):
        raise InvalidRequestError(f"{who}_token is not in force", error="invalid_grant")
    if not account_in_force(row.grant.account):
        raise InvalidRequestError(f"{who}_token is not in force", error="invalid_grant")
    return row


def _scopes(form: Any, audience: Client, subject: Token) -> list[str]:
    asked = form.get("scope", "").split() or list(subject.scopes)
    if not set(asked) <= set(subject.scopes):
        raise InvalidScopeError()
    return audience.get_allowed_scope(" ".join(asked)).split()


def _granted(
    client: Client, audience: Client, subject: Token, actor: Token | None, scopes: list[str]
) -> Grant:
    """Keep what is handed on; whoever acted before is named inside the one who acts now."""
    first = subject.grant
    act: dict[str, Any] = {"client_id": client.client_id}
    if actor is not None:
        act["sub"] = subject_of(actor.grant.account, audience)
    if first.act:
        act["act"] = first.act
    granted = Grant.objects.create(
        client=client,
        account=first.account,
        session=first.session,
        sid="",
        sub=subject_of(first.account, audience),
        scopes=scopes,
        acr=first.acr,
        amr=first.amr,
        auth_time=first.auth_time,
        act=act,
        audience=audience.client_id,
        expires=min(times.now() + EXCHANGED, subject.expires, first.expires),
    )
    audit.record(f"client:{client.client_id}", "identity.exchange_token", f"grant:{granted.pk}",
                 detail={"of": first.pk, "audience": audience.client_id})  # fmt: skip
    return granted
