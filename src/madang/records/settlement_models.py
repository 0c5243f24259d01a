"""Tables of settlement: the files of gateways, their lines, and where they differ from us."""

from __future__ import annotations

from django.db import models


class SettlementFile(models.Model):
    """One settlement file, read whole or not at all; `digest` (SHA-256) lets it in once."""

    digest = models.CharField(max_length=64, unique=True)
    gateway = models.CharField(max_length=40)
    source = models.CharField(max_length=200)
    day = models.DateField()
    currency = models.CharField(max_length=3)
    gross = models.BigIntegerField()
    fees = models.BigIntegerField()
    net = models.BigIntegerField()
    read_at = models.DateTimeField()
    read_by = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=("gateway", "day"), name="records_settlement_day")]

    def __str__(self) -> str:
        return self.source


class SettlementLine(models.Model):
    """One movement as the gateway settles it; `outcome` says how it compares with ours."""

    file = models.ForeignKey(SettlementFile, models.PROTECT, related_name="rows")
    number = models.IntegerField()
    kind = models.CharField(max_length=12)
    movement = models.CharField(max_length=100, db_index=True)
    charge = models.CharField(max_length=100)
    reference = models.CharField(max_length=100, blank=True)
    amount = models.BigIntegerField()
    fee = models.BigIntegerField()
    outcome = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint("file", "number", name="records_settlement_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.movement}"


class Difference(models.Model):
    """Where a settlement and our books differ, until somebody has cleared it up.

    `why` is ``missing-here``, ``missing-there``, ``amount-differs`` or ``settled-twice``; `ours`
    and `theirs` are minor units, empty where one side knows nothing.
    """

    file = models.ForeignKey(SettlementFile, models.PROTECT, related_name="differences")
    why = models.CharField(max_length=20)
    kind = models.CharField(max_length=12)
    charge = models.CharField(max_length=100)
    reference = models.CharField(max_length=100, blank=True)
    ours = models.BigIntegerField(null=True)
    theirs = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.CharField(max_length=200, blank=True)
    cleared_how = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=("cleared_at", "opened_at"), name="records_difference_open")]

    def __str__(self) -> str:
        return f"{self.why} {self.charge}"
