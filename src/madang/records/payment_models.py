"""Tables of payments: what is to be paid or given back, what gateways said, what fits nowhere.

The payer is a person, so intents and refunds are personal tables. What a gateway says names a
charge, an amount and a moment, nobody.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from madang.access.api import PersonalModel


class PaymentIntent(PersonalModel):
    """Something that a person is to pay, from its opening to its end.

    `payer` is the id of a person in the register; `amount`, `captured`, `refunded` and
    `charged_back` are whole minor units of `currency`. `title` says in each language what is paid.
    `charge` is the gateway's own id of it. `return_to` is the page of ours that follows paying.
    `begun_at` is when the payer first went to the gateway, `asked_at` when we last asked it.
    `taken_by` is who took it at a counter, `taken_how` one of `counter_payments.WAYS`.
    """

    class Personal:
        dataset = "records.payment"
        subject = "payer"
        case = "case"
        columns = {
            "payment": {"title", "amount", "captured", "refunded", "charged_back", "failure"}
        }

    id = models.CharField(max_length=36, primary_key=True)
    key = models.CharField(max_length=300, unique=True)
    payer = models.CharField(max_length=64, db_index=True)
    case = models.CharField(max_length=64, blank=True, db_index=True)
    service = models.CharField(max_length=100)
    department = models.CharField(max_length=100, blank=True)
    title = models.JSONField()
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    captured = models.BigIntegerField(default=0)
    refunded = models.BigIntegerField(default=0)
    charged_back = models.BigIntegerField(default=0)
    state = models.CharField(max_length=16)
    failure = models.CharField(max_length=60, blank=True)
    gateway = models.CharField(max_length=40)
    charge = models.CharField(max_length=100, blank=True, db_index=True)
    return_to = models.CharField(max_length=300, blank=True)
    opened_by = models.CharField(max_length=200)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    captured_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    taken_by = models.CharField(max_length=200, blank=True)
    taken_how = models.CharField(max_length=10, blank=True)

    class Meta(PersonalModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="records_intent_amount"),
            models.CheckConstraint(
                condition=Q(captured=0) | Q(captured=F("amount")), name="records_intent_captured"
            ),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, charged_back__gte=0)
                & Q(captured__gte=F("refunded") + F("charged_back")),
                name="records_intent_given_back",
            ),
        ]
        indexes = [
            models.Index(fields=("state", "expires_at"), name="records_intent_due"),
            models.Index(fields=("captured_at",), name="records_intent_captured_at"),
        ]

    def __str__(self) -> str:
        return self.id


class Refund(PersonalModel):
    """Money to be given back, from the asking to its arrival or its refusal.

    `asked_by` started it, `approved_by` said the second yes where the amount asks for one.
    """

    class Personal:
        dataset = "records.refund"
        subject = "intent__payer"
        case = "intent__case"
        columns = {"payment": {"amount"}, "text": {"reason"}}

    id = models.CharField(max_length=36, primary_key=True)
    key = models.CharField(max_length=300, unique=True)
    intent = models.ForeignKey(PaymentIntent, models.PROTECT, related_name="refunds")
    amount = models.BigIntegerField()
    reason = models.TextField()
    state = models.CharField(max_length=16)
    asked_by = models.CharField(max_length=200)
    approved_by = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    changed_at = models.DateTimeField(db_index=True)
    done_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    movement = models.CharField(max_length=100, blank=True, db_index=True)

    class Meta(PersonalModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="records_refund_amount")
        ]
        indexes = [models.Index(fields=("state", "changed_at"), name="records_refund_state")]

    def __str__(self) -> str:
        return self.id


class GatewayMessage(models.Model):
    """What a gateway told us, once; a message that arrives again is found here and changes nothing.

    `reference` is our id of the intent as the gateway gives it back; `outcome` says what became of
    it: ``applied``, ``nothing`` (nothing new in it), ``suspense``.
    """

    gateway = models.CharField(max_length=40)
    message_id = models.CharField(max_length=100)
    kind = models.CharField(max_length=20)
    reference = models.CharField(max_length=100, blank=True, db_index=True)
    charge = models.CharField(max_length=100, blank=True)
    movement = models.CharField(max_length=100, blank=True, db_index=True)
    currency = models.CharField(max_length=3, blank=True)
    amount = models.BigIntegerField(default=0)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(db_index=True)
    outcome = models.CharField(max_length=10)

    class Meta:
        constraints = [
            models.UniqueConstraint("gateway", "message_id", name="records_message_once")
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.message_id}"


class SuspenseItem(models.Model):
    """Money, or word of money, that fits nothing we know, kept until somebody has cleared it up.

    `why` is a code of `payment_rules.SUSPENSE`; `booked` is the key of the journal that put the
    amount on the suspense account, empty where no money of ours moved.
    """

    gateway = models.CharField(max_length=40)
    why = models.CharField(max_length=40)
    reference = models.CharField(max_length=100, blank=True)
    charge = models.CharField(max_length=100, blank=True)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    expected = models.BigIntegerField(null=True)
    booked = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.CharField(max_length=200, blank=True)
    cleared_how = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=("cleared_at", "opened_at"), name="records_suspense_open")]

    def __str__(self) -> str:
        return f"{self.why} {self.charge}"
