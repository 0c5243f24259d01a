"""One's own account: what opens it, where it is open, what happened; and changing a password."""

from __future__ import annotations

import pytest
from django.test import Client

from madang.identity import api, authenticators, sessions
from tests.identity.keys import PASSWORD, account_of, facts_of, later, opened, shown

pytestmark = [pytest.mark.data, pytest.mark.django_db]
NEW = "a quiet lantern by the gate"


def signed_in(name: str = "kim") -> Client:
    client = Client()
    client.post("/sign-in/", {"name": name, "password": PASSWORD})
    return client


def test_visitors_are_sent_to_sign_in(client: Client):
    assert client.get("/account/")["Location"] == "/sign-in/?next=%2Faccount%2F"


@pytest.mark.asvs("7.5.2")
def test_the_page_shows_keys_sessions_and_sign_ins(client: Client):
    key = opened(client, verifies=True)
    phone = Client(HTTP_USER_AGENT="Mozilla/5.0 (iPhone; CPU) Version/19 Safari/604.1")
    shown(phone, key)
    page = client.get("/account/", headers={"accept-language": "en"}).content.decode()
    assert page.count("Safari, iPhone") == 3  # its session, its button, its sign-in
    assert page.count("</time> · passkey") == 2
    assert "no-store" in client.get("/account/")["Cache-Control"]


@pytest.mark.parametrize("path", ["/approve/", "/account/agreed/"])
def test_the_page_leads_to_what_services_ask_and_know(client: Client, path: str):
    opened(client)
    assert f'href="{path}"' in client.get("/account/").content.decode()
    assert client.get(path).status_code == 200


@pytest.mark.asvs("7.5.2")
def test_one_session_is_ended_from_another(client: Client):
    key = opened(client)
    shown(phone := Client(), key)
    there = facts_of(phone).id
    client.post("/account/sessions/end/", {"session": there})
    assert phone.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 200


@pytest.mark.asvs("7.4.3", "7.5.2")
def test_all_other_sessions_are_ended_at_once(client: Client):
    key = opened(client)
    others = [Client() for _n in range(3)]
    for other in others:
        shown(other, key)
    client.post("/account/sessions/end/")
    assert len(sessions.sessions_of(account_of(client).pk)) == 1
    assert {other.get("/account/").status_code for other in others} == {302}


@pytest.mark.asvs("8.2.2")
def test_nobody_ends_anothers_session(client: Client):
    opened(client)
    opened(eve := Client())
    eve.post("/account/sessions/end/", {"session": facts_of(client).id})
    eve.post("/account/sessions/end/")
    assert client.get("/account/").status_code == 200


@pytest.mark.asvs("7.5.1")
def test_changing_needs_a_fresh_proof(client: Client, monkeypatch):
    opened(client)
    later(monkeypatch, minutes=6)
    answer = client.get("/account/passkeys/add/")
    assert "max_age=300" in answer["Location"]
    page = client.get(answer["Location"], follow=True)
    assert "/sign-in/passkey/" in page.content.decode()


@pytest.mark.asvs("6.2.2", "6.2.3", "7.4.3")
def test_a_password_is_changed_once_the_old_one_is_known(monkeypatch):
    api.add_user("kim", ["officer"], password=PASSWORD)
    client, other = signed_in(), signed_in()
    form = {"current": PASSWORD, "password": NEW, "again": NEW}
    assert client.post("/account/password/", form | {"current": "guess"}).status_code == 422
    assert client.post("/account/password/", form | {"again": "x"}).status_code == 422
    short = {"password": "short", "again": "short"}
    assert client.post("/account/password/", form | short).status_code == 422
    assert client.post("/account/password/", form).status_code == 302
    assert other.get("/account/").status_code == 302
    assert facts_of(signed_in()) is None
    again = Client()
    assert again.post("/sign-in/", {"name": "kim", "password": NEW}).status_code == 302


@pytest.mark.asvs("7.5.1", "6.3.4")
def test_who_has_a_second_factor_needs_it_to_change_the_password(monkeypatch):
    from tests.identity.keys import with_app

    api.add_user("kim", ["officer"], password=PASSWORD)
    with_app(signed_in())
    later(monkeypatch, minutes=1)
    answer = signed_in().get("/account/password/")
    assert "aal2" in answer["Location"]


def test_a_resident_has_no_password_page(client: Client):
    opened(client)
    assert client.get("/account/password/").status_code == 404


@pytest.mark.asvs("6.1.1", "6.3.1")
def test_a_strangers_guesses_do_not_lock_a_known_browser_out():
    api.add_user("kim", ["officer"], password=PASSWORD)
    owner = signed_in()
    owner.post("/sign-out/")
    stranger = Client(REMOTE_ADDR="192.0.2.9")
    for _try in range(40):
        stranger.post("/sign-in/", {"name": "kim", "password": "guess"})
    assert stranger.post("/sign-in/", {"name": "kim", "password": PASSWORD}).status_code == 429
    assert owner.post("/sign-in/", {"name": "kim", "password": PASSWORD}).status_code == 302


@pytest.mark.asvs("6.3.1")
def test_a_known_browser_has_no_more_tries_than_others():
    api.add_user("kim", ["officer"], password=PASSWORD)
    owner = signed_in()
    owner.post("/sign-out/")
    form = {"name": "kim", "password": "guess"}
    assert [owner.post("/sign-in/", form).status_code for _n in range(6)] == [422] * 5 + [429]


@pytest.mark.asvs("6.3.1", "9.1.1")
def test_a_forged_device_cookie_is_none():
    api.add_user("kim", ["officer"], password=PASSWORD)
    client = Client()
    client.cookies["madang_device"] = "W10:forged:cookie"
    for _try in range(5):
        client.post("/sign-in/", {"name": "kim", "password": "guess"})
    assert client.post("/sign-in/", {"name": "kim", "password": PASSWORD}).status_code == 429


def test_the_best_level_of_an_account_is_what_it_can_show(client: Client):
    opened(client, verifies=False)
    assert authenticators.best_aal(account_of(client).pk) == 1
    api.add_user("kim", ["officer"], password=PASSWORD)
    assert authenticators.best_aal(account_of(signed_in()).pk) == 1
