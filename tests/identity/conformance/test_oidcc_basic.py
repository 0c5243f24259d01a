"""The 38 modules of the OpenID Foundation's Basic OP plan, one test each, under their names.

Our own tests of what each module checks; PKCE comes with every request, as we ask it of everybody.
"""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from madang.identity.account_models import Account
from madang.kernel import times
from tests.identity.relying import ISSUER, Party, party, sign_in

pytestmark = [pytest.mark.data, pytest.mark.django_db]


def succeeds(rp: Party, **other: Any) -> dict[str, Any]:
    """Return the claims of the ID token that a request leads to."""
    return rp.claims(rp.tokens(**other)["id_token"])


def told(rp: Party, scope: str) -> dict[str, Any]:
    """Return what userinfo says for these scopes."""
    return json.loads(rp.userinfo(rp.tokens(scope=scope)["access_token"]).content)


def header_of(token: str) -> dict[str, Any]:
    head = token.split(".", maxsplit=1)[0]
    return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))


def unsigned(claims: dict[str, Any]) -> str:
    """Return a JWT of alg ``none``."""
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
    return ".".join(base64.urlsafe_b64encode(p).rstrip(b"=").decode() for p in parts) + "."


def test_oidcc_server(rp: Party):
    """oidcc-server: code, tokens, userinfo; `sub` is the same in both."""
    tokens = rp.tokens()
    claims = rp.claims(tokens["id_token"])
    assert tokens["token_type"] == "Bearer"
    assert json.loads(rp.userinfo(tokens["access_token"]).content)["sub"] == claims["sub"]
    assert claims["aud"] == rp.client.client_id
    assert claims["iss"] == ISSUER
    assert claims["exp"] > claims["iat"]
    assert len(claims["sub"]) <= 255


def test_oidcc_response_type_missing(rp: Party):
    """oidcc-response-type-missing: an error to the client, or a page."""
    answer = rp.answer(rp.ask(response_type=None))
    assert answer["error"] in ("unsupported_response_type", "invalid_request")
    assert answer["state"] == rp.state


def test_oidcc_idtoken_signature(provider_keys: None, resident: Account):
    """oidcc-idtoken-signature: RS256 with a `kid` of our key set."""
    rp = party(id_token_alg="RS256")
    sign_in(rp.browser, resident)
    token = rp.tokens()["id_token"]
    assert header_of(token)["alg"] == "RS256"
    assert rp.claims(token)


@pytest.mark.asvs("9.1.2")
def test_oidcc_idtoken_unsigned(provider_keys: None):
    """oidcc-idtoken-unsigned: nobody gets an ID token of alg none."""
    from madang.kernel.errors import Invalid

    with pytest.raises(Invalid, match="id_token_alg"):
        party(id_token_alg="none")


def test_oidcc_userinfo_get(rp: Party):
    """oidcc-userinfo-get: the token in the header of a GET."""
    assert rp.userinfo(rp.tokens()["access_token"]).status_code == 200


def test_oidcc_userinfo_post_header(rp: Party):
    """oidcc-userinfo-post-header: the token in the header of a POST."""
    header = f"Bearer {rp.tokens()['access_token']}"
    assert rp.post("/oauth/userinfo", {}, Authorization=header).status_code == 200


def test_oidcc_userinfo_post_body(provider_keys: None, resident: Account):
    """oidcc-userinfo-post-body: the token in the form of a POST."""
    rp = party(auth_method="client_secret_post")
    sign_in(rp.browser, resident)
    response = rp.post("/oauth/userinfo", {"access_token": rp.tokens()["access_token"]})
    assert response.status_code == 200


def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(rp: Party):
    """oidcc-ensure-request-without-nonce-succeeds-for-code-flow: and the token has none."""
    assert "nonce" not in succeeds(rp, nonce=None)


def test_oidcc_scope_profile(rp: Party):
    """oidcc-scope-profile: names, and no more of the person than that."""
    assert told(rp, "openid profile").keys() == {
        "sub", "name", "family_name", "given_name", "locale"
    }  # fmt: skip


def test_oidcc_scope_email(rp: Party):
    """oidcc-scope-email: we tell none; the request succeeds without."""
    assert told(rp, "openid email").keys() == {"sub"}


def test_oidcc_scope_address(rp: Party):
    """oidcc-scope-address: we tell none; the request succeeds without."""
    assert told(rp, "openid address").keys() == {"sub"}


