"""Modules of the Config, Form post, RP-initiated logout and back-channel logout plans."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client as Browser

from tests.identity.relying import ISSUER, Party

pytestmark = [pytest.mark.data, pytest.mark.django_db]
BYE = "https://district.example/bye"


def configuration() -> dict[str, Any]:
    return json.loads(Browser().get("/.well-known/openid-configuration").content)


def log_out(rp: Party, **given: str) -> Any:
    return rp.browser.get("/oauth/logout", given)


def is_signed_in(rp: Party) -> bool:
    return "account" in rp.browser.session


@pytest.mark.usefixtures("provider_keys")
def test_oidcc_discovery_endpoint_verification():
    """oidcc-discovery-endpoint-verification: what Discovery 1.0, section 3 requires is there."""
    told = configuration()
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"):
        assert told[name].startswith(ISSUER)
    assert told["issuer"] == ISSUER
    assert told["response_types_supported"] == ["code"]
    assert told["subject_types_supported"] == ["pairwise"]
    assert "RS256" in told["id_token_signing_alg_values_supported"]
    assert "openid" in told["scopes_supported"]
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert "none" not in told["request_object_signing_alg_values_supported"]
    assert told["claims_parameter_supported"] is True
    assert told["request_uri_parameter_supported"] is False
    assert told["authorization_response_iss_parameter_supported"] is True


def test_oidcc_form_post(rp: Party):
    """oidcc-server, response_mode=form_post: the answer is a form to the client's address."""
    page = rp.ask(response_mode="form_post")
    assert page.status_code == 200
    text = page.content.decode()
    assert f'action="{rp.client.redirect_uris[0]}"' in text
    assert "form-action 'self' https://district.example;" in page["Content-Security-Policy"]
    assert "Location" not in page
    code = text.split('name="code" value="')[1].split('"')[0]
    assert f'name="state" value="{rp.state}"' in text
    assert rp.exchange(code).status_code == 200


def test_oidcc_rp_initiated_logout_discovery_endpoint_verification(rp: Party):
    """oidcc-rp-initiated-logout-discovery-endpoint-verification."""
    assert configuration()["end_session_endpoint"] == f"{ISSUER}/oauth/logout"


def test_oidcc_rp_initiated_logout(rp: Party):
    """oidcc-rp-initiated-logout."""
    hint = rp.tokens()["id_token"]
    response = log_out(rp, id_token_hint=hint, post_logout_redirect_uri=BYE, state="abc")
    assert parse_qs(urlsplit(response["Location"]).query) == {"state": ["abc"]}
    assert rp.answer(rp.ask(prompt="none"))["error"] == "login_required"


def test_oidcc_rp_initiated_logout_no_state(rp: Party):
    """oidcc-rp-initiated-logout-no-state."""
    hint = rp.tokens()["id_token"]
    assert log_out(rp, id_token_hint=hint, post_logout_redirect_uri=BYE)["Location"] == BYE


@pytest.mark.parametrize("given", [{}, {"state": "abc"}])
def test_oidcc_rp_initiated_logout_no_params(rp: Party, given: dict[str, str]):
    """oidcc-rp-initiated-logout-no-params and -only-state: a question, then a page."""
    assert log_out(rp, **given).status_code == 200
    assert is_signed_in(rp)
    rp.browser.post("/oauth/logout/confirm/", {"answer": "yes"})
    assert not is_signed_in(rp)


def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri(rp: Party):
    """oidcc-rp-initiated-logout-no-post-logout-redirect-uri: a page that says so."""
    assert log_out(rp, id_token_hint=rp.tokens()["id_token"]).status_code == 200
    assert not is_signed_in(rp)


def test_oidcc_rp_initiated_logout_no_id_token_hint(rp: Party):
    """oidcc-rp-initiated-logout-no-id-token-hint: a question, and no redirect."""
    response = log_out(rp, post_logout_redirect_uri=BYE)
    assert response.status_code == 200
    assert is_signed_in(rp)


@pytest.mark.parametrize(
    "uri", ["https://district.example/other", f"{BYE}?foo=bar", "https://evil.example/"]
)
def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(rp: Party, uri: str):
    """oidcc-rp-initiated-logout-bad-post-logout-redirect-uri, -query-added-to-...: a page."""
    response = log_out(rp, id_token_hint=rp.tokens()["id_token"], post_logout_redirect_uri=uri)
    assert "Location" not in response


@pytest.mark.parametrize("spoil", [lambda t: "not.a.token", lambda t: t[:-6] + "AAAAAA"])
def test_oidcc_rp_initiated_logout_modified_id_token_hint(rp: Party, spoil: Any):
    """oidcc-rp-initiated-logout-bad-id-token-hint, -modified-id-token-hint: an error page."""
    hint = spoil(rp.tokens()["id_token"])
    response = log_out(rp, id_token_hint=hint, post_logout_redirect_uri=BYE)
    assert response.status_code == 400
    assert is_signed_in(rp)


def test_oidcc_backchannel_discovery_endpoint_verification(rp: Party):
    """oidcc-backchannel-rp-initiated-logout's discovery: both flags are there."""
    told = configuration()
    assert told["backchannel_logout_supported"] is True
    assert told["backchannel_logout_session_supported"] is True
