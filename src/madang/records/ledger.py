"""The ledger: journals that sum to zero, posted once, never changed; balances read from them.

Example::

    post(Booking("capture:17", "capture", by="system:payments", about="payment:17", case="C-1"),
         [(account("gateway", "sample"), 1000), (account("receivable", "parking"), -1000)])

Debits are positive, credits negative, in whole minor units. The database refuses what does not sum
to zero (`ledger_triggers`); this module says so earlier, in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Q, Sum

from madang.city.api import profile
from madang.kernel import times
from madang.kernel.events import new_id
from madang.records import ledger_triggers
from madang.records.chart import Account
from madang.records.errors import AlreadyReversed, Unbalanced
from madang.records.ledger_writes import JournalRow, known, write
from madang.records.models import Entry, Journal, LedgerAccount

Side = tuple[Account, int]
REVERSAL = "reversal"


@dataclass(frozen=True)
class Booking:
    """The head of a journal. `key` names what is booked, so that it is booked once."""

    key: str
    kind: str
    by: str
    about: str = ""
    case: str = ""
    currency: str = ""  # the city's, where it is empty
    at: datetime | None = None


@dataclass(frozen=True)
class Line:
    """One line of a trial balance or of a statement: an account and its balance."""

    account: str
    kind: str
    currency: str
    balance: int


@dataclass(frozen=True)
class Posted:
    """A journal as a statement shows it; `sides` are (account code, amount)."""

    id: str
    key: str
    at: datetime
    kind: str
    currency: str
    about: str
    by: str
    reverses: str
    sides: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Check:
    """What a look at the whole ledger found; it is well where `faults` is empty."""

    journals: int
    entries: int
    faults: tuple[str, ...]


def home_currency() -> str:
    """Return the currency in which the books are kept."""
    return profile().currency.code


def post(booking: Booking, sides: Sequence[Side]) -> bool:
    """Post a journal in the caller's transaction, or one of its own; once for each key.

    Returns
    -------
    bool
        False where a journal of that key is posted already: nothing is booked twice.

    Raises
    ------
    Unbalanced
        If the sides do not sum to zero, or are fewer than two; sides of 0 are left out.
    """
    real = [(account, amount) for account, amount in sides if amount]
    total = sum(amount for _, amount in real)
    if len(real) < 2 or total:
        listed = ", ".join(f"{account.head} {amount:+}" for account, amount in real) or "nothing"
        raise Unbalanced(f"journal {booking.key!r} does not sum to zero: {listed}")
    currency = booking.currency or home_currency()
    with transaction.atomic():
        home = home_currency()
        codes = {account: account.code(currency, home) for account, _ in real}
        is_posted, there = known(codes.values(), booking.key)
        if is_posted:
            return False
        _open({code: one for one, code in codes.items() if code not in there}, currency)
        _write(booking, currency, [(codes[account], amount) for account, amount in real])
    return True


def reverse(key: str, *, by: str, reversal_key: str = "") -> bool:
    """Post the reversal of a journal; return False where no journal has that key.

    Raises
    ------
    AlreadyReversed
        If it was reversed before.
    """
    with transaction.atomic():
        old = Journal.objects.filter(key=key).first()
        if old is None:
            return False
        if Journal.objects.filter(reverses=old).exists():
            raise AlreadyReversed(f"journal {key!r} is reversed already")
        rows = [(entry.account_id, -entry.amount) for entry in old.entries.order_by("id")]
        booking = Booking(
            reversal_key or f"reversal:{key}", REVERSAL, by, about=old.about, case=old.case
        )
        _write(booking, old.currency, rows, reverses=old)
    return True


def balance(account: Account, *, currency: str = "", at: datetime | None = None) -> int:
    """Return debits less credits of an account up to and including a moment (default: all)."""
    home = home_currency()
    rows = Entry.objects.filter(account_id=account.code(currency or home, home))
    if at is not None:
        rows = rows.filter(journal__at__lte=at)
    return rows.aggregate(sum=Sum("amount"))["sum"] or 0


def trial_balance(*, at: datetime | None = None) -> list[Line]:
    """Return every account with its balance up to a moment; each currency sums to 0."""
    until = Q() if at is None else Q(entries__journal__at__lte=at)
    rows = LedgerAccount.objects.annotate(sum=Sum("entries__amount", filter=until))
    return [
        Line(row.code, row.kind, row.currency, row.sum or 0)
        for row in rows.order_by("currency", "kind", "code")
    ]


def statement(case: str = "", *, about: str = "") -> list[Posted]:
    """Return the journals of a case, or about one thing, in the order in which they were posted."""
    asked = Journal.objects.filter(case=case) if case else Journal.objects.filter(about=about)
    rows = asked.select_related("reverses").prefetch_related("entries").order_by("at", "id")
    return [_posted(row) for row in rows]


def check() -> Check:
    """Sum every journal anew, and look whether the database still keeps watch."""
    faults = [f"the trigger {name} is missing" for name in ledger_triggers.missing(connection)]
    uneven = (
        Entry.objects.values("journal").annotate(sum=Sum("amount"), n=Count("id"))
        .exclude(sum=0, n__gte=2)
    )  # fmt: skip
    faults += [
        f"journal {row['journal']} sums to {row['sum']:+} over {row['n']} entries" for row in uneven
    ]
    lone = Entry.objects.filter(journal__isnull=True) | Entry.objects.exclude(
        journal_id__in=Journal.objects.values("id")
    )
    faults += [f"entry {pk} has no journal" for pk in lone.values_list("id", flat=True)[:100]]
    empty = Journal.objects.exclude(id__in=Entry.objects.values("journal_id"))
    faults += [f"journal {pk} has no entries" for pk in empty.values_list("id", flat=True)[:100]]
    sums: dict[str, int] = {}
    for line in trial_balance():
        sums[line.currency] = sums.get(line.currency, 0) + line.balance
    faults += [f"the books in {code} sum to {total:+}" for code, total in sums.items() if total]
    return Check(Journal.objects.count(), Entry.objects.count(), tuple(faults))


def problem() -> str | None:
    """Return what is wrong with the ledger's own guard, for the health page; None where nothing."""
    gone = ledger_triggers.missing(connection)
    return f"the ledger's triggers are missing: {', '.join(gone)}" if gone else None


def _open(accounts: Mapping[str, Account], currency: str) -> None:
    """Open accounts that are new; somebody else may open them just now, too."""
    now = times.now()
    rows = [
        LedgerAccount(
            code=code, head=account.head, kind=account.kind, currency=currency, opened_at=now
        )
        for code, account in accounts.items()
    ]
    if rows:
        LedgerAccount.objects.bulk_create(rows, ignore_conflicts=True)


def _write(
    booking: Booking,
    currency: str,
    sides: Sequence[tuple[str, int]],
    reverses: Journal | None = None,
) -> None:
    """Post a journal whose key is free, on accounts that are open."""
    row = JournalRow(
        id=new_id(),
        key=booking.key,
        at=booking.at or times.now(),
        kind=booking.kind,
        currency=currency,
        about=booking.about,
        case=booking.case,
        by=booking.by,
        reverses=reverses.id if reverses else None,
    )
    write(row, sides)


def _posted(row: Journal) -> Posted:
    return Posted(
        id=row.id,
        key=row.key,
        at=row.at,
        kind=row.kind,
        currency=row.currency,
        about=row.about,
        by=row.by,
        reverses=row.reverses.key if row.reverses else "",
        sides=tuple((entry.account_id, entry.amount) for entry in row.entries.all()),
    )
