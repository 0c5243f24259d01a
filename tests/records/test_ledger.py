"""The ledger: whatever happens, each journal and all the books sum to zero."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from madang.kernel import record_dump, times
from madang.kernel.errors import MadangError
from madang.records import api, ledger, ledger_triggers, payment_jobs, refunds
from madang.records.chart import Account, account
from madang.records.errors import AlreadyReversed, Unbalanced, UnknownAccount
from madang.records.models import Entry, Journal, LedgerAccount
from tests.records.conftest import (
    CASES,
    MOMENT,
    TREASURER,
    balance,
    books,
    empty_the_ledger,
    hear,
    opened_intent,
)  # fmt: skip

pytestmark = [pytest.mark.data, pytest.mark.django_db]
BANK, SAMPLE = account("bank"), account("gateway", "sample")


def book(key: str, amount: int, at=None, **more) -> bool:
    booking = ledger.Booking(key, "test", "system:test", at=at, **more)
    return ledger.post(booking, [(BANK, amount), (SAMPLE, -amount)])


def test_a_journal_is_posted_once_for_its_key():
    assert (book("a", 5), book("a", 5)) == (True, False)
    assert (balance("bank"), Journal.objects.count()) == (5, 1)


@pytest.mark.parametrize("sides", [[], [(BANK, 5)], [(BANK, 5), (SAMPLE, -4)], [(BANK, 0)]])
def test_what_does_not_sum_to_zero_is_refused_in_words(sides):
    with pytest.raises(Unbalanced):
        ledger.post(ledger.Booking("a", "test", "system:test"), sides)
    assert not LedgerAccount.objects.exists()


@pytest.mark.parametrize("wrong", [("nothing",), ("bank", "x"), ("gateway",), ("gateway", "a:b")])
def test_accounts_are_those_of_the_chart(wrong):
    with pytest.raises(UnknownAccount):
        account(*wrong)


def test_a_correction_is_a_journal_that_reverses_one():
    book("a", 5, case="C-1")
    assert ledger.reverse("a", by="system:test")
    assert books() == {}
    with pytest.raises(AlreadyReversed):
        ledger.reverse("a", by="system:test", reversal_key="once more")
    assert not ledger.reverse("unknown", by="system:test")
    assert [row.reverses for row in ledger.statement("C-1")] == ["", "a"]


def test_balances_are_those_of_a_moment():
    for day in range(3):
        book(f"day-{day}", 100, at=MOMENT + timedelta(days=day))
    assert ledger.balance(BANK, at=MOMENT + timedelta(days=1)) == 200
    lines = ledger.trial_balance(at=MOMENT)
    assert {line.account: line.balance for line in lines} == {"bank": 100, "gateway:sample": -100}


def test_two_currencies_are_two_accounts():
    book("won", 100)
    book("dollars", 7, currency="USD")
    assert books() == {"bank": 100, "gateway:sample": -100, "bank:USD": 7, "gateway:sample:USD": -7}
    assert ledger.balance(BANK, currency="USD") == 7


def test_a_look_at_all_journals_finds_what_is_wrong():
    book("a", 5)
    assert ledger.check() == ledger.Check(1, 2, ())
    with transaction.atomic():
        ledger_triggers.remove(connection)
        Entry.objects.filter(amount=5).update(amount=6)
        found = ledger.check().faults
        transaction.set_rollback(True)
    journal = Journal.objects.get()
    assert f"journal {journal.id} sums to +1 over 2 entries" in found
    assert "the books in KRW sum to +1" in found
    assert any("trigger" in fault for fault in found)
    assert ledger.problem() is None


def test_a_journal_is_all_or_nothing():
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(journal_id="half", account_id=_opened(BANK), amount=5)
        connection.check_constraints()
    assert not Entry.objects.exists()


def _opened(of: Account) -> str:
    LedgerAccount.objects.create(
        code=of.head, head=of.head, kind="asset", currency="KRW", opened_at=MOMENT
    )
    return of.head


AMOUNTS = st.integers(-(10**12), 10**12).filter(bool)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(st.lists(AMOUNTS, min_size=1, max_size=5), min_size=1, max_size=6))
def test_all_books_sum_to_zero_whatever_is_posted(journals):
    heads = [BANK, SAMPLE, account("suspense", "sample"), account("written-off"),
             account("miscellaneous-revenue")]  # fmt: skip
    with transaction.atomic():
        for number, amounts in enumerate(journals):
            sides = [
                *zip(heads, amounts, strict=False),
                (account("refunds-payable"), -sum(amounts)),
            ]
            booking = ledger.Booking(f"p-{number}", "test", "system:test")
            try:
                ledger.post(booking, sides)
            except Unbalanced:
                pytest.fail("sides that sum to zero were refused")
        assert sum(line.balance for line in ledger.trial_balance()) == 0
        assert ledger.check().faults == ()
        transaction.set_rollback(True)


@pytest.mark.parametrize("seed", range(12))
def test_payments_of_every_fate_leave_books_that_sum_to_zero(seed, sent):
    """Random words, amounts, refunds, withdrawals and clocks; then look at everything."""
    chance = random.Random(seed)
    intents = [opened_intent(chance.choice([500, 10_000, 400_000])) for _ in range(4)]
    clock = times.now()
    for step in range(60):
        clock += timedelta(minutes=chance.choice([0, 1, 600]))
        intent = chance.choice(intents)
        amount = chance.choice([intent.amount, intent.amount, intent.amount // 2, 1])
        with times.fixed_clock(clock), sent():
            try:
                _something(chance, intent, amount, step)
            except MadangError:
                continue
        assert ledger.check().faults == ()
    _agrees(intents)


def _something(chance: random.Random, intent: api.Intent, amount: int, step: int) -> None:
    act = chance.randrange(10)
    if act < 5:
        kind = chance.choice(["authorised", "captured", "failed", "refunded", "charged-back"])
        charge = chance.choice([f"ch-{intent.id}", f"ch-{intent.id}", "ch-other"])
        currency = chance.choice(["KRW", "KRW", "KRW", "USD"])
        movement = f"mov-{chance.randrange(6)}" if kind in ("refunded", "charged-back") else ""
        hear(kind, intent, amount, charge=charge, currency=currency, movement=movement)
    elif act == 5:
        api.withdraw(intent.id, "withdrawn", by=CASES)
    elif act == 6:
        payment_jobs.tend()
    elif act == 7:
        for made in refunds_waiting():
            refunds.approve(made, by=TREASURER)
    else:
        api.refund(intent.id, amount, "a reason", by=CASES, key=f"r-{step}")


def refunds_waiting() -> list[str]:
    from madang.records.models import Refund
    from tests.looking import rows

    return [row.id for row in rows(Refund).filter(state="waiting")]


def _agrees(intents: list[api.Intent]) -> None:
    """What intents say was paid and given back is what the books say of each."""
    for intent in intents:
        now = api.intent(intent.id)
        sums: dict[str, int] = {}
        for posted in ledger.statement(about=f"payment:{intent.id}"):
            if posted.kind != "suspense":
                for code, amount in posted.sides:
                    sums[code] = sums.get(code, 0) + amount
        captured = now.amount if now.captured_at else 0
        assert sums.get("gateway:sample", 0) == captured - now.refunded - now.charged_back
        owed = now.amount if now.state in ("created", "authorised", "failed") else 0
        assert sums.get("receivable:resident-register-copy", 0) == owed


def test_the_books_survive_a_dump_and_a_restore(transactional_db, tmp_path):
    book("a", 5)
    intent = opened_intent()
    hear("captured", intent)
    before, path = books(), tmp_path / "dump.jsonl"
    record_dump.dump(path)
    empty_the_ledger()
    record_dump.load(path)
    assert (books(), ledger.check().faults) == (before, ())
