"""The other ways to a token: pushed and signed requests, devices, approvals, exchange."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.test import Client as Browser
from joserfc import jwt
from joserfc.jwk import ECKey

from madang.identity.account_models import Account
from madang.identity.provider import deliveries, exchange
from madang.identity.provider.discovery import CIBA_GRANT, DEVICE_GRANT, EXCHANGE_GRANT
from madang.identity.provider.lifetimes import PUSHED
from madang.identity.provider_request_models import BackchannelRequest
from madang.kernel import http, times
from madang.kernel.models import OutboxEntry
from tests.identity.relying import ISSUER, Party, new_resident, party, sign_in

pytestmark = [pytest.mark.data, pytest.mark.django_db]
KEY = ECKey.generate_key("P-256")
JWKS = {"keys": [KEY.as_dict(private=False)]}


def body(response: Any, status: int = 200) -> dict[str, Any]:
    assert response.status_code == status, response.content
    return json.loads(response.content)


def statement(rp: Party, **other: Any) -> str:
    """Return a client assertion."""
    now = int(times.now().timestamp())
    claims = {"iss": rp.client.client_id, "sub": rp.client.client_id, "aud": ISSUER,
              "exp": now + 60, "iat": now, "jti": f"{now}-{len(other)}"} | other  # fmt: skip
    return jwt.encode({"alg": "ES256"}, claims, KEY, ["ES256"])


def asserted(rp: Party, **other: Any) -> dict[str, str]:
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    return {"client_assertion_type": kind, "client_assertion": statement(rp, **other)}


class TestPushed:
    """RFC 9126 and 9101."""

    def test_a_pushed_request_works_once(self, rp: Party):
        pushed = body(rp.post("/oauth/par", rp.parameters()), 201)
        assert 5 <= pushed["expires_in"] <= 600
        reference = {"client_id": rp.client.client_id, "request_uri": pushed["request_uri"]}
        answer = rp.answer(rp.browser.get("/oauth/authorize", reference))
        assert rp.exchange(answer["code"]).status_code == 200
        assert rp.browser.get("/oauth/authorize", reference).status_code == 400

    def test_it_is_for_its_client_and_for_its_time(self, rp: Party):
        other = party(name="Other", redirect_uris=("https://other.example/cb",))
        pushed = body(rp.post("/oauth/par", rp.parameters()), 201)["request_uri"]
        swapped = {"client_id": other.client.client_id, "request_uri": pushed}
        assert rp.browser.get("/oauth/authorize", swapped).status_code == 400
        with times.fixed_clock(times.now() + PUSHED + timedelta(seconds=1)):
            late = {"client_id": rp.client.client_id, "request_uri": pushed}
            assert rp.browser.get("/oauth/authorize", late).status_code == 400

    @pytest.mark.parametrize(
        ("wrong", "error"),
        [
            ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
            ({"code_challenge_method": "plain"}, "invalid_request"),
            ({"request_uri": "urn:x"}, "invalid_request"),
            ({"scope": "profile"}, "invalid_scope"),
        ],
    )
    def test_a_broken_one_is_refused_at_once(self, rp: Party, wrong: dict, error: str):
        assert body(rp.post("/oauth/par", rp.parameters(**wrong)), 400)["error"] == error

    @pytest.mark.asvs("10.4.10")
    def test_a_stranger_pushes_nothing(self, rp: Party):
        rp.secret = "wrong"
        assert rp.post("/oauth/par", rp.parameters()).status_code == 401

    def test_a_client_may_have_to_push(self, provider_keys: None, resident: Account):
        rp = party(requires_par=True)
        sign_in(rp.browser, resident)
        assert rp.answer(rp.ask())["error"] == "invalid_request"

    @pytest.mark.asvs("9.1.1", "9.1.2")
    @pytest.mark.parametrize(
        "wrong",
        [
            {"aud": "https://other.example"},
            {"iss": "somebody"},
            {"exp": 1},
            {"client_id": "somebody"},
            {"request_uri": "urn:x"},
        ],
    )
    def test_a_signed_request_has_to_be_in_order(
        self, provider_keys: None, resident: Account, wrong: dict
    ):
        rp = party(jwks=JWKS)
        sign_in(rp.browser, resident)
        now = int(times.now().timestamp())
        said = rp.parameters() | {"iss": rp.client.client_id, "aud": ISSUER, "exp": now + 60}
        text = jwt.encode({"alg": "ES256"}, said | wrong, KEY, ["ES256"])
        assert rp.answer(rp.ask(request=text))["error"] == "invalid_request_object"


class TestClientAssertions:
    """``private_key_jwt``."""

    @pytest.fixture
    def keyed(self, provider_keys: None, resident: Account) -> Party:
        made = party(auth_method="private_key_jwt", jwks=JWKS)
        sign_in(made.browser, resident)
        return made

    def test_a_signed_statement_stands_for_a_secret_once(self, keyed: Party):
        proof = asserted(keyed)
        assert keyed.exchange(keyed.code(), **proof).status_code == 200
        assert body(keyed.exchange(keyed.code(), **proof), 400)["error"] == "invalid_client"

    @pytest.mark.asvs("9.2.1", "9.2.3")
    @pytest.mark.parametrize(
        "wrong",
        [
            {"aud": "https://other.example"},
            {"iss": "somebody"},
            {"exp": 1},
            {"exp": 4_000_000_000},
            {"jti": None},
            {"nbf": 4_000_000_000},
        ],
    )
    def test_one_that_is_not_in_order_is_refused(self, keyed: Party, wrong: dict):
        response = keyed.exchange(keyed.code(), **asserted(keyed, **wrong))
        assert body(response, 400)["error"] == "invalid_client"

    @pytest.mark.asvs("9.2.1")
    @pytest.mark.parametrize(("behind_s", "status"), [(30, 200), (-30, 200), (120, 400)])
    def test_clocks_may_differ_a_little(self, keyed: Party, behind_s: int, status: int):
        now = int(times.now().timestamp())
        proof = asserted(keyed, exp=now - behind_s, iat=now - behind_s - 30)
        assert keyed.exchange(keyed.code(), **proof).status_code == status

    @pytest.mark.asvs("9.1.1", "9.1.3")
    def test_a_forged_one_is_refused(self, keyed: Party):
        other = ECKey.generate_key("P-256")
        claims = jwt.decode(statement(keyed), KEY, algorithms=["ES256"]).claims
        forged = jwt.encode({"alg": "ES256"}, claims, other, ["ES256"])
        proof = asserted(keyed) | {"client_assertion": forged}
        assert body(keyed.exchange(keyed.code(), **proof), 400)["error"] == "invalid_client"
        hs = forged.split(".")
        none = "eyJhbGciOiJub25lIn0." + hs[1] + "."
        proof = asserted(keyed) | {"client_assertion": none}
        assert body(keyed.exchange(keyed.code(), **proof), 400)["error"] == "invalid_client"

    @pytest.mark.asvs("9.1.2", "10.4.10")
    def test_a_secret_does_not_stand_for_a_key(self, keyed: Party):
        form = {"client_id": keyed.client.client_id, "client_secret": "x"}
        assert keyed.exchange(keyed.code(), **form).status_code == 401
        assert keyed.exchange(keyed.code(), client_id=keyed.client.client_id).status_code == 401


class TestDevices:
    """RFC 8628."""

    def begun(self, rp: Party) -> dict[str, Any]:
        return body(rp.post("/oauth/device", {"scope": "openid profile"}))

    def polled(self, rp: Party, begun: dict[str, Any]) -> Any:
        form = {"grant_type": DEVICE_GRANT, "device_code": begun["device_code"]}
        return rp.post("/oauth/token", form)

    def test_a_device_is_let_in_by_its_short_code(self, rp: Party):
        begun = self.begun(rp)
        assert body(self.polled(rp, begun), 400)["error"] == "authorization_pending"
        typed = begun["user_code"].lower().replace("-", " ")
        page = rp.browser.post("/device/", {"code": typed})
        assert b"Library of Mapo" in page.content
        rp.browser.post("/device/", {"code": typed, "answer": "yes"})
        tokens = body(self.polled(rp, begun))
        assert rp.claims(tokens["id_token"])["acr"] == "urn:madang:ial2:aal2"
        assert body(self.polled(rp, begun), 400)["error"] == "invalid_grant"

    def test_no_is_no(self, rp: Party):
        begun = self.begun(rp)
        rp.browser.post("/device/", {"code": begun["user_code"], "answer": "no"})
        assert body(self.polled(rp, begun), 400)["error"] == "access_denied"

    def test_a_code_ends_and_a_hasty_device_waits(self, rp: Party):
        begun = self.begun(rp)
        self.polled(rp, begun)
        assert body(self.polled(rp, begun), 400)["error"] == "slow_down"
        with times.fixed_clock(times.now() + timedelta(minutes=16)):
            assert body(self.polled(rp, begun), 400)["error"] == "expired_token"
            page = rp.browser.post("/device/", {"code": begun["user_code"]})
            assert page.status_code in (302, 422)

    def test_another_client_takes_nothing(self, rp: Party):
        begun = self.begun(rp)
        rp.browser.post("/device/", {"code": begun["user_code"], "answer": "yes"})
        other = party(name="Other", redirect_uris=("https://other.example/cb",))
        assert self.polled(other, begun).status_code == 400
        assert self.polled(rp, begun).status_code == 200

    def test_short_codes_cannot_be_guessed_one_by_one(self, rp: Party):
        codes = [rp.browser.post("/device/", {"code": f"BBBB-BBB{c}"}).status_code
                 for c in "BCDFGHJKLMNP"]  # fmt: skip
        assert codes[0] == 422
        assert codes[-1] == 429


class TestApprovals:
    """CIBA, poll and ping, with number matching."""

    @pytest.fixture
    def sub(self, rp: Party) -> str:
        return rp.claims(rp.tokens()["id_token"])["sub"]

    def begun(self, rp: Party, sub: str, **other: str) -> dict[str, Any]:
        form = {"scope": "openid", "login_hint": sub, "binding_message": "Counter 3"}
        return body(rp.post("/oauth/backchannel", form | other))

    def polled(self, rp: Party, begun: dict[str, Any]) -> Any:
        form = {"grant_type": CIBA_GRANT, "auth_req_id": begun["auth_req_id"]}
        return rp.post("/oauth/token", form)

    def page(self, rp: Party) -> tuple[str, str]:
        path = re.search(r'/approve/[^"]+/', rp.browser.get("/approve/").content.decode())
        assert path
        return path[0], rp.browser.get(path[0]).content.decode()

    @pytest.mark.asvs("6.6.2")
    def test_the_number_that_is_shown_approves(self, rp: Party, sub: str):
        begun = self.begun(rp, sub)
        assert body(self.polled(rp, begun), 400)["error"] == "authorization_pending"
        path, page = self.page(rp)
        numbers = re.findall(r'name="number" value="(\d+)"', page)
        assert len(set(numbers)) == 3
        assert begun["matching_number"] in numbers
        assert "Counter 3" in page
        rp.browser.post(path, {"number": begun["matching_number"]})
        assert rp.claims(body(self.polled(rp, begun))["id_token"])["sub"] == sub
        assert body(self.polled(rp, begun), 400)["error"] == "invalid_grant"

    @pytest.mark.asvs("6.6.4")
    @pytest.mark.parametrize("wrong", ["", "00", "other"])
    def test_any_other_number_refuses(self, rp: Party, sub: str, wrong: str):
        begun = self.begun(rp, sub)
        path, page = self.page(rp)
        if wrong == "other":
            numbers = re.findall(r'name="number" value="(\d+)"', page)
            wrong = next(n for n in numbers if n != begun["matching_number"])
        rp.browser.post(path, {"number": wrong})
        assert rp.browser.post(path, {"number": begun["matching_number"]}).status_code == 404
        assert body(self.polled(rp, begun), 400)["error"] == "access_denied"

    def test_somebody_else_sees_and_approves_nothing(self, rp: Party, sub: str):
        begun = self.begun(rp, sub)
        path, _page = self.page(rp)
        other = Browser()
        sign_in(other, new_resident("이바다"))
        assert other.get(path).status_code == 404
        assert other.post(path, {"number": begun["matching_number"]}).status_code == 404
        assert body(self.polled(rp, begun), 400)["error"] == "authorization_pending"

    def test_a_weak_session_steps_up_first(self, rp: Party, sub: str, resident: Account):
        begun = self.begun(rp, sub, acr_values="urn:madang:ial2:aal2")
        weak = Browser()
        sign_in(weak, resident, "otp")
        path, _page = self.page(rp)
        assert weak.post(path, {"number": begun["matching_number"]})["Location"] == "/sign-in/more/"
        assert body(self.polled(rp, begun), 400)["error"] == "authorization_pending"

    @pytest.mark.parametrize(
        ("wrong", "error"),
        [
            ({"login_hint": "nobody"}, "unknown_user_id"),
            ({"login_hint": ""}, "invalid_request"),
            ({"id_token_hint": "x"}, "invalid_request"),
            ({"binding_message": "x" * 200}, "invalid_binding_message"),
            ({"scope": "profile"}, "invalid_scope"),
        ],
    )
    def test_errors_are_those_of_the_specification(
        self, rp: Party, sub: str, wrong: dict, error: str
    ):
        form = {"scope": "openid", "login_hint": sub} | wrong
        assert body(rp.post("/oauth/backchannel", form), 400)["error"] == error

    def test_nobody_is_worn_down_by_requests(self, rp: Party, sub: str):
        for _ in range(3):
            self.begun(rp, sub)
        form = {"scope": "openid", "login_hint": sub}
        assert body(rp.post("/oauth/backchannel", form), 400)["error"] == "access_denied"

    def test_the_person_is_told_that_somebody_asks(self, rp: Party, sub: str, resident: Account):
        self.begun(rp, sub)
        event = json.loads(OutboxEntry.objects.get(name="identity.security_notice").payload)
        assert (event["account"], event["kind"]) == (resident.pk, "approval-asked")

    def test_a_ping_says_that_it_was_decided(self, rp: Party, sub: str, monkeypatch):
        calls: list[httpx.Request] = []
        answer = httpx.MockTransport(lambda r: calls.append(r) or httpx.Response(204))
        monkeypatch.setattr(http, "client", lambda **_: httpx.Client(transport=answer))
        rp.client.notification_uri = "https://district.example/ping"
        rp.client.save()
        begun = self.begun(rp, sub, client_notification_token="t" * 30)
        row = BackchannelRequest.objects.get()
        assert b"t" * 30 not in bytes(row.notify)
        path, _page = self.page(rp)
        rp.browser.post(path, {"number": begun["matching_number"]})
        deliveries.deliver_due()
        assert calls[0].headers["Authorization"] == "Bearer " + "t" * 30
        assert json.loads(calls[0].content) == {"auth_req_id": begun["auth_req_id"]}


class TestExchange:
    """RFC 8693."""

    @pytest.fixture
    def target(self, provider_keys: None) -> Party:
        return party(name="Ledger", redirect_uris=("https://ledger.example/cb",),
                     scopes=("openid", "district"))  # fmt: skip

    @pytest.fixture
    def tokens(self, rp: Party, target: Party) -> dict[str, Any]:
        rp.client.exchange_for = [target.client.client_id]
        rp.client.save()
        return rp.tokens(scope="openid profile district")

    def exchanged(self, rp: Party, target: Party, token: str, **other: str) -> Any:
        form = {"grant_type": EXCHANGE_GRANT, "subject_token": token,
                "subject_token_type": exchange.ACCESS_TOKEN,
                "audience": target.client.client_id} | other  # fmt: skip
        return rp.post("/oauth/token", form)

    def test_the_other_service_sees_who_acts_for_whom(self, rp: Party, target: Party, tokens: dict):
        new = body(self.exchanged(rp, target, tokens["access_token"]))
        assert new["issued_token_type"] == exchange.ACCESS_TOKEN
        assert "refresh_token" not in new
        told = body(target.post("/oauth/introspect", {"token": new["access_token"]}))
        assert told["active"] is True
        assert told["aud"] == target.client.client_id
        assert told["scope"] == "openid district"
        assert told["act"] == {"client_id": rp.client.client_id}
        assert told["sub"] != rp.claims(tokens["id_token"])["sub"]  # another sector

    def test_an_actor_is_named(self, rp: Party, target: Party, tokens: dict):
        officer = party(name="Desk", redirect_uris=rp.client.redirect_uris)
        sign_in(officer.browser, new_resident("박강"))
        officer.client, officer.secret = rp.client, rp.secret
        actor = officer.tokens()["access_token"]
        new = body(self.exchanged(rp, target, tokens["access_token"], actor_token=actor,
                                  actor_token_type=exchange.ACCESS_TOKEN))  # fmt: skip
        told = body(target.post("/oauth/introspect", {"token": new["access_token"]}))
        assert told["act"]["sub"] not in ("", told["sub"])

    @pytest.mark.asvs("10.4.11")
    def test_it_never_opens_more(self, rp: Party, target: Party, tokens: dict):
        wide = self.exchanged(rp, target, tokens["access_token"], scope="openid birthdate")
        assert body(wide, 400)["error"] == "invalid_scope"

    @pytest.mark.asvs("9.2.3")
    def test_only_to_whom_it_may_and_with_its_own_token(
        self, rp: Party, target: Party, tokens: dict
    ):
        third = party(name="Third", redirect_uris=("https://third.example/cb",))
        denied = self.exchanged(rp, third, tokens["access_token"])
        assert body(denied, 400)["error"] == "invalid_target"
        third.client.exchange_for = [target.client.client_id]
        third.client.save()
        stolen = self.exchanged(third, target, tokens["access_token"])
        assert body(stolen, 400)["error"] == "invalid_grant"

    def test_who_is_not_concerned_learns_nothing_of_a_token(
        self, rp: Party, target: Party, tokens: dict
    ):
        asked = target.post("/oauth/introspect", {"token": tokens["access_token"]})
        assert body(asked) == {"active": False}


class TestRevocation:
    """RFC 7009."""

    @pytest.mark.asvs("10.4.9")
    def test_a_refresh_token_takes_all_with_it(self, rp: Party):
        tokens = rp.tokens()
        assert rp.post("/oauth/revoke", {"token": tokens["refresh_token"]}).status_code == 200
        assert rp.userinfo(tokens["access_token"]).status_code == 401

    def test_an_access_token_ends_alone(self, rp: Party):
        tokens = rp.tokens()
        rp.post("/oauth/revoke", {"token": tokens["access_token"]})
        assert rp.userinfo(tokens["access_token"]).status_code == 401
        assert rp.refresh(tokens["refresh_token"]).status_code == 200

    def test_another_clients_token_stays(self, rp: Party):
        tokens = rp.tokens()
        other = party(name="Other", redirect_uris=("https://other.example/cb",))
        assert other.post("/oauth/revoke", {"token": tokens["refresh_token"]}).status_code == 400
        assert rp.userinfo(tokens["access_token"]).status_code == 200

    def test_an_unknown_token_is_no_error(self, rp: Party):
        assert rp.post("/oauth/revoke", {"token": "unknown"}).status_code == 200
