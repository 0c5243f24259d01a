"""Refresh tokens: used once; one that comes twice ends the family, and its owner is told."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from madang.identity import sessions
from madang.identity.account_models import Account
from madang.identity.accounts import close_account
from madang.identity.provider import clients, lifetimes
from madang.identity.provider_models import Client, Grant
from madang.identity.sessions import sessions_of
from madang.kernel import times
from madang.kernel.models import AuditEntry, OutboxEntry
from tests.identity.relying import HERE, Party, party

pytestmark = [pytest.mark.data, pytest.mark.django_db]
OFFLINE = {"scope": "openid profile offline_access"}


def error_of(response) -> str:
    assert response.status_code == 400, response.content
    return json.loads(response.content)["error"]


@pytest.mark.asvs("10.4.5")
def test_each_token_is_replaced_and_says_the_same_of_the_sign_in(rp: Party):
    first = rp.tokens()
    response = rp.refresh(first["refresh_token"])
    second = json.loads(response.content)
    assert response["Cache-Control"] == "no-store"
    assert second["refresh_token"] != first["refresh_token"]
    before, after = rp.claims(first["id_token"]), rp.claims(second["id_token"])
    for claim in ("sub", "acr", "amr", "auth_time", "sid", "aud", "iss"):
        assert before[claim] == after[claim]
    assert rp.userinfo(second["access_token"]).status_code == 200


def test_the_client_is_loaded_once_a_request(rp: Party):
    tokens = rp.tokens()
    with CaptureQueriesContext(connection) as asked:
        assert rp.refresh(tokens["refresh_token"]).status_code == 200
    loads = [one["sql"] for one in asked if '"identity_client"."jwks"' in one["sql"]]
    assert len(loads) == 1


@pytest.mark.asvs("10.4.5")
def test_a_stolen_token_ends_the_family_and_its_owner_is_told(rp: Party, resident: Account):
    stolen = rp.tokens()["refresh_token"]
    honest = json.loads(rp.refresh(stolen).content)
    assert error_of(rp.refresh(stolen)) == "invalid_grant"
    assert error_of(rp.refresh(honest["refresh_token"])) == "invalid_grant"
    assert rp.userinfo(honest["access_token"]).status_code == 401
    assert AuditEntry.objects.filter(verb="identity.refuse_refresh").count() == 1
    notice = OutboxEntry.objects.get(name="identity.security_notice")
    assert json.loads(notice.payload)["account"] == resident.pk
    assert json.loads(notice.payload)["values"] == {"application": "Library of Mapo"}


def test_another_client_cannot_use_it_nor_end_it(rp: Party):
    token = rp.tokens()["refresh_token"]
    other = party(name="Other", redirect_uris=("https://other.example/cb",))
    assert error_of(other.refresh(token)) == "invalid_grant"
    assert rp.refresh(token).status_code == 200


@pytest.mark.asvs("10.4.11")
@pytest.mark.parametrize("scope", ["openid birthdate", "openid profile admin"])
def test_it_never_opens_more_than_was_granted(rp: Party, scope: str):
    token = rp.tokens(scope="openid profile")["refresh_token"]
    assert error_of(rp.refresh(token, scope=scope)) == "invalid_scope"


def test_it_may_open_less(rp: Party):
    tokens = rp.tokens(scope="openid profile")
    narrow = json.loads(rp.refresh(tokens["refresh_token"], scope="openid").content)
    assert set(json.loads(rp.userinfo(narrow["access_token"]).content)) == {"sub"}
    wide = json.loads(rp.refresh(narrow["refresh_token"]).content)
    assert "name" in json.loads(rp.userinfo(wide["access_token"]).content)


@pytest.mark.asvs("9.2.2")
def test_an_access_token_refreshes_nothing(rp: Party):
    tokens = rp.tokens()
    assert error_of(rp.refresh(tokens["access_token"])) == "invalid_grant"
    assert rp.userinfo(tokens["refresh_token"]).status_code == 401


@pytest.mark.asvs("7.6.1")
def test_signing_out_ends_it_but_not_what_was_granted_for_longer(rp: Party, resident: Account):
    online, offline = rp.tokens()["refresh_token"], rp.tokens(**OFFLINE)["refresh_token"]
    sessions.end_sessions(resident.pk, by="test")
    assert error_of(rp.refresh(online)) == "invalid_grant"
    assert rp.refresh(offline).status_code == 200


@pytest.mark.asvs("7.4.2")
def test_a_closed_account_refreshes_nothing(rp: Party, resident: Account):
    tokens = rp.tokens(**OFFLINE)
    close_account(resident, by=HERE, why="test")
    assert error_of(rp.refresh(tokens["refresh_token"])) in ("invalid_request", "invalid_grant")
    assert rp.userinfo(tokens["access_token"]).status_code == 401


def test_a_suspended_client_has_nothing_left(rp: Party):
    tokens = rp.tokens(**OFFLINE)
    clients.decide(rp.client.client_id, Client.State.SUSPENDED, by="test")
    response = rp.refresh(tokens["refresh_token"])
    assert json.loads(response.content)["error"] == "invalid_client"
    assert rp.userinfo(tokens["access_token"]).status_code == 401
    clients.decide(rp.client.client_id, Client.State.APPROVED, by="test")
    assert error_of(rp.refresh(tokens["refresh_token"])) == "invalid_grant"


@pytest.mark.asvs("10.4.8")
def test_it_waits_for_its_time_and_no_longer(rp: Party, resident: Account):
    online, offline = rp.tokens(), rp.tokens(**OFFLINE)
    opened = sessions_of(resident.pk)[0].created
    with times.fixed_clock(opened + lifetimes.ACCESS + timedelta(seconds=5)):
        assert rp.userinfo(online["access_token"]).status_code == 401
        online = json.loads(rp.refresh(online["refresh_token"]).content)
    with times.fixed_clock(opened + lifetimes.ONLINE + timedelta(seconds=5)):
        assert error_of(rp.refresh(online["refresh_token"])) == "invalid_grant"
        offline = json.loads(rp.refresh(offline["refresh_token"]).content)
    with times.fixed_clock(opened + lifetimes.ONLINE + lifetimes.OFFLINE_IDLE * 2):
        assert error_of(rp.refresh(offline["refresh_token"])) == "invalid_grant"


@pytest.mark.asvs("10.4.8")
def test_nothing_outlives_ninety_days(rp: Party):
    token = rp.tokens(**OFFLINE)["refresh_token"]
    start = times.now()
    for month in range(1, 4):
        with times.fixed_clock(start + timedelta(days=29) * month):
            token = json.loads(rp.refresh(token).content)["refresh_token"]
    with times.fixed_clock(start + lifetimes.OFFLINE + timedelta(seconds=5)):
        assert error_of(rp.refresh(token)) == "invalid_grant"
    assert Grant.objects.get().ended is None
