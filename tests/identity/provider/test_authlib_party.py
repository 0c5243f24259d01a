"""Authlib as the relying party, over our pages: it signs in, checks, refreshes, signs out."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.identity.relying import CALLBACK, ISSUER, Party, Site

pytestmark = [pytest.mark.data, pytest.mark.django_db]


@pytest.fixture
def client(rp: Party) -> OAuth2Session:
    made = OAuth2Session(
        rp.client.client_id, rp.secret, scope="openid profile", redirect_uri=CALLBACK,
        code_challenge_method="S256",
    )  # fmt: skip
    made.mount("http://", Site())
    return made


def signed_in(rp: Party, client: OAuth2Session, **asked: Any) -> tuple[dict, dict]:
    """Return the tokens and the checked claims of the ID token."""
    told = client.get(f"{ISSUER}/.well-known/openid-configuration", withhold_token=True).json()
    verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    url, state = client.create_authorization_url(
        told["authorization_endpoint"], code_verifier=verifier, nonce=nonce, **asked
    )
    back = rp.follow(rp.browser.get(url.removeprefix(ISSUER)))["Location"]
    token = client.fetch_token(
        told["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier
    )
    keys = KeySet.import_key_set(client.get(told["jwks_uri"], withhold_token=True).json())
    claims = jwt.decode(token["id_token"], keys, algorithms=["ES256"]).claims
    options = {"iss": {"values": [told["issuer"]]}, "aud": {"values": [rp.client.client_id]}}
    known = {"client_id": rp.client.client_id, "access_token": token["access_token"]}
    CodeIDToken(claims, {"alg": "ES256"}, options, known | asked | {"nonce": nonce}).validate()
    return dict(token), dict(claims)


def test_it_passes_with_nonce_max_age_and_acr(rp: Party, client: OAuth2Session):
    token, claims = signed_in(rp, client, max_age=3600, acr_values="urn:madang:ial2:aal2")
    assert claims["acr"] == "urn:madang:ial2:aal2"
    told = client.get(f"{ISSUER}/oauth/userinfo").json()
    assert told["sub"] == claims["sub"]
    new = client.refresh_token(f"{ISSUER}/oauth/token", refresh_token=token["refresh_token"])
    assert new["access_token"] != token["access_token"]


def test_it_revokes_and_signs_out(rp: Party, client: OAuth2Session):
    token, _claims = signed_in(rp, client)
    gone = client.revoke_token(f"{ISSUER}/oauth/revoke", token=token["refresh_token"])
    assert gone.status_code == 200
    bye = {"post_logout_redirect_uri": "https://district.example/bye"}
    response = rp.browser.get("/oauth/logout", bye | {"id_token_hint": token["id_token"]})
    assert response["Location"] == "https://district.example/bye"
    assert rp.answer(rp.ask(prompt="none"))["error"] == "login_required"
