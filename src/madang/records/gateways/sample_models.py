"""Tables of the sample gateway: what it would keep on its own side. All of it is simulated."""

from __future__ import annotations

from django.db import models


class SampleCharge(models.Model):
    """One payment as the simulated gateway knows it; `reference` is the merchant's id of it."""

    id = models.CharField(max_length=40, primary_key=True)
    reference = models.CharField(max_length=100, unique=True)
    title = models.JSONField()
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    refunded = models.BigIntegerField(default=0)
    charged_back = models.BigIntegerField(default=0)
    state = models.CharField(max_length=12)
    return_to = models.CharField(max_length=300)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.id


class SampleMovement(models.Model):
    """Money that the simulated gateway moved: ``payment``, ``refund`` or ``chargeback``.

    `key` is the merchant's idempotency key; `fee` is what the gateway keeps.
    """

    id = models.CharField(max_length=40, primary_key=True)
    key = models.CharField(max_length=300, unique=True)
    charge = models.ForeignKey(SampleCharge, models.CASCADE, related_name="movements")
    kind = models.CharField(max_length=12)
    amount = models.BigIntegerField()
    fee = models.BigIntegerField(default=0)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.id


class SampleCallback(models.Model):
    """A webhook that the simulated gateway is to send; one that it repeats is a second row."""

    message_id = models.CharField(max_length=100)
    body = models.TextField()
    due_at = models.DateTimeField(db_index=True)
    attempts = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.message_id
