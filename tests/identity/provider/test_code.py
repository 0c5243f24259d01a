"""From the browser to tokens: code, PKCE, nonce, and what is refused."""

from __future__ import annotations

import json
import re

import pytest

from madang.identity.provider_models import Code, Grant, Token
from tests.identity.relying import ISSUER, Party, secret_and_challenge

pytestmark = [pytest.mark.data, pytest.mark.django_db]


@pytest.mark.asvs("10.3.4", "9.2.4")
def test_somebody_signed_in_gets_tokens_of_their_level(rp: Party):
    tokens = rp.tokens(scope="openid profile")
    claims = rp.claims(tokens["id_token"])
    assert claims["iss"] == ISSUER
    assert claims["aud"] == rp.client.client_id
    assert claims["nonce"] == rp.nonce
    assert claims["acr"] == "urn:madang:ial2:aal2"
    assert claims["amr"] == ["passkey"]
    assert {"sub", "sid", "at_hash", "auth_time", "exp", "iat"} <= claims.keys()
    told = json.loads(rp.userinfo(tokens["access_token"]).content)
    assert told == {"sub": claims["sub"], "name": "김하늘", "family_name": "김",
                    "given_name": "하늘", "locale": "ko"}  # fmt: skip


@pytest.mark.asvs("7.6.2")
def test_a_visitor_signs_in_first_and_comes_back(rp: Party):
    rp.browser.cookies.clear()
    response = rp.follow(rp.ask())
    assert b'name="password"' in response.content


def test_what_is_kept_opens_nothing(rp: Party):
    code = rp.code()
    tokens = json.loads(rp.exchange(code).content)
    kept = [*Code.objects.values_list("id", flat=True), *Token.objects.values_list("id", flat=True)]
    assert not {code, tokens["access_token"], tokens["refresh_token"]} & set(kept)


@pytest.mark.asvs("10.4.2")
def test_a_code_used_twice_ends_what_it_gave(rp: Party):
    code = rp.code()
    tokens = json.loads(rp.exchange(code).content)
    again = rp.exchange(code)
    assert (again.status_code, json.loads(again.content)["error"]) == (400, "invalid_grant")
    assert rp.userinfo(tokens["access_token"]).status_code == 401
    assert Grant.objects.get().ended_why == "code used twice"


@pytest.mark.asvs("10.4.1", "10.4.6")
@pytest.mark.parametrize(
    "wrong",
    [
        {"code_verifier": None},
        {"code_verifier": "x" * 43},
        {"code_verifier": ""},
        {"redirect_uri": "https://district.example/other"},
        {"redirect_uri": None},
    ],
)
def test_a_code_without_its_secret_or_address_is_worth_nothing(rp: Party, wrong: dict):
    response = rp.exchange(rp.code(), **wrong)
    assert (response.status_code, json.loads(response.content)["error"]) == (400, "invalid_grant")
    assert not Token.objects.exists()


@pytest.mark.asvs("10.4.6")
@pytest.mark.parametrize(
    "downgrade",
    [
        {"code_challenge": None},
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge": "short"},
    ],
)
def test_nobody_goes_without_pkce(rp: Party, downgrade: dict):
    answer = rp.answer(rp.ask(**downgrade))
    assert answer["error"] == "invalid_request"
    assert answer["state"] == rp.state
    assert answer["iss"] == ISSUER


@pytest.mark.asvs("10.4.1")
@pytest.mark.parametrize(
    "uri",
    [
        "https://district.example/cb/",
        "https://district.example/cb?x=1",
        "https://district.example/cb#x",
        "https://district.example.evil.example/cb",
        "https://district.example@evil.example/cb",
        "https://DISTRICT.example/cb",
        "https://district.example/cb/../evil",
        "http://district.example/cb",
        "//evil.example/cb",
        "javascript:alert(1)",
        'https://evil.example/"><script>',
        "https://evil.example/길",
        "",
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(rp: Party, uri: str):
    response = rp.ask(redirect_uri=uri or None)
    assert response.status_code == 400
    assert "Location" not in response
    assert not re.search(rb"""(href|action|url)="?'?(https?:)?//[^/"]*evil""", response.content)


def test_a_code_of_another_client_is_refused(rp: Party):
    from tests.identity.relying import party

    other = party(name="Other", redirect_uris=("https://other.example/cb",), sector="other")
    code = rp.code()
    response = other.exchange(
        code, code_verifier=rp.verifier, redirect_uri=rp.client.redirect_uris[0]
    )
    assert json.loads(response.content)["error"] == "invalid_grant"
    assert rp.exchange(code).status_code == 200  # and is not spent by the attempt


@pytest.mark.asvs("10.4.6")
def test_a_verifier_of_another_flow_is_refused(rp: Party):
    code = rp.code()
    rp.verifier = secret_and_challenge()[0]
    assert json.loads(rp.exchange(code).content)["error"] == "invalid_grant"


def test_a_parameter_that_comes_twice_is_refused(rp: Party):
    from urllib.parse import urlencode

    query = urlencode([*rp.parameters().items(), ("redirect_uri", "https://evil.example/")])
    response = rp.browser.get(f"/oauth/authorize?{query}")
    assert response.status_code == 400
    assert "Location" not in response
