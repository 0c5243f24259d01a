"""Whatever is sent, nobody is sent elsewhere, nothing breaks, and nothing is given away."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client as Browser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from madang.identity.provider import limits, requests
from madang.identity.provider.lifetimes import CODE
from madang.identity.provider_models import AuthorizationRequest, Token
from madang.kernel import times
from tests.identity.relying import Party, party, sign_in

pytestmark = [pytest.mark.data, pytest.mark.django_db]
TEXT = st.text(max_size=40) | st.sampled_from(
    ["", "none", "none login", "consent", "-1", "0", "1e9", "9" * 30, "{}", "[]", "null", "{",
     '{"id_token":[]}', '{"id_token":{"acr":{"essential":true,"values":5}}}', "form_post",
     "fragment", "javascript:alert(1)", "https://evil.example/", "\x00", "a" * 5000, "urn:madang:x",
     "urn:ietf:params:oauth:request_uri:x", "ey.ey.ey", "eyJhbGciOiJub25lIn0.e30."]
)  # fmt: skip
NAMES = [
    "response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "prompt", "claims",
    "max_age", "acr_values", "login_hint", "id_token_hint", "ui_locales", "response_mode",
    "request", "request_uri", "code_challenge", "code_challenge_method",
]  # fmt: skip
FORM = [
    "grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "client_id",
    "client_secret", "client_assertion", "client_assertion_type", "device_code", "auth_req_id",
    "subject_token", "subject_token_type", "audience", "token", "token_type_hint", "login_hint",
    "binding_message", "requested_expiry",
]  # fmt: skip
GRANTS = st.sampled_from(["authorization_code", "refresh_token", "password", "client_credentials",
                          "urn:ietf:params:oauth:grant-type:device_code",
                          "urn:ietf:params:oauth:grant-type:token-exchange",
                          "urn:openid:params:grant-type:ciba", ""])  # fmt: skip
ENDPOINTS = ["token", "par", "revoke", "introspect", "device", "backchannel", "userinfo"]
quick = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@quick
@given(st.dictionaries(st.sampled_from(NAMES), TEXT, max_size=5))
def test_no_request_breaks_the_page_or_leads_elsewhere(rp: Party, wrong: dict[str, str]):
    limits.forget()
    response = rp.browser.get("/oauth/authorize", rp.parameters() | wrong)
    assert response.status_code in (200, 302, 400)
    target = urlsplit(response.get("Location", ""))
    assert target.netloc in ("", "district.example")
    if target.netloc:
        assert (target.scheme, target.path) == ("https", "/cb")


@quick
@given(
    st.sampled_from(ENDPOINTS), GRANTS,
    st.dictionaries(st.sampled_from(FORM), TEXT, max_size=5), st.booleans(),
)  # fmt: skip
def test_no_call_breaks_an_endpoint_or_gets_a_token(
    rp: Party, name: str, grant: str, form: dict[str, str], is_known: bool
):
    limits.forget()
    form = {"grant_type": grant} | form
    headers = {} if is_known else {"Authorization": "Basic !"}
    response = rp.post(f"/oauth/{name}", form, **headers)
    assert response.status_code < 500, response.content
    assert "access_token" not in response.content.decode()
    assert not Token.objects.exists()
    if response.status_code >= 400 and response.content:
        assert json.loads(response.content)["error"]


@pytest.mark.parametrize("name", ENDPOINTS)
@pytest.mark.usefixtures("provider_keys")
def test_parameters_in_an_address_are_refused(name: str):
    limits.forget()
    response = Browser().post(f"/oauth/{name}?client_id=x&client_secret=y")
    assert response.status_code in (400, 401)


def test_parameters_that_come_twice_are_refused(rp: Party):
    form = urlencode(
        [("grant_type", "refresh_token"), ("refresh_token", "a"), ("refresh_token", "b")]
    )
    response = Browser().post(
        "/oauth/token", form, content_type="application/x-www-form-urlencoded"
    )
    assert json.loads(response.content)["error"] == "invalid_request"


def test_an_expired_code_is_worth_nothing(rp: Party):
    code = rp.code()
    with times.fixed_clock(times.now() + CODE + timedelta(seconds=1)):
        assert json.loads(rp.exchange(code).content)["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer x", "Basic x", "bearer \u00e9", "Bearer x y", "DPoP x"],
)
@pytest.mark.usefixtures("provider_keys")
def test_a_forged_access_token_opens_nothing(header: str):
    response = Browser().get("/oauth/userinfo", headers={"Authorization": header} if header else {})
    assert response.status_code == 401
    if not header:
        assert response["WWW-Authenticate"] == "Bearer"


def test_an_access_token_in_an_address_opens_nothing(rp: Party):
    token = rp.tokens()["access_token"]
    assert Browser().get("/oauth/userinfo", {"access_token": token}).status_code == 401


def test_what_a_request_says_of_somebody_is_in_no_address_and_sealed(rp: Party):
    rp.browser.cookies.clear()
    response = rp.ask(login_hint="kim@district.example")
    row = AuthorizationRequest.objects.get()
    assert b"kim@" not in bytes(row.parameters)
    wish = rp.browser.session["wish"]
    assert "kim" not in wish["next"] + wish["cancel"] + response["Location"]


def test_a_request_that_waits_is_no_pushed_one_and_the_other_way_round(rp: Party):
    parameters = rp.parameters()
    waits = requests.keep(parameters, rp.client)
    pushed = requests.keep(parameters, rp.client, is_pushed=True)
    reference = {"client_id": rp.client.client_id,
                 "request_uri": f"urn:ietf:params:oauth:request_uri:{waits}"}  # fmt: skip
    assert rp.browser.get("/oauth/authorize", reference).status_code == 400
    assert rp.browser.get(f"/oauth/continue/{pushed}/").status_code == 410


def test_somebody_elses_handle_gives_the_reader_their_own_code_only(rp: Party, resident: Any):
    """Whoever is led to a waiting request signs in as themselves; state and PKCE keep it apart."""
    handle = requests.keep(rp.parameters(), rp.client)
    other = party(name="Other", redirect_uris=("https://other.example/cb",))
    stranger = Browser()
    page = stranger.get(f"/oauth/continue/{handle}/")
    assert page["Location"] == "/sign-in/"
    sign_in(stranger, resident)
    answer = stranger.get(f"/oauth/continue/{handle}/back/")["Location"]
    code = dict(part.split("=") for part in urlsplit(answer).query.split("&"))["code"]
    stolen = other.exchange(
        code, code_verifier=rp.verifier, redirect_uri=rp.client.redirect_uris[0]
    )
    assert json.loads(stolen.content)["error"] == "invalid_grant"


def test_pages_of_other_sites_may_call_endpoints_but_get_no_cookie(rp: Party):
    answer = Browser().options("/oauth/token", headers={"Origin": "https://app.example"})
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    assert not answer.cookies
