"""Codes and notices of accounts go out at once, are tried again, and are too late in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from madang.access.api import maintenance
from madang.identity.events import CodeIssued, SecurityNotice
from madang.kernel import times
from madang.kernel.events import encode
from madang.kernel.models import OutboxEntry
from madang.notices import account_messages
from madang.notices.channels import setup
from madang.notices.channels.port import Refused, TryLater
from madang.notices.models import RecordedMessage
from tests.identity.keys import opened, with_address

pytestmark = [pytest.mark.data, pytest.mark.django_db]


class Post:
    """A channel that refuses as often as it is told."""

    parallel = 0

    def __init__(self, *refusals: Exception) -> None:
        self.refusals, self.sent = list(refusals), []

    def send(self, message):
        if self.refusals:
            raise self.refusals.pop(0)
        self.sent.append(message)
        return "taken"

    def close(self) -> None:
        """Nothing is open."""


def post(monkeypatch, *refusals: Exception) -> Post:
    made = Post(*refusals)
    monkeypatch.setattr(setup, "channel", lambda name: made)
    return made


def events(kind) -> list[tuple[str, str]]:
    rows = OutboxEntry.objects.filter(name=kind.NAME).order_by("id")
    return [(row.name, row.payload) for row in rows]


@pytest.fixture
def kim(client: Client) -> Client:
    opened(client)
    with_address(client, "kim@example.org")
    return client


def test_a_code_reaches_its_address(kim: Client, monkeypatch):
    sent = post(monkeypatch).sent
    assert account_messages.bring(*events(CodeIssued)[0]) == []
    (message,) = sent
    assert message.address == "kim@example.org"
    assert sum(sign.isdigit() for sign in message.title) == 8
    assert "/account/" in message.text


def test_a_demonstration_records_it(kim: Client):
    account_messages.bring(*events(CodeIssued)[0])
    account_messages.bring(*events(CodeIssued)[0])  # a job that a dying worker left behind
    with maintenance("test"):
        (row,) = RecordedMessage.objects.all()
    assert (row.channel, row.to) == ("email", "k…@example.org")


def test_a_code_that_is_over_is_not_sent(kim: Client, monkeypatch):
    sent = post(monkeypatch).sent
    late = times.now() + timedelta(minutes=10)
    monkeypatch.setattr(times, "now", lambda: late)
    assert account_messages.bring(*events(CodeIssued)[0]) == []
    assert not sent


def test_a_code_for_nobody_is_not_sent(client: Client, monkeypatch):
    sent = post(monkeypatch).sent
    client.post("/sign-in/code/", {"address": "nobody@example.org"})
    assert account_messages.bring(*events(CodeIssued)[0]) == []
    assert not sent


def test_what_fails_is_tried_again_and_what_is_refused_is_not(kim: Client, monkeypatch):
    made = post(monkeypatch, TryLater("busy"), Refused("no"))
    first = events(SecurityNotice)[0]
    assert account_messages.bring(*first) == [0]
    assert account_messages.bring(*first, [0]) == []
    assert not made.sent
    assert account_messages.bring(*first, [0]) == []
    assert len(made.sent) == 1


def test_a_notice_reaches_all_addresses_in_the_owners_language(client: Client, monkeypatch):
    opened(client)
    with_address(client, "kim@example.org")
    with_address(client, "010-1234-5678")
    sent = post(monkeypatch).sent
    account_messages.bring(*events(SecurityNotice)[-1])
    assert {message.channel for message in sent} == {"email", "sms"}
    assert len({message.key for message in sent}) == 2


def test_a_removed_address_is_told_itself(kim: Client, monkeypatch):
    from madang.identity import contacts
    from tests.identity.keys import account_of

    (one,) = contacts.contacts_of(account_of(kim).pk)
    kim.post("/account/addresses/remove/", {"contact": one.id})
    sent = post(monkeypatch).sent
    account_messages.bring(*events(SecurityNotice)[-1])
    assert [message.address for message in sent] == ["kim@example.org"]


def test_a_notice_about_an_account_that_is_gone_tells_nobody(monkeypatch):
    sent = post(monkeypatch).sent
    event = SecurityNotice(account="gone", kind="recovery-asked", values={})
    assert account_messages.bring(event.NAME, encode(event).decode()) == []
    assert not sent


def test_pauses_grow_to_an_hour():
    pauses = [account_messages.pause(tries) for tries in range(account_messages.MOST_TRIES)]
    assert pauses[0] == timedelta(seconds=5)
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=1)


def test_the_event_asks_for_a_job(kim: Client):
    from django_tasks_db.models import DBTaskResult

    before = DBTaskResult.objects.count()
    account_messages.told(SecurityNotice(account="a", kind="counter", values={}))
    assert DBTaskResult.objects.count() == before + 1
