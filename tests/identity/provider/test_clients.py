"""Applications: entered, asking to be let in, decided by an administrator."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client as Browser

from madang.identity.account_models import Account
from madang.identity.accounts import add_staff
from madang.identity.provider import cli, clients, limits
from madang.identity.provider.clients import Application
from madang.identity.provider_models import Client, SigningKey
from madang.kernel.errors import Invalid
from madang.kernel.models import AuditEntry
from tests.identity.relying import HERE, Party, party, sign_in

pytestmark = [pytest.mark.data, pytest.mark.django_db]
WISH = {
    "client_name": "Pool of Mapo",
    "redirect_uris": ["https://pool.example/cb"],
    "grant_types": ["authorization_code", "refresh_token"],
    "scope": "openid profile",
    "contacts": ["it@pool.example"],
}


def register(wish: dict[str, Any] | str) -> Any:
    text = wish if isinstance(wish, str) else json.dumps(wish)
    return Browser().post("/oauth/register", text, content_type="application/json")


@pytest.fixture
def administrator(db: None) -> Browser:
    limits.forget()
    browser = Browser()
    sign_in(browser, add_staff("ann", ["administrator"], None, HERE), "pwd", "otp")
    return browser


@pytest.mark.asvs("10.4.7")
def test_an_application_that_asks_waits_for_a_decision(
    provider_keys: None, resident: Account, administrator: Browser
):
    answer = register(WISH)
    assert answer.status_code == 201
    told = json.loads(answer.content)
    row = Client.objects.get(pk=told["client_id"])
    assert row.state == Client.State.PENDING
    assert told["client_secret"] not in (row.secret, "")
    rp = Party(row, told["client_secret"])
    sign_in(rp.browser, resident)
    assert rp.ask().status_code == 400
    assert rp.exchange("x").status_code == 401
    page = administrator.get("/operations/applications/")
    assert b"Pool of Mapo" in page.content
    path = f"/operations/applications/{row.pk}/"
    assert b"https://pool.example/cb" in administrator.get(path).content
    administrator.post(path, {"state": "approved"})
    rp.client.refresh_from_db()
    assert rp.ask().status_code == 302
    assert AuditEntry.objects.filter(verb="identity.decide_client").count() == 1


@pytest.mark.asvs("10.4.4", "10.6.1", "10.4.7")
@pytest.mark.parametrize(
    "wrong",
    [
        {"redirect_uris": ["http://pool.example/cb"]},
        {"redirect_uris": ["https://pool.example/*"]},
        {"redirect_uris": ["https://pool.example/cb#x"]},
        {"redirect_uris": ["javascript:alert(1)"]},
        {"redirect_uris": ["data:text/html,x"]},
        {"redirect_uris": ["https://a.example/", "https://b.example/"]},
        {"redirect_uris": []},
        {"redirect_uris": "https://pool.example/cb"},
        {"redirect_uris": [1]},
        {"grant_types": ["password"]},
        {"grant_types": ["implicit"]},
        {"response_types": ["token"]},
        {"subject_type": "public"},
        {"jwks_uri": "http://169.254.169.254/"},
        {"sector_identifier_uri": "http://127.0.0.1/"},
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [{"kty": "oct"}]}},
        {"token_endpoint_auth_method": "none",
         "grant_types": ["urn:openid:params:grant-type:ciba"]},
        {"id_token_signed_response_alg": "none"},
        {"scope": "openid everything"},
        {"client_name": ""},
        {"backchannel_logout_uri": "file:///etc/passwd"},
    ],
)  # fmt: skip
@pytest.mark.usefixtures("provider_keys")
def test_what_we_never_do_is_refused(wrong: dict[str, Any]):
    response = register(WISH | wrong)
    assert response.status_code == 400
    assert json.loads(response.content)["error"] == "invalid_client_metadata"
    assert not Client.objects.exists()


@pytest.mark.parametrize("text", ["", "[]", "null", "{"])
@pytest.mark.usefixtures("provider_keys")
def test_a_body_that_is_no_object_is_refused(text: str):
    assert register(text).status_code == 400


@pytest.mark.usefixtures("provider_keys")
def test_nobody_floods_the_list():
    codes = [register(WISH).status_code for _ in range(7)]
    assert codes[0] == 201
    assert codes[-1] == 429


def test_a_suspended_application_signs_nobody_in(rp: Party, administrator: Browser):
    path = f"/operations/applications/{rp.client.pk}/"
    code = rp.code()
    assert administrator.post(path, {"state": "suspended"}).status_code == 302
    assert rp.ask().status_code == 400
    assert rp.exchange(code).status_code == 401
    assert administrator.post(path, {"state": "suspended"}).status_code == 409


def test_a_new_secret_replaces_the_old_one(rp: Party, administrator: Browser):
    page = administrator.post(f"/operations/applications/{rp.client.pk}/secret/")
    secret = page.content.decode().split('<code translate="no" dir="ltr">')[1].split("</code>")[0]
    assert rp.exchange(rp.code()).status_code == 401
    rp.secret = secret
    assert rp.exchange(rp.code()).status_code == 200


@pytest.mark.parametrize("role", ["officer", "operator", "clerk", "privacy-officer"])
def test_only_administrators_decide(rp: Party, role: str):
    browser = Browser()
    sign_in(browser, add_staff("bob", [role], None, HERE), "pwd", "otp")
    for path in ("/operations/applications/", "/operations/keys/",
                 f"/operations/applications/{rp.client.pk}/"):  # fmt: skip
        assert browser.get(path).status_code == 403
        assert rp.browser.get(path).status_code == 403
        assert browser.post(path, {"state": "suspended"}).status_code == 403


@pytest.mark.usefixtures("provider_keys")
def test_an_administrator_lets_new_keys_sign(administrator: Browser):
    before = SigningKey.objects.get(alg="ES256", state="current").kid
    assert before.encode() in administrator.get("/operations/keys/").content
    administrator.post("/operations/keys/")
    assert SigningKey.objects.get(alg="ES256", state="current").kid != before


def test_the_commands_enter_and_list(db: None):
    made = CliRunner().invoke(cli.add, [
        "Park office", "--redirect", "https://park.example/cb", "--scope", "openid",
        "--legal-basis", "Parks Act Art. 3", "--acr", "urn:madang:ial2:aal2", "--json",
    ])  # fmt: skip
    told = json.loads(made.output)
    assert (told["state"], told["acr"]) == ("approved", "urn:madang:ial2:aal2")
    assert told["asks_consent"] is False
    assert len(told["secret"]) >= 43
    listed = json.loads(CliRunner().invoke(cli.list_clients, ["--json"]).output)
    assert [row["name"] for row in listed["clients"]] == ["Park office"]
    assert told["secret"] not in json.dumps(listed)


def test_bad_input_names_the_field(db: None):
    made = CliRunner().invoke(cli.add, ["X", "--redirect", "http://a.example/"])
    assert isinstance(made.exception, Invalid)
    assert "redirect_uris" in made.exception.fields


@pytest.mark.usefixtures("provider_keys")
def test_apps_of_a_phone_come_back_under_their_own_scheme(resident: Account):
    rp = party(auth_method="none", redirect_uris=("kr.go.mapo.books:/cb",),
               grant_types=("authorization_code", "refresh_token"))  # fmt: skip
    sign_in(rp.browser, resident)
    response = rp.ask()
    assert response["Location"].startswith("kr.go.mapo.books:/cb?code=")
    code = response["Location"].split("code=")[1].split("&")[0]
    assert rp.exchange(code).status_code == 200


def test_too_many_calls_from_one_address_wait(rp: Party, monkeypatch):
    monkeypatch.setitem(limits.PER_WINDOW, "token", 3)
    codes = [rp.refresh("x").status_code for _ in range(5)]
    assert codes == [400, 400, 400, 429, 429]
    last = rp.refresh("x")
    assert 1 <= int(last["Retry-After"]) <= 60
    assert json.loads(last.content)["error"] == "temporarily_unavailable"


@pytest.mark.asvs("10.4.10")
def test_secrets_are_kept_as_hashes_only(db: None):
    client, secret = clients.add_client(
        Application("A", redirect_uris=("https://a.example/",)), by="test"
    )
    assert secret not in json.dumps(Client.objects.values().get(), default=str)
    assert client.check_client_secret(secret)
    assert not client.check_client_secret("")
    assert not Client(secret="").check_client_secret("")
