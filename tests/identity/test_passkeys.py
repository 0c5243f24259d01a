"""Passkeys: enrolled, shown, counted, bound to our address; nothing half made."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client

from madang.access.api import maintenance
from madang.identity import api, authenticators
from madang.identity.account_models import Account, Authenticator
from madang.identity.engine.levels import Level
from madang.kernel.models import AuditEntry
from tests.identity.keys import (
    PASSWORD,
    account_of,
    answer_of,
    facts_of,
    later,
    notices,
    opened,
    shown,
)
from tests.identity.soft_passkey import SoftPasskey

pytestmark = [pytest.mark.data, pytest.mark.django_db]


def counts() -> tuple[int, int]:
    with maintenance("test"):
        return Account.objects.count(), Authenticator.objects.count()


def test_an_account_opens_without_name_number_or_password(client: Client):
    opened(client)
    facts = facts_of(client)
    assert facts is not None
    assert (facts.level, facts.person, facts.name) == (Level(1, 2), "", "")
    account = account_of(client)
    assert (account.kind, account.person_id, account.password) == ("resident", None, "")


def test_the_same_passkey_signs_in_elsewhere(client: Client):
    key = opened(client)
    laptop = Client()
    assert shown(laptop, key).status_code == 302
    assert account_of(laptop) == account_of(client)
    assert facts_of(laptop).amr == ("passkey",)


def test_a_passkey_that_does_not_check_its_user_is_one_factor(client: Client):
    key = opened(client, verifies=False)
    assert facts_of(client).level == Level(1, 1)
    shown(other := Client(), key)
    assert facts_of(other).amr == ("pop",)


def test_language_is_kept_with_the_account(client: Client):
    client.get("/account/new/", headers={"accept-language": "ko"})
    key = SoftPasskey()
    page = client.get("/account/new/", headers={"accept-language": "ko"})
    client.post("/account/new/", answer_of(page, key.make), headers={"accept-language": "ko"})
    assert account_of(client).language == "ko"


@pytest.mark.asvs("6.7.2")
def test_an_answer_counts_once(client: Client):
    key = opened(client)
    other = Client()
    form = answer_of(other.get("/sign-in/passkey/"), key.show)
    assert other.post("/sign-in/passkey/", form).status_code == 302
    third = Client()
    third.get("/sign-in/passkey/")
    assert third.post("/sign-in/passkey/", form).status_code == 422


def test_an_answer_to_another_question_is_refused(client: Client):
    key = opened(client)
    other = Client()
    first, second = other.get("/sign-in/passkey/"), other.get("/sign-in/passkey/")
    form = {"token": first.context["token"], "answer": key.show(second.context["options"])}
    assert other.post("/sign-in/passkey/", form).status_code == 422


def test_an_answer_after_ten_minutes_is_refused(client: Client, monkeypatch):
    key = opened(client)
    other = Client()
    form = answer_of(other.get("/sign-in/passkey/"), key.show)
    later(monkeypatch, minutes=10, seconds=1)
    assert other.post("/sign-in/passkey/", form).status_code == 422


@pytest.mark.parametrize("wrong", [{"origin": "https://evil.example"}, {"rp_id": "evil.example"}])
def test_a_false_site_gets_nowhere(client: Client, wrong: dict[str, str]):
    key = opened(client)
    for name, value in wrong.items():
        setattr(key, name, value)
    assert shown(Client(), key).status_code == 422


def test_a_key_that_counts_backwards_was_copied(client: Client):
    key = opened(client)
    shown(Client(), key)
    key.count = 0
    other = Client()
    assert shown(other, key).status_code == 422
    assert facts_of(other) is None
    assert "passkey-copied" in notices()
    assert AuditEntry.objects.filter(verb="identity.suspect_copy").count() == 1


def test_a_key_that_never_counts_is_fine(client: Client):
    key = opened(client, counts=False)
    for _time in range(2):
        assert shown(Client(), key).status_code == 302


def test_a_forged_signature_is_refused(client: Client):
    key = opened(client)
    thief = SoftPasskey(id=key.id, user=key.user, count=50)
    assert shown(Client(), thief).status_code == 422


def test_a_key_that_names_another_account_is_refused(client: Client):
    key = opened(client)
    opened(Client())
    key.user = SoftPasskey().user or "YWJj"
    assert shown(Client(), key).status_code == 422


@pytest.mark.parametrize("answer", ["", "[]", "{}", "nonsense", '{"id": 3}', '{"response": []}'])
def test_an_answer_that_is_none_is_refused(client: Client, answer: str):
    before = counts()
    for path in ("/sign-in/passkey/", "/account/new/"):
        token = client.get(path).context["token"]
        assert client.post(path, {"token": token, "answer": answer}).status_code == 422
    assert counts() == before


@pytest.mark.asvs("6.3.7")
def test_a_second_passkey_is_added_told_and_named(client: Client):
    opened(client)
    key = SoftPasskey()
    page = client.get("/account/passkeys/add/")
    assert client.post("/account/passkeys/add/", answer_of(page, key.make)).status_code == 302
    assert notices() == ["authenticator-added"]
    mine = authenticators.authenticators_of(account_of(client).pk)
    assert len(mine) == 2
    client.post(f"/account/keys/{mine[1].pk}/", {"label": "blue key"})
    assert "blue key" in client.get("/account/").content.decode()
    assert shown(Client(), key).status_code == 302


def test_the_same_device_is_not_enrolled_twice(client: Client):
    key = opened(client)
    page = client.get("/account/passkeys/add/")
    assert key.id and b"excludeCredentials" in page.content
    assert client.post("/account/passkeys/add/", answer_of(page, key.make)).status_code == 422
    assert len(authenticators.authenticators_of(account_of(client).pk)) == 1


def test_sending_the_enrolment_twice_adds_one(client: Client):
    opened(client)
    page = client.get("/account/passkeys/add/")
    form = answer_of(page, SoftPasskey().make)
    assert [client.post("/account/passkeys/add/", form).status_code for _ in "ab"] == [302, 422]
    assert len(authenticators.authenticators_of(account_of(client).pk)) == 2


def test_a_question_for_one_account_adds_nothing_to_another(client: Client):
    opened(client)
    page = client.get("/account/passkeys/add/")
    form = answer_of(page, SoftPasskey().make)
    mine = account_of(client).pk
    shown(client, opened(Client()))  # the same browser, now somebody else
    assert client.post("/account/passkeys/add/", form).status_code == 422
    assert len(authenticators.authenticators_of(mine)) == 1


def test_a_crash_half_way_leaves_neither_account_nor_key(client: Client, monkeypatch):
    before = counts()
    page = client.get("/account/new/")
    form = answer_of(page, SoftPasskey().make)

    def crash(*_args: object, **_kwargs: object) -> None:
        assert not transaction.get_autocommit()
        raise RuntimeError("the power went")

    monkeypatch.setattr("madang.identity.authenticators._note", crash)
    with pytest.raises(RuntimeError):
        client.post("/account/new/", form)
    assert counts() == before


@pytest.mark.asvs("6.5.6")
def test_a_removed_passkey_is_out_and_the_last_one_stays(client: Client):
    first = opened(client)
    mine = authenticators.authenticators_of(account_of(client).pk)
    assert "passkeys/add" in client.get(f"/account/keys/{mine[0].pk}/").content.decode()
    client.post(f"/account/keys/{mine[0].pk}/remove/")
    assert shown(Client(), first).status_code == 302
    page = client.get("/account/passkeys/add/")
    client.post("/account/passkeys/add/", answer_of(page, SoftPasskey().make))
    assert client.post(f"/account/keys/{mine[0].pk}/remove/").status_code == 302
    assert shown(Client(), first).status_code == 422
    assert notices() == ["authenticator-added", "authenticator-removed"]


@pytest.mark.asvs("8.2.2")
def test_nobody_removes_anothers_key(client: Client):
    opened(client)
    theirs = authenticators.authenticators_of(account_of(client).pk)[0].pk
    eve = Client()
    opened(eve)
    assert eve.get(f"/account/keys/{theirs}/").status_code == 404
    assert eve.post(f"/account/keys/{theirs}/", {"label": "x"}).status_code == 404
    assert eve.post(f"/account/keys/{theirs}/remove/").status_code == 404
    assert len(authenticators.authenticators_of(account_of(client).pk)) == 1


@pytest.mark.asvs("6.3.3", "7.2.4")
def test_staff_step_up_with_a_passkey():
    api.add_user("kim", ["officer"], password=PASSWORD)
    client = Client()
    client.post("/sign-in/", {"name": "kim", "password": PASSWORD})
    key = SoftPasskey()
    page = client.get("/account/passkeys/add/")
    assert client.post("/account/passkeys/add/", answer_of(page, key.make)).status_code == 302
    other = Client()
    other.post("/sign-in/", {"name": "kim", "password": PASSWORD})
    assert facts_of(other).level == Level(2, 1)
    shown(other, key)
    assert facts_of(other).level == Level(2, 2)
    assert set(facts_of(other).amr) == {"pwd", "passkey"}
