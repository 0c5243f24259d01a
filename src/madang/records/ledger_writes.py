"""The three statements of posting a journal, written by hand: each payment runs them a few times.

They need a quarter of the CPU time that the ORM takes for the same rows (`bench/payments.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection


@dataclass(frozen=True)
class JournalRow:
    """A journal as its table has it; `reverses` is the id of another, or None."""

    id: str
    key: str
    at: datetime
    kind: str
    currency: str
    about: str
    case: str
    by: str
    reverses: str | None = None


def known(codes: Collection[str], key: str) -> tuple[bool, set[str]]:
    """Return whether a journal has that key, and which of the accounts are open."""
    marks = ", ".join(["%s"] * len(codes))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 0, code FROM records_ledgeraccount WHERE code IN ({marks})"  # noqa: S608 - marks
            " UNION ALL SELECT 1, key FROM records_journal WHERE key = %s",
            [*codes, key],
        )
        rows = cursor.fetchall()
    return any(kind for kind, _ in rows), {code for kind, code in rows if not kind}


def write(journal: JournalRow, sides: Sequence[tuple[str, int]]) -> None:
    """Insert entries, then the journal, whose insert posts them (`ledger_triggers`)."""
    marks = ", ".join(["(%s, %s, %s)"] * len(sides))
    values = [value for code, amount in sides for value in (journal.id, code, amount)]
    at = connection.ops.adapt_datetimefield_value(journal.at)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO records_entry (journal_id, account_id, amount) VALUES {marks}",  # noqa: S608 - marks
            values,
        )
        cursor.execute(
            "INSERT INTO records_journal"
            ' (id, key, at, kind, currency, about, "case", by, reverses_id)'
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [journal.id, journal.key, at, journal.kind, journal.currency, journal.about,
             journal.case, journal.by, journal.reverses],
        )  # fmt: skip
