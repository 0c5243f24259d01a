"""A token is taken where it belongs, as what it is, under keys that we know by ourselves."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, import_key

from madang.identity.account_models import Account
from madang.identity.provider import exchange, lifetimes
from madang.identity.provider.discovery import EXCHANGE_GRANT
from madang.identity.provider_models import SigningKey
from madang.kernel import times
from tests.identity.relying import ISSUER, Party, party, sign_in

pytestmark = [pytest.mark.data, pytest.mark.django_db]
KEY = ECKey.generate_key("P-256")
FOREIGN = ECKey.generate_key("P-256")
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
BYE = "https://district.example/bye"


@pytest.fixture
def keyed(provider_keys: None, resident: Account) -> Party:
    """An application that signs a statement instead of sending a secret."""
    made = party(auth_method="private_key_jwt", jwks={"keys": [KEY.as_dict(private=False)]})
    sign_in(made.browser, resident)
    return made


def proof(rp: Party, key: ECKey, **header: Any) -> dict[str, str]:
    now = int(times.now().timestamp())
    claims = {"iss": rp.client.client_id, "sub": rp.client.client_id, "aud": ISSUER,
              "exp": now + 60, "iat": now, "jti": f"{now}-{sorted(header)}"}  # fmt: skip
    text = jwt.encode({"alg": "ES256"} | header, claims, key, ["ES256"])
    return {"client_assertion_type": ASSERTION, "client_assertion": text}


def part(value: dict[str, Any] | bytes) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def is_signed_in(rp: Party) -> bool:
    return bool(rp.browser.session.get("account"))


def hinted(rp: Party, hint: str) -> Any:
    return rp.browser.get("/oauth/logout", {"id_token_hint": hint, "post_logout_redirect_uri": BYE})


@pytest.mark.asvs("9.1.3")
@pytest.mark.parametrize(
    "header",
    [
        {"jwk": FOREIGN.as_dict(private=False)},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/cert.pem"},
        {"kid": "../../dev/null"},
    ],
    ids=lambda header: next(iter(header)),
)
def test_a_key_that_a_statement_brings_along_is_not_believed(keyed: Party, header: dict):
    assert keyed.exchange(keyed.code(), **proof(keyed, KEY)).status_code == 200
    answer = keyed.exchange(keyed.code(), **proof(keyed, FOREIGN, **header))
    assert json.loads(answer.content)["error"] == "invalid_client"


@pytest.mark.asvs("9.1.3", "9.1.1")
def test_a_key_that_an_id_token_brings_along_signs_nobody_out(rp: Party):
    claims = rp.claims(rp.tokens()["id_token"])
    header = {"alg": "ES256", "jwk": FOREIGN.as_dict(private=False)}
    answer = hinted(rp, jwt.encode(header, claims, FOREIGN, ["ES256"]))
    assert "Location" not in answer
    assert is_signed_in(rp)


@pytest.mark.asvs("9.1.2")
def test_our_public_key_is_no_secret_for_a_mac(rp: Party):
    """Key confusion: HS256 with what /oauth/jwks shows to everybody."""
    claims = rp.claims(rp.tokens()["id_token"])
    for row in SigningKey.objects.all():
        said = f"{part({'alg': 'HS256', 'kid': row.kid})}.{part(claims)}"
        for shown in (json.dumps(row.public).encode(), import_key(row.public).as_pem()):
            mac = hmac.new(shown, said.encode(), sha256).digest()
            assert "Location" not in hinted(rp, f"{said}.{part(mac)}")
    assert is_signed_in(rp)


@pytest.mark.asvs("9.2.2")
def test_an_id_token_opens_nothing(rp: Party, keyed: Party):
    id_token = rp.tokens()["id_token"]
    assert rp.userinfo(id_token).status_code == 401
    form = {"grant_type": EXCHANGE_GRANT, "subject_token": id_token,
            "subject_token_type": exchange.ACCESS_TOKEN,
            "audience": rp.client.client_id}  # fmt: skip
    assert rp.post("/oauth/token", form).status_code == 400
    as_proof = {"client_assertion_type": ASSERTION, "client_assertion": id_token}
    answer = keyed.exchange(keyed.code(), **as_proof)
    assert json.loads(answer.content)["error"] == "invalid_client"


@pytest.mark.asvs("10.1.1")
def test_no_token_travels_through_the_browser(rp: Party):
    answer = rp.answer(rp.ask(scope="openid offline_access"))
    assert answer.keys() == {"code", "state", "iss"}
    tokens = rp.exchange(answer["code"])
    assert tokens["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in tokens.headers and not tokens.cookies


@pytest.mark.asvs("10.4.3")
def test_a_code_is_good_for_a_minute(rp: Party):
    now = times.now()
    with times.fixed_clock(now):
        first, verifier = rp.code(), rp.verifier
        second = rp.code()
    assert timedelta(minutes=10) >= lifetimes.CODE
    with times.fixed_clock(now + lifetimes.CODE - timedelta(seconds=1)):
        assert rp.exchange(second).status_code == 200
    rp.verifier = verifier
    with times.fixed_clock(now + lifetimes.CODE + timedelta(seconds=1)):
        assert json.loads(rp.exchange(first).content)["error"] == "invalid_grant"


@pytest.mark.asvs("10.3.1", "9.2.3")
def test_a_token_for_another_service_is_not_taken_by_ours(rp: Party):
    target = party(name="Ledger", redirect_uris=("https://ledger.example/cb",))
    rp.client.exchange_for = [target.client.client_id]
    rp.client.save()
    own = rp.tokens()["access_token"]
    form = {"grant_type": EXCHANGE_GRANT, "subject_token": own,
            "subject_token_type": exchange.ACCESS_TOKEN,
            "audience": target.client.client_id}  # fmt: skip
    handed_on = json.loads(rp.post("/oauth/token", form).content)["access_token"]
    assert rp.userinfo(own).status_code == 200
    answer = rp.userinfo(handed_on)
    assert (answer.status_code, json.loads(answer.content)["error"]) == (401, "invalid_token")
