"""Signing out: asked for by an application, told to all the others."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
import pytest
from django.test import Client as Browser

from madang.identity import sessions
from madang.identity.account_models import Account
from madang.identity.provider import deliveries
from madang.identity.provider_models import Grant
from madang.identity.provider_request_models import Delivery
from madang.identity.session_models import Session
from madang.identity.sessions import end_sessions
from madang.kernel import http, times
from madang.kernel.registry import Schedule, registry
from tests.identity.relying import Party, new_resident, party, sign_in

pytestmark = [pytest.mark.data, pytest.mark.django_db]
BYE = "https://district.example/bye"
TOLD = "https://district.example/told"


@pytest.fixture
def sent(monkeypatch):
    """Catch what applications are sent; answer with `codes`, 200 after them."""
    calls: list[httpx.Request] = []
    codes: list[int] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        return httpx.Response(codes.pop(0) if codes else 200)

    transport = httpx.MockTransport(answer)
    monkeypatch.setattr(http, "client", lambda **_: httpx.Client(transport=transport))
    return calls, codes


def signed_in(browser: Browser) -> bool:
    return "account" in browser.session


def test_an_application_with_its_id_token_signs_out_at_once(rp: Party):
    hint = rp.tokens()["id_token"]
    response = rp.browser.get(
        "/oauth/logout",
        {"id_token_hint": hint, "post_logout_redirect_uri": BYE, "state": "s 1"},
    )
    assert (response.status_code, response["Location"]) == (302, f"{BYE}?state=s+1")
    assert not signed_in(rp.browser)
    assert not Session.objects.filter(account__gt="").exists()


def test_an_expired_id_token_still_says_whose_session_it_is(rp: Party):
    hint = rp.tokens()["id_token"]
    with times.fixed_clock(times.now() + timedelta(minutes=25)):
        response = rp.browser.get(
            "/oauth/logout", {"id_token_hint": hint, "post_logout_redirect_uri": BYE}
        )
        assert response["Location"] == BYE


@pytest.mark.parametrize(
    "uri", ["https://evil.example/", "https://district.example/bye/", "https://district.example/cb"]
)
def test_nobody_is_sent_elsewhere_after_signing_out(rp: Party, uri: str):
    hint = rp.tokens()["id_token"]
    response = rp.browser.get(
        "/oauth/logout", {"id_token_hint": hint, "post_logout_redirect_uri": uri}
    )
    assert response.status_code == 200
    assert "Location" not in response
    assert not signed_in(rp.browser)


@pytest.mark.asvs("10.6.2")
def test_without_an_id_token_the_reader_is_asked(rp: Party):
    page = rp.browser.get(
        "/oauth/logout", {"client_id": rp.client.client_id, "post_logout_redirect_uri": BYE}
    )
    assert page.status_code == 200
    assert signed_in(rp.browser)
    assert rp.browser.post("/oauth/logout/confirm/", {"answer": "no"}).status_code == 302
    assert signed_in(rp.browser)
    response = rp.browser.post("/oauth/logout/confirm/", {"answer": "yes"})
    assert response.status_code == 200
    assert not signed_in(rp.browser)


def test_a_confirmation_from_another_site_is_refused(rp: Party):
    strict = Browser(enforce_csrf_checks=True)
    strict.cookies = rp.browser.cookies
    assert strict.post("/oauth/logout/confirm/", {"answer": "yes"}).status_code == 403


@pytest.mark.asvs("10.6.2")
def test_an_id_token_of_somebody_else_signs_nobody_out_unasked(rp: Party):
    hint = rp.tokens()["id_token"]
    other = Browser()
    sign_in(other, new_resident("이바다"))
    page = other.get("/oauth/logout", {"id_token_hint": hint, "post_logout_redirect_uri": BYE})
    assert page.status_code == 200
    assert signed_in(other)


@pytest.mark.asvs("10.6.2", "9.1.1")
@pytest.mark.parametrize("forged", ["x.y.z", "", None])
def test_a_forged_id_token_signs_nobody_out(rp: Party, forged: str | None):
    hint = rp.tokens()["id_token"]
    header, body, signature = hint.split(".")
    forged = f"{header}.{body}.{signature[:-8]}AAAAAAAA" if forged is None else forged
    response = rp.browser.get(
        "/oauth/logout", {"id_token_hint": forged, "post_logout_redirect_uri": BYE}
    )
    assert "Location" not in response
    assert signed_in(rp.browser)


def test_a_form_from_the_application_works_without_our_cookie(rp: Party):
    hint = rp.tokens()["id_token"]
    response = Browser().post(
        "/oauth/logout", {"id_token_hint": hint, "post_logout_redirect_uri": BYE}
    )
    assert response["Location"] == BYE
    assert not Session.objects.filter(account__gt="").exists()


@pytest.mark.asvs("7.6.1")
def test_every_application_of_the_session_gets_a_logout_token(rp: Party, resident: Account, sent):
    calls, _codes = sent
    rp.client.backchannel_logout_uri = TOLD
    rp.client.save()
    second = party(name="Sports", redirect_uris=("https://sports.example/cb",),
                   backchannel_logout_uri="https://sports.example/told")  # fmt: skip
    second.browser = rp.browser
    known = {party_.client.client_id: party_.claims(party_.tokens()["id_token"])
             for party_ in (rp, second)}  # fmt: skip
    end_sessions(resident.pk, by="test")
    deliveries.deliver_due()
    assert {str(call.url) for call in calls} == {TOLD, "https://sports.example/told"}
    for call in calls:
        token = call.content.decode().removeprefix("logout_token=")
        claims = rp.claims(token)
        signed_in_as = known[claims["aud"]]
        assert (claims["sub"], claims["sid"]) == (signed_in_as["sub"], signed_in_as["sid"])
        assert claims["events"] == {deliveries.LOGOUT_EVENT: {}}
        assert "nonce" not in claims
        assert claims["exp"] > claims["iat"]
    assert known[rp.client.client_id]["sub"] != known[second.client.client_id]["sub"]
    assert known[rp.client.client_id]["sid"] != known[second.client.client_id]["sid"]
    deliveries.deliver_due()
    assert len(calls) == 2


def test_an_application_that_is_down_is_told_later_and_in_the_end_given_up(
    rp: Party, resident: Account, sent
):
    calls, codes = sent
    codes += [503] * 20
    rp.client.backchannel_logout_uri = TOLD
    rp.client.save()
    rp.tokens()
    end_sessions(resident.pk, by="test")
    start = times.now()
    waits = []
    for _try in range(deliveries.MOST_ATTEMPTS):
        row = Delivery.objects.get()
        waits.append((row.due - start).total_seconds())
        with times.fixed_clock(max(row.due, start)):
            deliveries.deliver_due()
    assert len(calls) == deliveries.MOST_ATTEMPTS
    assert waits == sorted(waits)
    row = Delivery.objects.get()
    assert row.given_up is not None
    assert row.error == "answered 503"
    assert json.loads(json.dumps(row.attempts)) == deliveries.MOST_ATTEMPTS


@pytest.mark.asvs("7.3.1")
@pytest.mark.parametrize("offline", [False, True])
def test_a_session_that_was_idle_for_too_long_is_told_once(rp: Party, sent, offline):
    calls, _codes = sent
    rp.client.backchannel_logout_uri = TOLD
    rp.client.save()
    scope = "openid offline_access" if offline else "openid"
    claims = rp.claims(rp.tokens(scope=scope)["id_token"])
    silent = Browser()
    silent.get("/")
    sessions.clear_expired()
    assert Delivery.objects.count() == 0, "it lasts"
    idle = Session.objects.get(account__gt="").expires
    with times.fixed_clock(idle):
        for _often in range(3):
            sessions.clear_expired()
            deliveries.deliver_due()
    assert not Session.objects.filter(account__gt="").exists()
    (told,) = calls
    token = rp.claims(told.content.decode().removeprefix("logout_token="))
    assert (token["sub"], token["sid"]) == (claims["sub"], claims["sid"])
    assert token["events"] == {deliveries.LOGOUT_EVENT: {}}
    ended = Grant.objects.get().ended
    assert (ended is None) == offline, "what was granted for longer than a session stays"


def test_who_comes_back_in_time_is_signed_out_nowhere(rp: Party, sent):
    rp.client.backchannel_logout_uri = TOLD
    rp.client.save()
    rp.tokens()
    first = Session.objects.get(account__gt="").expires
    with times.fixed_clock(first - timedelta(minutes=1)):
        rp.browser.get("/account/")
    with times.fixed_clock(first):
        sessions.clear_expired()
    assert Session.objects.filter(account__gt="").exists()
    assert Delivery.objects.count() == 0


def test_the_schedule_sweeps_every_minute():
    (sweep,) = (one for one in registry().offers(Schedule) if one.name == "identity-clear-sessions")
    assert sweep.cron == "* * * * *"
    assert sweep.target == "madang.identity.sessions:clear_expired"


def test_many_sessions_are_swept_in_slices(monkeypatch, db):
    monkeypatch.setattr(sessions, "_SWEPT", 2)
    for _n in range(5):
        Browser().get("/sign-in/passkey/")
    assert Session.objects.count() == 5
    with times.fixed_clock(times.now() + timedelta(hours=2)):
        sessions.clear_expired()
    assert Session.objects.count() == 0


def test_whoever_signs_in_as_another_in_the_same_browser_ends_the_first_session(rp: Party, sent):
    rp.client.backchannel_logout_uri = TOLD
    rp.client.save()
    rp.tokens()
    sign_in(rp.browser, new_resident())
    assert Delivery.objects.count() == 1
    assert Grant.objects.get().ended is not None