def test_oidcc_scope_phone(rp: Party):
    """oidcc-scope-phone: we tell none; the request succeeds without."""
    assert told(rp, "openid phone").keys() == {"sub"}


def test_oidcc_scope_all(rp: Party):
    """oidcc-scope-all: all the standard scopes at once."""
    assert "name" in told(rp, "openid profile email address phone")


def test_oidcc_ensure_other_scope_order_succeeds(rp: Party):
    """oidcc-ensure-other-scope-order-succeeds: openid need not come first."""
    assert "name" in told(rp, "profile openid")


def test_oidcc_display_page(rp: Party):
    """oidcc-display-page."""
    assert succeeds(rp, display="page")


def test_oidcc_display_popup(rp: Party):
    """oidcc-display-popup."""
    assert succeeds(rp, display="popup")


def test_oidcc_prompt_login(rp: Party, resident: Account):
    """oidcc-prompt-login: whoever is signed in signs in again, and `auth_time` says so."""
    first = succeeds(rp)
    with times.fixed_clock(times.now() + timedelta(seconds=5)):
        waits = rp.follow(rp.ask(prompt="login"))
        assert waits.status_code == 200
        sign_in(rp.browser, resident)
        tokens = rp.exchange(rp.answer(_resumed(rp))["code"])
    second = rp.claims(json.loads(tokens.content)["id_token"])
    assert second["auth_time"] > first["auth_time"]
    assert second["sub"] == first["sub"]


def test_oidcc_prompt_none_not_logged_in(rp: Party):
    """oidcc-prompt-none-not-logged-in: login_required, and no page."""
    rp.browser.cookies.clear()
    assert rp.answer(rp.ask(prompt="none"))["error"] == "login_required"


def test_oidcc_prompt_none_logged_in(rp: Party):
    """oidcc-prompt-none-logged-in: the same person, the same `auth_time`."""
    first, second = succeeds(rp), succeeds(rp, prompt="none")
    assert (first["sub"], first["auth_time"]) == (second["sub"], second["auth_time"])


@pytest.mark.asvs("7.6.1")
def test_oidcc_max_age_1(rp: Party, resident: Account):
    """oidcc-max-age-1: a sign-in older than a second does not count."""
    first = succeeds(rp)
    with times.fixed_clock(times.now() + timedelta(seconds=3)):
        waits = rp.follow(rp.ask(max_age=1))
        assert waits.status_code == 200
        sign_in(rp.browser, resident)
        tokens = rp.exchange(rp.answer(_resumed(rp))["code"])
        second = rp.claims(json.loads(tokens.content)["id_token"])
        assert times.now().timestamp() - second["auth_time"] <= 1
    assert second["auth_time"] > first["auth_time"]


def test_oidcc_max_age_10000(rp: Party):
    """oidcc-max-age-10000: the sign-in counts, and `auth_time` is there."""
    first, second = succeeds(rp), succeeds(rp, max_age=10000)
    assert first["auth_time"] == second["auth_time"]


def test_oidcc_ensure_request_with_unknown_parameter_succeeds(rp: Party):
    """oidcc-ensure-request-with-unknown-parameter-succeeds."""
    assert succeeds(rp, extra="foobar")


def test_oidcc_id_token_hint(rp: Party):
    """oidcc-id-token-hint: with prompt=none, for the one who is signed in."""
    hint = rp.tokens()["id_token"]
    assert succeeds(rp, prompt="none", id_token_hint=hint)["sub"] == rp.claims(hint)["sub"]


def test_oidcc_login_hint(rp: Party):
    """oidcc-login-hint: it is proposed as the name to sign in with."""
    rp.browser.cookies.clear()
    page = rp.follow(rp.ask(login_hint="buffy"))
    assert b'value="buffy"' in page.content
    assert "buffy" not in page.request["QUERY_STRING"]


def test_oidcc_ui_locales(rp: Party):
    """oidcc-ui-locales: the first that we speak."""
    rp.browser.cookies.clear()
    page = rp.follow(rp.ask(ui_locales="xx en"))
    assert page["Content-Language"] == "en"


def test_oidcc_claims_locales(rp: Party):
    """oidcc-claims-locales."""
    assert succeeds(rp, claims_locales="se")


def test_oidcc_ensure_request_with_acr_values_succeeds(rp: Party):
    """oidcc-ensure-request-with-acr-values-succeeds: and `acr` is what was reached."""
    assert succeeds(rp, acr_values="1 2")["acr"] == "urn:madang:ial2:aal2"
    assert succeeds(rp, acr_values="urn:madang:ial1:aal1")["acr"] == "urn:madang:ial2:aal2"


