"""Signing in by approval on the phone, over HTTP, with a broker that keeps to the rules."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest
from django.test import Client

from madang.access.api import AUTHENTICATION, purpose
from madang.identity import approving
from madang.identity.account_models import Account
from madang.identity.approval_models import ApprovalRequest
from madang.identity.approvals import registry
from madang.identity.approving import MOST_ASKED
from madang.identity.person_models import ExternalId, Person
from madang.identity.session_models import Session
from madang.kernel import times
from madang.kernel.config import settings
from madang.kernel.models import AuditEntry
from tests.identity import pki
from tests.identity.fake_broker import CI, CLIENT_CODE, LINK_ID, SECRET, Broker

pytestmark = [pytest.mark.data, pytest.mark.django_db]
PAGE, WAIT = "/sign-in/approval/", "/sign-in/approval/wait/"
HONG = {"name": "홍길동", "born": "1970-01-01", "phone": "010-1234-5678", "provider": "kakao"}


@pytest.fixture
def clock():
    held = [pki.NOW]
    with times.fixed_clock(lambda: held[0]):
        yield held


@pytest.fixture
def broker(monkeypatch, clock):
    broker = Broker(lambda: clock[0])
    monkeypatch.setenv("MADANG_APPROVAL_BROKER", f"{LINK_ID}:{CLIENT_CODE}")
    monkeypatch.setenv("MADANG_APPROVAL_SECRET", SECRET)
    monkeypatch.setattr(registry, "transport", lambda: httpx.WSGITransport(broker))
    settings.cache_clear()
    registry.forget()
    yield broker
    monkeypatch.undo()
    settings.cache_clear()
    registry.forget()


def asked(client: Client, **how: str) -> str:
    """Send a request; return its receipt."""
    assert client.post(PAGE, HONG | how)["Location"] == WAIT
    with purpose(AUTHENTICATION, "authenticate"):
        return ApprovalRequest.objects.latest("requested", "id").receipt


def signed_in(client: Client, broker: Broker, **how: str) -> str:
    """Sign in by approval; return the account's id."""
    broker.sign(asked(client, **how))
    assert client.post(WAIT).status_code == 302
    return client.session["account"]


@pytest.mark.parametrize("provider", ["kakao", "naver", "pass", "toss"])
def test_approving_on_the_phone_opens_an_account(client: Client, broker, provider):
    account = signed_in(client, broker, provider=provider)
    assert [row["amr"] for row in client.session["proofs"]] == ["approval"]
    assert client.session["ial"] == 2
    with purpose(AUTHENTICATION, "keep-people"):
        person = Person.objects.get(pk=Account.objects.get(pk=account).person_id)
        assert f"{person.born}" == "1970-01-01"


@pytest.mark.asvs("6.8.1")
def test_all_providers_lead_to_the_same_account(client: Client, broker):
    first = signed_in(client, broker, provider="kakao")
    assert {signed_in(Client(), broker, provider=p) for p in ("naver", "pass", "toss")} == {first}


def test_the_page_waits_until_the_phone_says_so(client: Client, broker):
    receipt = asked(client)
    answer = client.post(WAIT)
    assert answer.status_code == 200 and 'role="alert"' in answer.content.decode()
    broker.sign(receipt)
    assert client.post(WAIT).status_code == 302


def test_the_number_on_the_page_is_the_number_on_the_phone(client: Client, broker):
    asked(client)
    code = re.search(r"<b>(?:<[^>]+>)?(\d\d)<", client.get(WAIT).content.decode())[1]
    assert code == client.session["approval_code"]
    assert broker.titles[-1].endswith(code)


@pytest.mark.asvs("6.8.4")
@pytest.mark.parametrize("how", ["refused", "expired", "too late", "swapped", "another token"])
def test_what_is_not_this_person_s_fresh_approval_opens_nothing(client, broker, clock, how):
    receipt = asked(client)
    if how == "refused":
        broker.refuse(receipt)
    elif how == "expired":
        clock[0] += timedelta(seconds=301)
    else:
        broker.sign(receipt)
    if how == "too late":
        clock[0] += timedelta(minutes=10, seconds=1)
    elif how == "swapped":
        broker.swaps = {"receiverName": "강감찬"}
    elif how == "another token":
        broker.swaps = {"signedData": "bm90LW91cnM"}
    answer = client.post(WAIT)
    assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()
    assert "account" not in client.session
    assert client.get(WAIT)["Location"] == PAGE


