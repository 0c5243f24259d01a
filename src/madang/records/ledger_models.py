"""Tables of the ledger: accounts, entries, journals. The database keeps the books whole.

A journal is posted by inserting its row behind its entries; from then on neither changes. Both
databases refuse a journal whose entries do not sum to zero, an entry added to a posted journal, and
any change or removal (`ledger_triggers`). A foreign key checked at commit refuses entries without a
journal. So there is no half-posted state, and a mistake is corrected by a reversing journal.

Amounts are whole minor units of the journal's currency; a debit is positive, a credit negative.
"""

from __future__ import annotations

from django.db import models


class LedgerAccount(models.Model):
    """One account of the books, opened when it is first needed.

    `code` is the head of the chart with what it is kept for (``revenue:resident-register-copy``);
    `kind` says on which side it grows. An account has one currency for good.
    """

    class Kind(models.TextChoices):
        ASSET = "asset"
        LIABILITY = "liability"
        REVENUE = "revenue"
        EXPENSE = "expense"

    code = models.CharField(max_length=200, primary_key=True)
    head = models.CharField(max_length=40, db_index=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    currency = models.CharField(max_length=3)
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.code


class Entry(models.Model):
    """One side of a journal: an amount debited (above 0) or credited (below 0) to an account."""

    journal = models.ForeignKey("Journal", models.PROTECT, related_name="entries")
    account = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="entries")
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(amount=0), name="records_entry_not_zero")
        ]
        # a balance is read from this index alone
        indexes = [models.Index(fields=("account", "journal", "amount"), name="records_entry_sum")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount:+}"


class Journal(models.Model):
    """Entries that belong together and sum to zero.

    `key` names what is booked (``capture:<intent>``), so that it is booked once. `about` is the
    thing it is about (``payment:<id>``). `reverses` is the journal that this one undoes.
    """

    id = models.CharField(max_length=36, primary_key=True)
    key = models.CharField(max_length=200, unique=True)
    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    about = models.CharField(max_length=100, blank=True, db_index=True)
    case = models.CharField(max_length=64, blank=True, db_index=True)
    by = models.CharField(max_length=200)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")

    def __str__(self) -> str:
        return self.key
