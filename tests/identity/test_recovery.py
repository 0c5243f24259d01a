"""Getting an account back: two independent things and a day, or a counter; never a phone alone."""

from __future__ import annotations

from itertools import combinations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from madang.identity import authenticators, numbers, paper, recovery
from madang.identity.engine.levels import FACTORS
from madang.identity.sessions import Proof
from tests.identity.keys import (
    account_of,
    answer_of,
    code_now,
    facts_of,
    later,
    notices,
    opened,
    sent_codes,
    shown,
    with_address,
    with_app,
)
from tests.identity.soft_passkey import SoftPasskey

pytestmark = [pytest.mark.data, pytest.mark.django_db]
MAIL, PHONE = "kim@example.org", "010-1234-5678"
SHOW = "/account/recover/show/"


class Owner:
    """Somebody with a passkey, a mailbox, a telephone and a sheet of paper codes."""

    def __init__(self) -> None:
        self.client = Client()
        self.key = opened(self.client)
        self.id = account_of(self.client).pk
        self.number = numbers.number_of(self.id)
        with_address(self.client, MAIL)
        with_address(self.client, PHONE)
        self.codes = paper.issue(self.id, by="test")


@pytest.fixture
def kim() -> Owner:
    return Owner()


def begun(number: str) -> Client:
    client = Client()
    client.post("/account/recover/", {"number": number})
    return client


def with_sent(client: Client, channel: str):
    client.post(SHOW, {"what": channel})
    return client.post(SHOW, {"what": "sent", "code": sent_codes()[-1][1]})


def with_both(kim: Owner) -> tuple[Client, object]:
    client = begun(kim.number)
    client.post(SHOW, {"what": "paper", "code": kim.codes.pop()})
    return client, with_sent(client, "email")


@pytest.mark.asvs("6.4.3")
def test_what_is_enough_is_two_things_one_of_them_a_factor():
    lone = [frozenset({amr}) for amr in FACTORS]
    assert not any(recovery.is_enough(one) for one in lone)
    assert not recovery.is_enough(frozenset({"email", "sms"}))
    pairs = [frozenset(pair) for pair in combinations(FACTORS, 2)]
    refused = [pair for pair in pairs if not recovery.is_enough(pair)]
    assert refused == [frozenset({"email", "sms"})]


@pytest.mark.asvs("6.4.3")
def test_two_things_then_a_day_then_the_two_again(kim: Owner, monkeypatch):
    client, answer = with_both(kim)
    assert b"recover" in answer.content and facts_of(client) is None
    assert notices()[-1] == "recovery-asked"
    assert shown(Client(), kim.key).status_code == 302  # nothing has changed yet
    client, _answer = with_both(kim)
    assert facts_of(client) is None  # asking once more does not shorten the day
    assert notices().count("recovery-asked") == 1
    later(monkeypatch, hours=24, seconds=1)
    client, answer = with_both(kim)
    assert answer["Location"] == "/account/"
    facts = facts_of(client)
    assert (facts.account, facts.level.aal, set(facts.amr)) == (kim.id, 1, {"paper", "email"})
    assert notices()[-1] == "recovery-done"
    assert shown(Client(), kim.key).status_code == 422  # the lost key is out
    assert facts_of(kim.client) is None
    form = answer_of(client.get("/account/passkeys/add/"), (key := SoftPasskey()).make)
    assert client.post("/account/passkeys/add/", form).status_code == 302
    assert shown(Client(), key).status_code == 302


@pytest.mark.asvs("6.4.3")
def test_whoever_has_only_the_telephone_gets_nowhere(kim: Owner, monkeypatch):
    for _day in range(2):
        thief = begun(kim.number)
        with_sent(thief, "sms")
        with_sent(thief, "email")
        assert recovery.open_recovery(kim.id) is None
        assert facts_of(thief) is None
        later(monkeypatch, hours=25)


