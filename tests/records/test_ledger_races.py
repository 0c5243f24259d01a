"""Two at once: transactions that do not see each other, on PostgreSQL; SQLite has one writer."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from madang.kernel.errors import MadangError
from madang.records import api, ledger
from madang.records.chart import account
from madang.records.gateway_words import take
from madang.records.models import Entry, Journal, LedgerAccount
from tests.records.conftest import MOMENT, OFFICER, balance, opened_intent, paid, said

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer"),
]


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run each in a thread with a connection of its own; return what came back or was raised."""
    found: list[object] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(number: int) -> None:
        try:
            start.wait(10)
            found[number] = works[number]()
        except (MadangError, DatabaseError) as error:
            found[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def test_two_callbacks_at_once_book_one_capture(transactional_db):
    intent = opened_intent()
    words = [said("captured", intent, message=f"m{n}", charge="ch-1") for n in range(4)]
    found = at_once(*(lambda word=word: take("sample", word) for word in words))
    assert sorted(map(str, found)) == ["applied", "nothing", "nothing", "nothing"]
    assert balance("gateway:sample") == 10_000


def test_the_same_callback_twice_at_once_is_one(transactional_db):
    word = said("captured", opened_intent())
    found = at_once(*[lambda: take("sample", word)] * 3)
    assert sorted(map(str, found)) == ["applied", "repeated", "repeated"]


def test_two_officers_do_not_give_back_more_than_came(transactional_db):
    intent = paid()

    def give(key: str) -> object:
        return api.refund(intent.id, 6_000, "x", by=OFFICER, key=key)

    found = at_once(lambda: give("one"), lambda: give("two"))
    assert sum(isinstance(one, MadangError) for one in found) == 1
    assert api.intent(intent.id).refunded == 6_000


def test_one_key_opens_one_payment_for_two_at_once(transactional_db):
    found = at_once(*[lambda: opened_intent(key="fee:C-1")] * 3)
    assert len(api.intents_of("C-2026-17")) == 1
    assert len({one.id for one in found if isinstance(one, api.Intent)}) == 1
    assert all(isinstance(one, api.Intent) for one in found)


def test_an_entry_slipped_under_a_journal_that_is_being_posted_is_refused(transactional_db):
    """Neither transaction sees the other; the deferred trigger looks again at commit."""
    ledger.post(ledger.Booking("a", "t", "t"), [(account("bank"), 1), (account("written-off"), -1)])
    slipped, posted = threading.Event(), threading.Event()

    def intruder() -> None:
        with transaction.atomic():
            Entry.objects.create(journal_id="j", account_id="bank", amount=99)
            slipped.set()
            posted.wait(10)

    def owner() -> None:
        slipped.wait(10)
        with transaction.atomic():
            for amount in (5, -5):
                Entry.objects.create(journal_id="j", account_id="bank", amount=amount)
            Journal.objects.create(id="j", key="j", at=MOMENT, kind="t", currency="KRW", by="t")
        posted.set()

    refused, done = at_once(intruder, owner)
    assert isinstance(refused, DatabaseError)
    assert done is None
    assert ledger.check().faults == ()
    assert LedgerAccount.objects.count() == 2
