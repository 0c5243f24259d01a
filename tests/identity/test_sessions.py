"""Sessions: kept as a hash, ended by time and from elsewhere, forms never lost."""

from __future__ import annotations

import json
import math
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from madang.identity import api, cli, sessions
from madang.identity.rules import ABSOLUTE_S, IDLE_S, session_end
from madang.identity.session_models import Session
from madang.identity.session_store import SessionStore, hashed
from madang.kernel import times
from madang.kernel.errors import Invalid, NotFound

PASSWORD = "courtyard lantern persimmon"
data = [pytest.mark.data, pytest.mark.django_db]


@pytest.fixture
def lee(db) -> api.Account:
    return api.add_user("lee", ["officer"], password=PASSWORD)


def signed_in(client: Client) -> Session:
    client.post("/sign-in/", {"name": "lee", "password": PASSWORD})
    return Session.objects.get()


@pytest.mark.asvs("7.2.1")
@pytest.mark.usefixtures("lee")
def test_whoever_reads_the_table_has_no_key(client: Client):
    row = signed_in(client)
    cookie = client.cookies["madang"].value
    assert row.key == hashed(cookie) != cookie
    assert cookie not in row.data


@pytest.mark.asvs("7.2.2", "7.2.3")
def test_a_key_cannot_be_guessed():
    """222 bits from the operating system's generator, and no two alike."""
    keys = {SessionStore()._new_key() for _ in range(2000)}
    assert len(keys) == 2000
    letters = set("".join(keys))
    assert len(letters) == 36
    assert min(len(key) for key in keys) * math.log2(len(letters)) > 128


@pytest.mark.asvs("7.2.4")
@pytest.mark.usefixtures("lee")
def test_stepping_up_takes_a_new_key_and_voids_the_old_one(client: Client):
    row = signed_in(client)
    before = client.cookies["madang"].value
    client.post("/sign-in/", {"name": "lee", "password": PASSWORD})
    assert client.cookies["madang"].value != before
    after = Session.objects.get()
    assert after.public_id == row.public_id, "the same session"
    assert len(client.session["proofs"]) == 2
    old = Client()
    old.cookies["madang"] = before
    assert old.get("/operations/").headers["Location"].startswith("/sign-in/")


@pytest.mark.asvs("7.4.1")
@pytest.mark.usefixtures("lee")
def test_after_signing_out_the_key_is_worth_nothing(client: Client):
    signed_in(client)
    thief = Client()
    thief.cookies["madang"] = client.cookies["madang"].value
    client.post("/sign-out/")
    assert thief.get("/operations/").headers["Location"].startswith("/sign-in/")
    assert not Session.objects.filter(account__gt="").exists()


@pytest.mark.asvs("7.2.1")
@pytest.mark.usefixtures("lee")
@pytest.mark.parametrize("key", ["", "x", "a" * 43, "a" * 5000, "\x00", "' or 1=1 --"])
def test_a_key_that_we_did_not_make_opens_nothing_and_is_not_taken_over(client: Client, key: str):
    client.cookies["madang"] = key
    assert client.get("/operations/").headers["Location"].startswith("/sign-in/")
    client.post("/sign-in/", {"name": "lee", "password": PASSWORD})
    assert client.cookies["madang"].value != key
    assert not Session.objects.filter(key=hashed(key)).exists()


@pytest.mark.asvs("7.2.4")
@pytest.mark.usefixtures("lee")
def test_signing_in_takes_a_new_key_and_drops_the_visitors(client: Client):
    client.get("/sign-in/?next=/air/measures/")
    before = client.cookies["madang"].value
    answer = client.post("/sign-in/", {"name": "lee", "password": PASSWORD})
    assert answer["Location"] == "/air/measures/"
    assert client.cookies["madang"].value != before
    assert not Session.objects.filter(key=hashed(before)).exists()