def test_whoever_has_only_the_sheet_gets_nowhere(kim: Owner, monkeypatch):
    thief = begun(kim.number)
    for _code in range(3):
        thief.post(SHOW, {"what": "paper", "code": kim.codes.pop()})
    assert recovery.open_recovery(kim.id) is None


def test_the_owner_stops_it(kim: Owner, monkeypatch):
    with_both(kim)
    page = kim.client.get("/account/").content.decode()
    assert "/account/recover/stop/" in page
    kim.client.post("/account/recover/stop/")
    later(monkeypatch, hours=25)
    thief, _answer = with_both(kim)
    assert facts_of(thief) is None  # the day begins anew
    assert len(authenticators.authenticators_of(kim.id)) == 2


def test_what_was_asked_a_week_ago_begins_anew(kim: Owner, monkeypatch):
    with_both(kim)
    later(monkeypatch, days=8, hours=1)
    client, _answer = with_both(kim)
    assert facts_of(client) is None
    assert notices().count("recovery-asked") == 2


def test_it_is_finished_once(kim: Owner, monkeypatch):
    with_both(kim)
    row = recovery.open_recovery(kim.id)
    proofs = [Proof("paper", "x"), Proof("email")]
    assert not recovery.finish(row, proofs)
    later(monkeypatch, hours=24, seconds=1)
    assert not recovery.finish(row, [Proof("sms"), Proof("email")])
    assert recovery.finish(row, proofs)
    assert not recovery.finish(row, proofs)


def test_the_app_and_the_mailbox_are_two_things(kim: Owner, monkeypatch):
    app = with_app(kim.client)
    later(monkeypatch, minutes=2)
    client = begun(kim.number)
    client.post(SHOW, {"what": "otp", "code": code_now(app)})
    with_sent(client, "email")
    assert recovery.open_recovery(kim.id).shown == ["email", "otp"]


def test_two_halves_an_hour_apart_are_no_pair(kim: Owner, monkeypatch):
    client = begun(kim.number)
    client.post(SHOW, {"what": "paper", "code": kim.codes.pop()})
    later(monkeypatch, minutes=16)
    with_sent(client, "email")
    assert recovery.open_recovery(kim.id) is None


def test_a_code_of_another_account_does_not_count(kim: Owner):
    thief = Client()
    opened(thief)
    with_address(thief, "eve@example.org")
    client = begun(kim.number)
    client.post(SHOW, {"what": "paper", "code": kim.codes.pop()})
    other = begun(numbers.number_of(account_of(thief).pk))
    other.post(SHOW, {"what": "email"})
    session = client.session
    session["recover"] = session["recover"] | {"code": other.session["recover"]["code"]}
    session.save()
    client.post(SHOW, {"what": "sent", "code": sent_codes()[-1][1]})
    assert recovery.open_recovery(kim.id) is None


def test_an_unknown_number_looks_and_costs_the_same(kim: Owner):
    stranger = "799273987" + numbers.check_digit("799273987")
    found = []
    for number in (kim.number, stranger):
        client = begun(number)
        pages, writes = [], []
        for form in ({"what": "paper", "code": "1" * 12}, {"what": "email"},
                     {"what": "sent", "code": "1" * 8}):  # fmt: skip
            with CaptureQueriesContext(connection) as queries:
                answer = client.post(SHOW, form)
            pages.append((answer.status_code, len(answer.content)))
            writes.append([q["sql"].split()[0] for q in queries if "SELECT" not in q["sql"][:8]])
        found.append((pages, writes))
    assert found[0] == found[1]


def test_guessing_is_slowed_down(kim: Owner):
    client = begun(kim.number)
    tries = [client.post(SHOW, {"what": "paper", "code": f"{n:012}"}).status_code for n in range(6)]
    assert tries == [422] * 5 + [429]


def test_pages_out_of_order_lead_to_the_first(client: Client):
    assert client.get(SHOW)["Location"] == "/account/recover/"
    assert client.post("/account/recover/", {"number": "12"}).status_code == 422
