"""One-time codes and addresses: sent where they belong, once, and never a factor."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from madang.access.api import maintenance
from madang.identity import codes, contacts
from madang.identity.engine.levels import Level
from madang.identity.key_models import Contact, OneTimeCode
from madang.kernel.models import OutboxEntry
from tests.identity.keys import (
    account_of,
    facts_of,
    later,
    notices,
    opened,
    sent_codes,
    shown,
    with_address,
)

pytestmark = [pytest.mark.data, pytest.mark.django_db]
MAIL = "kim@example.org"


@pytest.fixture
def kim(client: Client) -> Client:
    client.key = opened(client)
    with_address(client, MAIL)
    return client


def asked(client: Client, address: str):
    return client.post("/sign-in/code/", {"address": address})


@pytest.mark.asvs("6.6.1")
def test_an_address_counts_once_its_code_was_typed(client: Client):
    opened(client)
    client.post("/account/addresses/add/", {"address": " Kim@Example.ORG "})
    assert [one.is_confirmed for one in contacts.contacts_of(account_of(client).pk)] == [False]
    address, code = sent_codes()[-1]
    assert address == "Kim@example.org"
    client.post("/account/addresses/confirm/", {"code": f"{code[:4]} {code[4:]}"})
    (shown_one,) = contacts.contacts_of(account_of(client).pk)
    assert (shown_one.is_confirmed, shown_one.signs_in) == (True, True)
    assert notices() == ["contact-added"]


@pytest.mark.asvs("6.3.6")
def test_a_code_signs_in_at_level_one_and_proves_no_factor(kim: Client):
    other = Client()
    assert asked(other, MAIL)["Location"] == "/sign-in/code/enter/"
    other.post("/sign-in/code/enter/", {"code": sent_codes()[-1][1]})
    facts = facts_of(other)
    assert (facts.level, facts.amr, facts.proved_at) == (Level(1, 1), ("email",), None)
    for path in ("/account/passkeys/add/", "/account/app-codes/add/", "/account/addresses/add/"):
        assert other.get(path)["Location"].startswith("/sign-in/?")
    # and the way on asks for the passkey, not for one more code
    page = other.get(other.get("/account/passkeys/add/")["Location"], follow=True)
    assert "/sign-in/passkey/" in page.content.decode()
    assert 'href="/sign-in/code/"' not in page.content.decode().split("<main")[1]
    shown(other, kim.key)
    assert other.get("/account/passkeys/add/").status_code == 200


@pytest.mark.asvs("6.5.1", "6.5.5")
def test_a_code_works_once_for_ten_minutes(kim: Client, monkeypatch):
    asked(other := Client(), MAIL)
    code = sent_codes()[-1][1]
    other.post("/sign-in/code/enter/", {"code": code})
    row = OneTimeCode
    with maintenance("test"):
        used = row.objects.filter(use="sign-in").get()
    third = Client()
    asked(third, MAIL)
    later_code = sent_codes()[-1][1]
    assert third.post("/sign-in/code/enter/", {"code": code}).status_code == 422
    later(monkeypatch, minutes=10, seconds=1)
    assert third.post("/sign-in/code/enter/", {"code": later_code}).status_code == 422
    assert used.used is not None


@pytest.mark.asvs("6.6.3")
def test_after_five_tries_even_the_right_code_is_none(kim: Client):
    asked(other := Client(), MAIL)
    code = sent_codes()[-1][1]
    for number in range(codes.TRIES):
        wrong = f"{number:08}"
        assert other.post("/sign-in/code/enter/", {"code": wrong}).status_code == 422
    assert other.post("/sign-in/code/enter/", {"code": code}).status_code == 422
    assert facts_of(other) is None


@pytest.mark.asvs("6.6.2")
def test_a_code_is_good_where_it_was_asked_for_only(kim: Client):
    asked(Client(), MAIL)
    thief = Client()
    asked(thief, "nobody@example.org")
    assert thief.post("/sign-in/code/enter/", {"code": sent_codes()[-1][1]}).status_code == 422
    assert Client().get("/sign-in/code/enter/")["Location"] == "/sign-in/code/"


@pytest.mark.asvs("6.6.2")
def test_a_code_to_confirm_does_not_sign_in(client: Client):
    opened(client)
    client.post("/account/addresses/add/", {"address": MAIL})
    sent = client.session["contact_code"]
    with pytest.raises(codes.ProofFailed):
        codes.check(sent, sent_codes()[-1][1], codes.SIGN_IN)


@pytest.mark.asvs("6.3.8")
def test_an_unknown_address_looks_and_costs_the_same(kim: Client):
    found = []
    for address in (MAIL, "nobody@example.org"):
        other = Client()
        with CaptureQueriesContext(connection) as queries:
            answer = asked(other, address)
        page = other.get("/sign-in/code/enter/").content
        writes = [q["sql"].split()[0] for q in queries if q["sql"].split()[0] != "SELECT"]
        found.append((answer.status_code, answer["Location"], len(page), writes))
    assert found[0] == found[1]
    assert len(sent_codes()) == 2  # the one that confirmed, and one to kim; none to nobody


def test_a_code_that_nobody_waits_for_is_not_sent_to_anybody(client: Client):
    asked(client, "stranger@example.org")
    payload = OutboxEntry.objects.get(name="identity.code_issued").payload
    assert "stranger" not in payload
    assert not sent_codes()


@pytest.mark.asvs("6.5.2")
def test_neither_address_nor_code_is_readable_in_the_database(kim: Client):
    asked(Client(), MAIL)
    address, code = sent_codes()[-1]
    with maintenance("test"):
        rows = str([*Contact.objects.values(), *OneTimeCode.objects.values()])
    payloads = " ".join(OutboxEntry.objects.values_list("payload", flat=True))
    assert address not in rows + payloads
    assert code not in rows + payloads


def test_nobodys_mailbox_is_filled(kim: Client):
    answers = [asked(Client(), MAIL).status_code for _time in range(4)]
    assert answers == [302, 302, 429, 429]  # the first of three confirmed the address


@pytest.mark.asvs("6.6.3")
def test_one_place_asks_for_twenty_an_hour(client: Client):
    answers = [asked(Client(), f"n{n}@example.org").status_code for n in range(21)]
    assert answers[-2:] == [302, 429]
    assert asked(Client(REMOTE_ADDR="192.0.2.7"), "x@example.org").status_code == 302


def test_a_family_shares_a_mailbox_and_the_first_signs_in_by_it(kim: Client, monkeypatch):
    later(monkeypatch, hours=2)
    child = Client()
    opened(child)
    with_address(child, MAIL)
    (one,) = contacts.contacts_of(account_of(child).pk)
    assert (one.is_confirmed, one.signs_in) == (True, False)
    mine = account_of(kim).pk if facts_of(kim) else ""
    asked(other := Client(), MAIL)
    other.post("/sign-in/code/enter/", {"code": sent_codes()[-1][1]})
    assert account_of(other).pk != account_of(child).pk
    assert mine in ("", account_of(other).pk)


def test_a_removed_address_is_told_once_more_and_forgotten(kim: Client):
    (one,) = contacts.contacts_of(account_of(kim).pk)
    kim.post("/account/addresses/remove/", {"contact": one.id})
    kim.post("/account/addresses/remove/", {"contact": one.id})
    assert contacts.contacts_of(account_of(kim).pk) == []
    assert notices() == ["contact-added", "contact-removed"]


@pytest.mark.parametrize("wrong", ["", "kim", "kim@", "@example.org", "a@b@c", "k\n@example.org"])
def test_what_is_no_address_is_said_at_the_field(client: Client, wrong: str):
    answer = asked(client, wrong)
    assert answer.status_code == 422
    assert 'id="address-error"' in answer.content.decode()


def test_old_codes_are_deleted(kim: Client, monkeypatch):
    later(monkeypatch, hours=2)
    codes.forget_old()
    with maintenance("test"):
        assert not OneTimeCode.objects.exists()