@pytest.mark.asvs("7.4.1")
@pytest.mark.usefixtures("lee")
def test_a_session_ended_from_elsewhere_is_out_at_the_next_click(client: Client):
    row = signed_in(client)
    phone = Client()
    phone.post("/sign-in/", {"name": "lee", "password": PASSWORD})
    assert sessions.end_sessions(row.account, by="test", but=row.public_id) == 1
    assert phone.get("/air/measures/desk/").status_code in (302, 404)
    assert len(sessions.sessions_of(row.account)) == 1


@pytest.mark.asvs("7.3.1")
@pytest.mark.usefixtures("lee")
def test_an_idle_session_ends_and_a_used_one_goes_on(client: Client, monkeypatch):
    signed_in(client)
    start = times.now()
    for minutes in (40, 80):  # each within the idle limit of the last
        monkeypatch.setattr(times, "now", lambda m=minutes: start + timedelta(minutes=m))
        assert client.get("/sign-in/?next=/").status_code == 302  # signed in: led on at once
    monkeypatch.setattr(times, "now", lambda: start + timedelta(minutes=145))
    assert client.get("/sign-in/?next=/").status_code == 200


@pytest.mark.asvs("7.3.2")
@given(st.sampled_from(sorted(IDLE_S)), st.integers(0, 50_000))
def test_no_session_lasts_longer_than_twelve_hours(idle: str, seen_s: int):
    opened = times.now()
    ends = session_end(opened, opened + timedelta(seconds=seen_s), idle)
    assert ends - opened <= timedelta(seconds=ABSOLUTE_S)


@pytest.mark.usefixtures("lee")
def test_a_form_sent_too_late_comes_back_after_signing_in(client: Client):
    signed_in(client)
    Session.objects.update(expires=times.now() - timedelta(seconds=1))
    late = client.post("/operations/gateways/", {"name": "roof <3", "password": "secret"})
    assert late["Location"] == "/sign-in/?next=%2F"
    client.get(late["Location"])
    answer = client.post("/sign-in/", {"name": "lee", "password": PASSWORD})
    assert answer["Location"] == "/sign-in/kept-form/"
    page = client.get(answer["Location"]).content.decode()
    assert 'action="/operations/gateways/"' in page
    assert 'value="roof &lt;3"' in page
    assert "secret" not in page
    assert "secret" not in str(client.session["kept_form"])


def test_somebody_else_never_gets_the_kept_form(client: Client, lee: api.Account):
    api.add_user("eve", ["officer"], password=PASSWORD)
    signed_in(client)
    Session.objects.update(expires=times.now() - timedelta(seconds=1))
    client.post("/operations/gateways/", {"name": "roof"})
    answer = client.post("/sign-in/", {"name": "eve", "password": PASSWORD})
    assert answer["Location"] == "/"
    assert client.get("/sign-in/kept-form/")["Location"] == "/"


@pytest.mark.asvs("7.4.5")
def test_an_administrator_ends_the_sessions_of_one_or_of_all(client: Client, lee: api.Account):
    api.add_user("eve", ["officer"], password=PASSWORD)
    eve = Client()
    signed_in(client)
    eve.post("/sign-in/", {"name": "eve", "password": PASSWORD})

    def ended(*arguments: str):
        return CliRunner().invoke(cli.end_sessions, [*arguments, "--json"])

    assert json.loads(ended("lee").output) == {"ended": 1}
    assert client.get("/operations/").headers["Location"].startswith("/sign-in/")
    assert eve.get("/sign-in/?next=/").status_code == 302, "still signed in"
    assert json.loads(ended(lee.id).output) == {"ended": 0}
    assert json.loads(ended("--everybody").output) == {"ended": 1}
    assert not Session.objects.filter(account__gt="").exists()
    assert isinstance(ended("nobody").exception, NotFound)
    for wrong in ((), ("lee", "--everybody")):
        assert isinstance(ended(*wrong).exception, Invalid)


def test_what_a_device_is_called():
    assert (
        sessions.device_of("Mozilla/5.0 (iPhone; CPU) Version/19 Safari/604.1") == "Safari, iPhone"
    )
    assert sessions.device_of("") == ""