@pytest.mark.asvs("10.4.2")
def test_oidcc_codereuse(rp: Party):
    """oidcc-codereuse: invalid_grant at once."""
    code = rp.code()
    assert rp.exchange(code).status_code == 200
    assert json.loads(rp.exchange(code).content)["error"] == "invalid_grant"


def test_oidcc_codereuse_30seconds(rp: Party):
    """oidcc-codereuse-30seconds: and what it gave has ended."""
    code = rp.code()
    access = json.loads(rp.exchange(code).content)["access_token"]
    with times.fixed_clock(times.now() + timedelta(seconds=31)):
        assert json.loads(rp.exchange(code).content)["error"] == "invalid_grant"
        assert rp.userinfo(access).status_code == 401


@pytest.mark.asvs("10.4.1")
def test_oidcc_ensure_registered_redirect_uri(rp: Party):
    """oidcc-ensure-registered-redirect-uri: a page, not a redirect."""
    response = rp.ask(redirect_uri="https://district.example/cb/not-registered")
    assert response.status_code == 400
    assert "Location" not in response


def test_oidcc_ensure_post_request_succeeds(rp: Party):
    """oidcc-ensure-post-request-succeeds: the request may come as a form."""
    answer = rp.answer(rp.browser.post("/oauth/authorize", rp.parameters()))
    assert rp.exchange(answer["code"]).status_code == 200


def test_oidcc_server_client_secret_post(provider_keys: None, resident: Account):
    """oidcc-server-client-secret-post."""
    rp = party(auth_method="client_secret_post")
    sign_in(rp.browser, resident)
    assert succeeds(rp)


def test_oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(rp: Party):
    """oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported: rejected."""
    answer = rp.answer(rp.ask(request_uri="https://district.example/request.jwt"))
    assert answer["error"] == "request_uri_not_supported"


def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(rp: Party):
    """oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported: rejected."""
    answer = rp.answer(rp.ask(request=unsigned(rp.parameters())))
    assert answer["error"] == "invalid_request_object"


def test_oidcc_claims_essential(rp: Party):
    """oidcc-claims-essential: a claim asked for by name is told by userinfo."""
    tokens = rp.tokens(claims=json.dumps({"userinfo": {"name": {"essential": True}}}))
    assert json.loads(rp.userinfo(tokens["access_token"]).content).keys() == {"sub", "name"}


def test_oidcc_ensure_request_object_with_redirect_uri(provider_keys: None, resident: Account):
    """oidcc-ensure-request-object-with-redirect-uri: the signed one counts, not the other."""
    key = ECKey.generate_key("P-256")
    jwks = {"keys": [key.as_dict(private=False)]}
    rp = party(jwks=jwks)
    sign_in(rp.browser, resident)
    parameters = rp.parameters()
    expires = int(times.now().timestamp()) + 60
    said = {**parameters, "iss": rp.client.client_id, "aud": ISSUER, "exp": expires}
    outside = {"client_id": rp.client.client_id, "redirect_uri": "https://evil.example/",
               "response_type": "code", "scope": "openid",
               "request": jwt.encode({"alg": "ES256"}, said, key, ["ES256"])}  # fmt: skip
    answer = rp.answer(rp.browser.get("/oauth/authorize", outside))
    assert rp.exchange(answer["code"]).status_code == 200


def test_oidcc_refresh_token(rp: Party):
    """oidcc-refresh-token: and another client cannot use it."""
    tokens = rp.tokens(scope="openid offline_access")
    other = party(name="Second", redirect_uris=("https://second.example/cb",))
    assert other.refresh(tokens["refresh_token"]).status_code == 400
    assert "access_token" in json.loads(rp.refresh(tokens["refresh_token"]).content)


@pytest.mark.asvs("10.4.6")
def test_oidcc_ensure_request_with_valid_pkce_succeeds(rp: Party):
    """oidcc-ensure-request-with-valid-pkce-succeeds."""
    assert succeeds(rp)


def _resumed(rp: Party) -> Any:
    """Return the answer of the request that waits in this browser."""
    return rp.browser.get(rp.browser.session["wish"]["next"])


def test_each_module_has_its_test():
    names = [name for name in globals() if name.startswith("test_oidcc_")]
    assert len(names) == 38
    for name in names:
        module = name.removeprefix("test_").replace("_", "-")
        assert globals()[name].__doc__.startswith(module), name
