"""Accounts, roles and one-time links."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.contrib.auth.hashers import check_password, is_password_usable
from django.core import signing
from django.test import Client, RequestFactory, override_settings

from madang.access.api import ANONYMOUS, AUTHENTICATION, purpose
from madang.identity import actions, api, links
from madang.identity.account_models import Account
from madang.identity.accounts import MANAGE, close_account
from madang.identity.errors import LinkSpent, UserExists, WeakPassword
from madang.kernel import times
from madang.kernel.errors import Invalid
from madang.kernel.models import AuditEntry
from tests.staff import PASSWORD, joined, sign_in

pytestmark = [pytest.mark.data, pytest.mark.django_db]


def row(login: str) -> Account:
    with purpose(api.COMMAND_LINE, MANAGE):
        return Account.objects.get(login=login)


def password_of(login: str) -> str:
    with purpose(AUTHENTICATION, "authenticate"):
        return Account.objects.get(login=login).password


def path_of(link: str) -> str:
    return link.removeprefix("http://city.example")


@pytest.mark.asvs("6.4.1", "6.3.2")
def test_a_new_officer_has_the_role_and_a_link_but_no_password():
    account = api.add_user("kim", ["officer"], base_url="http://city.example/")
    assert account.roles == {"officer"}
    assert account.link.startswith("http://city.example/set-password/")
    assert not is_password_usable(password_of("kim"))
    assert AuditEntry.objects.filter(verb="identity.add_user", object=account.id).count() == 1


def test_an_actor_carries_id_name_roles_and_level(client: Client):
    account = api.add_user("kim", ["officer", "operator"], password=PASSWORD)
    client.post("/sign-in/", {"name": "kim", "password": PASSWORD})
    request = RequestFactory().get("/")
    request.session = client.session
    actor = api.current_actor(request)
    assert (actor.id, actor.name, actor.roles) == (account.id, "kim", {"officer", "operator"})
    assert (actor.ial, actor.aal) == (2, 1)


@pytest.mark.asvs("7.4.2", "8.3.2")
def test_a_closed_account_is_out_at_once(client: Client):
    joined("kim", ["operator"], client)
    assert client.get("/operations/").status_code == 200
    close_account(row("kim"), by=api.COMMAND_LINE, why="left")
    assert client.get("/operations/")["Location"].startswith("/sign-in/")
    assert client.post("/sign-in/", {"name": "kim", "password": PASSWORD}).status_code == 422
    assert api.users()[0].roles == frozenset()


def test_a_request_without_session_asks_the_database_nothing(django_assert_num_queries):
    request = RequestFactory().get("/")
    with django_assert_num_queries(0):
        assert api.current_actor(request) == ANONYMOUS


@pytest.mark.parametrize("role", ["mayor", "", "Administrator"])
def test_a_role_that_is_none_is_refused_by_name(role: str):
    with pytest.raises(Invalid, match="there are administrator, operator, officer"):
        api.add_user("kim", [role])
    assert not api.users()


@pytest.mark.parametrize("name", ["", "two words", "a" * 151, "semi;colon"])
def test_a_name_that_is_none_is_refused(name: str):
    with pytest.raises(Invalid, match="user name"):
        api.add_user(name, ["officer"])


def test_a_taken_name_is_refused_and_changes_nothing():
    api.add_user("kim", ["officer"])
    with pytest.raises(UserExists):
        api.add_user("kim", ["administrator"])
    assert api.users()[0].roles == {"officer"}


@pytest.mark.asvs("6.2.1")
@pytest.mark.parametrize("password", ["short", "123456789987654321", "administrator-kim"])
def test_a_weak_password_is_refused_with_the_reason(password: str):
    with pytest.raises(WeakPassword):
        api.add_user("administrator-kim", ["administrator"], password=password)


@pytest.mark.asvs("6.4.1", "6.4.6")
def test_a_link_lets_its_owner_in_once(client: Client):
    account = api.add_user("kim", ["officer"], base_url="http://city.example")
    path = path_of(account.link)
    assert client.get(path).status_code == 200
    answer = client.post(path, {"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 302
    assert client.session["account"]
    again = Client().post(
        path, {"password": "another long password!", "again": "another long password!"}
    )
    assert again.status_code == 410
    assert check_password(PASSWORD, password_of("kim"))


def test_two_different_passwords_are_sent_back_and_the_link_stays_good(client: Client):
    path = path_of(api.add_user("kim", ["officer"], base_url="http://city.example").link)
    answer = client.post(path, {"password": PASSWORD, "again": PASSWORD + "x"})
    assert answer.status_code == 422
    assert b'id="again-error"' in answer.content
    assert client.get(path).status_code == 200


@pytest.mark.asvs("6.4.1")
@override_settings(PASSWORD_RESET_TIMEOUT=-1)
def test_an_old_link_is_spent(client: Client):
    path = path_of(api.add_user("kim", ["officer"], base_url="http://city.example").link)
    assert client.get(path).status_code == 410


@pytest.mark.asvs("9.1.1")
def test_a_cut_link_is_spent(client: Client):
    path = path_of(api.add_user("kim", ["officer"], base_url="http://city.example").link)
    assert client.get(path[:-3] + "/").status_code == 410
    assert client.get("/set-password/%FF/x/").status_code in (404, 410)


@pytest.mark.asvs("6.3.2")
def test_the_first_administrator_link_works_until_there_is_one(client: Client):
    link = api.first_administrator_link("http://city.example")
    assert link is not None
    answer = client.post(path_of(link), {"name": "lee", "password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 302
    assert api.users()[0].roles == {"administrator"}
    assert api.first_administrator_link("http://city.example") is None
    late = Client().post(path_of(link), {"name": "eve", "password": PASSWORD, "again": PASSWORD})
    assert late.status_code == 410
    assert [account.name for account in api.users()] == ["lee"]


def test_an_invited_administrator_without_password_does_not_close_the_first_link():
    api.add_user("lee", ["administrator"])
    assert api.first_administrator_link("") is not None


@pytest.mark.asvs("9.1.1")
def test_a_forged_first_administrator_link_is_refused(client: Client):
    with override_settings(SECRET_KEY="another"):
        forged = links.first_administrator_path()
    answer = client.post(forged, {"name": "eve", "password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 410
    assert not api.users()


@pytest.mark.asvs("9.2.1")
def test_the_first_administrator_link_is_good_for_a_day(monkeypatch: pytest.MonkeyPatch):
    path = links.first_administrator_path()
    token = path.split("/")[2]
    links.check_first_administrator(token)
    later = signing.time.time() + timedelta(hours=24, seconds=5).total_seconds()
    monkeypatch.setattr(signing.time, "time", lambda: later)
    with pytest.raises(LinkSpent):
        links.check_first_administrator(token)


def test_the_command_prints_the_link_and_json():
    from madang.identity.cli import add, list_users

    text = CliRunner().invoke(add, ["kim", "--role", "officer", "--url", "http://city.example"])
    assert text.exit_code == 0
    assert "http://city.example/set-password/" in text.output
    row = json.loads(CliRunner().invoke(add, ["lee", "--role", "operator", "--json"]).output)
    assert (row["name"], row["roles"]) == ("lee", ["operator"])
    assert "/set-password/" in row["link"]
    listed = json.loads(CliRunner().invoke(list_users, ["--json"]).output)["users"]
    assert [user["name"] for user in listed] == ["kim", "lee"]


@pytest.mark.asvs("8.2.1")
def test_an_operation_needs_role_and_csrf_token(client: Client):
    account = api.add_user("kim", ["officer"], password=PASSWORD)
    sign_in(client, "kim")
    request = RequestFactory(enforce_csrf_checks=True).post("/api/v1/air/approve")
    request.session = client.session
    request._dont_enforce_csrf_checks = False
    with pytest.raises(Exception, match="CSRF"):
        api.api_access("role:officer")(request)
    get = RequestFactory().get("/api/v1/air/measures")
    get.session = client.session
    assert api.api_access("role:officer")(get).id == account.id


def test_failed_sign_ins_are_forgotten_after_they_stop_counting(client: Client):
    from madang.identity.models import SignInFailure

    client.post("/sign-in/", {"name": "kim", "password": "wrong"})
    SignInFailure.objects.update(at="2026-01-01T00:00:00Z")
    actions.forget_old_failures()
    assert not SignInFailure.objects.exists()


def test_what_is_counted_by_the_hour_is_kept_for_the_hour(client: Client, monkeypatch):
    begun = times.now()
    for _code in range(3):
        assert client.post("/sign-in/code/", {"address": "kim@example.org"}).status_code == 302
    monkeypatch.setattr(times, "now", lambda: begun + timedelta(minutes=50))
    actions.forget_old_failures()
    assert client.post("/sign-in/code/", {"address": "kim@example.org"}).status_code == 429
    monkeypatch.setattr(times, "now", lambda: begun + timedelta(minutes=61))
    assert client.post("/sign-in/code/", {"address": "kim@example.org"}).status_code == 302