@pytest.mark.asvs("6.5.1")
def test_an_approval_works_once_even_where_two_ask_at_once(client: Client, broker):
    broker.sign(asked(client))
    twin = Client()
    twin.cookies = client.cookies.copy()
    kept = {"approval": client.session["approval"]}
    client.post(WAIT)
    other = Client()
    other.get(PAGE)
    session = other.session
    session.update(kept)
    session.save()
    assert other.post(WAIT).status_code in (302, 422)
    assert "account" not in other.session
    assert sum("Verify" in call for call in broker.calls) == 1


@pytest.mark.asvs("6.6.2", "10.1.2")
def test_another_browser_cannot_take_an_approval(client: Client, broker):
    broker.sign(asked(client))
    assert Client().post(WAIT)["Location"] == PAGE


@pytest.mark.parametrize("how", ["error", "rubbish"])
def test_a_provider_that_is_down_is_said_plainly_and_others_stay(client, broker, how):
    client.cookies["django_language"] = "en"
    broker.down = how
    answer = client.post(PAGE, HONG)
    page = answer.content.decode()
    assert answer.status_code == 503 and answer["Retry-After"]
    assert "does not answer just now" in page and "Did not answer a moment ago" in page
    assert 'value="naver"' in page and 'href="/sign-in/"' in page
    assert client.get("/sign-in/").status_code == 200


def test_a_provider_that_goes_down_while_waiting_loses_nothing_it_can_keep(client, broker):
    receipt = asked(client)
    broker.down = "error"
    assert client.post(WAIT).status_code == 503
    broker.down = ""
    broker.sign(receipt)
    assert client.post(WAIT).status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "홍"), ("born", "1970-13-01"), ("born", "2999-01-01"), ("phone", "02-120"),
     ("provider", "bank"), ("provider", "")],
)  # fmt: skip
def test_what_cannot_be_right_is_said_at_its_field_and_the_rest_is_kept(
    client, broker, field, value
):
    answer = client.post(PAGE, HONG | {field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="{field}-error"' in page
    kept = "name" if field != "name" else "phone"
    assert f'value="{HONG[kept]}"' in page
    assert broker.calls == []


@pytest.mark.asvs("6.6.4")
def test_nobody_is_worn_down_by_requests(client: Client, broker, clock):
    for _ in range(MOST_ASKED):
        asked(client)
    assert client.post(PAGE, HONG).status_code == 429
    clock[0] += timedelta(minutes=16)
    approving.forget_old()
    asked(client)


@pytest.mark.asvs("6.8.1")
def test_stepping_up_takes_the_same_person_only(client: Client, broker):
    account = signed_in(client, broker)
    broker.swaps = {"ci": CI[::-1]}
    broker.sign(asked(client, provider="naver"))
    assert client.post(WAIT).status_code == 409
    broker.swaps = {}
    broker.sign(asked(client, provider="toss"))
    assert client.post(WAIT).status_code == 302
    assert client.session["account"] == account
    assert [row["amr"] for row in client.session["proofs"]] == ["approval", "approval"]


def test_without_a_contract_there_is_no_such_way(client: Client):
    assert client.get(PAGE).status_code == 404
    assert PAGE not in client.get("/sign-in/").content.decode()


def test_the_connecting_information_is_kept_as_a_hash_only(client: Client, broker):
    signed_in(client, broker)
    with purpose(AUTHENTICATION, "keep-people"):
        row = ExternalId.objects.get()
    assert row.provider == "ci" and CI not in row.mac and len(row.mac) == 64


def test_no_name_or_number_is_in_addresses_tables_or_the_audit_log(client: Client, broker):
    asked(client)
    row = ApprovalRequest.objects.get()
    session = Session.objects.get()
    noted = " ".join(str(entry.__dict__) for entry in AuditEntry.objects.all())
    for text in ("홍길동", "01012345678", "19700101"):
        assert text.encode() not in bytes(row.asked)
        assert text not in f"{row.phone} {session.data} {noted}"


def test_old_requests_are_deleted(client: Client, broker, clock):
    asked(client)
    clock[0] += timedelta(minutes=15, seconds=1)
    approving.forget_old()
    assert not ApprovalRequest.objects.exists()
