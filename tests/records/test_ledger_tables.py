"""The database itself keeps the ledger whole: whoever writes to it, however."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from madang.records import ledger_triggers
from madang.records.models import Entry, Journal, LedgerAccount

pytestmark = [pytest.mark.data, pytest.mark.django_db]

AT = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture(autouse=True)
def accounts(db):
    for code, currency in (("bank", "KRW"), ("revenue:a", "KRW"), ("bank:USD", "USD")):
        LedgerAccount.objects.create(
            code=code, head=code.partition(":")[0], kind="asset", currency=currency, opened_at=AT
        )


def post(id: str, *entries: tuple[str, int], currency: str = "KRW") -> Journal:
    """Write a journal as the ledger does: entries first."""
    with transaction.atomic():
        Entry.objects.bulk_create(
            Entry(journal_id=id, account_id=code, amount=amount) for code, amount in entries
        )
        return Journal.objects.create(
            id=id, key=id, at=AT, kind="test", currency=currency, by="system:test"
        )


def test_a_journal_that_sums_to_zero_is_posted():
    post("j", ("bank", 100), ("revenue:a", -100))
    assert Journal.objects.count() == 1


@pytest.mark.parametrize(
    "entries",
    [
        [("bank", 100), ("revenue:a", -99)],
        [("bank", 100)],
        [],
        [("bank", 1), ("bank", 1), ("revenue:a", -1)],
    ],
)
def test_one_that_does_not_is_refused(entries):
    with pytest.raises(DatabaseError, match=ledger_triggers.UNBALANCED):
        post("j", *entries)
    assert not Entry.objects.exists()


def test_two_currencies_do_not_meet_in_one_journal():
    with pytest.raises(DatabaseError, match=ledger_triggers.FOREIGN):
        post("j", ("bank", 100), ("bank:USD", -100))


def test_entries_without_a_journal_do_not_survive_the_commit():
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.create(journal_id="never", account_id="bank", amount=5)
        connection.check_constraints()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records_entry SET amount = amount * 2",
        "DELETE FROM records_entry",
        "UPDATE records_journal SET at = at",
        "DELETE FROM records_journal",
        "INSERT INTO records_entry (journal_id, account_id, amount) VALUES ('j', 'bank', 7)",
        "UPDATE records_ledgeraccount SET currency = 'USD' WHERE code = 'bank'",
    ],
)
def test_what_is_posted_stays(statement):
    post("j", ("bank", 100), ("revenue:a", -100))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert sorted(Entry.objects.values_list("amount", flat=True)) == [-100, 100]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a word of SQLite's only")
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT OR REPLACE INTO records_entry (id, journal_id, account_id, amount)"
        " SELECT MIN(id), 'other', 'bank', 100 FROM records_entry",
        'INSERT OR REPLACE INTO records_journal (id, key, at, kind, currency, about, "case", by)'
        " VALUES ('j', 'j', '2026-11-23', 'test', 'KRW', '', '', 'system:test')",
    ],
)
def test_replacing_is_no_way_around(statement):
    post("j", ("bank", 100), ("revenue:a", -100))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_all_triggers_are_there():
    assert ledger_triggers.missing(connection) == []


def test_a_trigger_that_is_gone_is_named():
    with transaction.atomic():
        ledger_triggers.remove(connection)
        assert ledger_triggers.missing(connection) == sorted(
            ledger_triggers.expected(connection.vendor)
        )
        transaction.set_rollback(True)
    assert ledger_triggers.missing(connection) == []
