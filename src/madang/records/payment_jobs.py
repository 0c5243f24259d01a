"""What the clock does for payments: ask gateways what we did not hear, end what was never paid."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from madang.kernel import times
from madang.kernel.logs import logger
from madang.records import payment_rules as rules
from madang.records.errors import GatewayDown
from madang.records.gateway_words import take
from madang.records.gateways.registry import gateway
from madang.records.models import GatewayMessage, PaymentIntent
from madang.records.payments import PAYMENTS, end, locked, opened
from madang.records.refunds import send_due

_QUIET = timedelta(minutes=2)  # a payer at the gateway's page is not asked about more often
_SLOW = timedelta(hours=1)
_WATCHED = timedelta(days=3)  # after its end, money may still come
_AT_ONCE = 200
_KEPT = timedelta(days=5 * 365)  # Electronic Financial Transactions Act, art. 22: five years


def tend() -> None:
    """Send refunds that are due, ask about payments under way, end those whose time is over."""
    send_due()
    ask_about_open()
    expire_due()


def ask_gateway(intent_id: str) -> int:
    """Ask the gateway how a payment stands and take it in; return how many words were new.

    This is how a payment is found again whose callback was lost, or that we died in the middle of.
    """
    with opened():
        row = PaymentIntent.objects.filter(pk=intent_id).first()
        if row is None or row.begun_at is None:
            return 0
        PaymentIntent.objects.filter(pk=intent_id).update(asked_at=times.now())
    words = gateway(row.gateway).said(row.id)
    return sum(take(row.gateway, word) != "repeated" for word in words)


def ask_about_open(now: datetime | None = None) -> int:
    """Ask about payments that were begun and not heard of since; return how many were asked."""
    moment = now or times.now()
    quick = Q(asked_at=None, begun_at__lt=moment - _QUIET) | Q(
        asked_at__lt=moment - _QUIET, begun_at__gt=moment - _SLOW
    )
    slow = Q(asked_at__lt=moment - _SLOW)
    waits = Q(state__in=(*rules.OPEN, rules.EXPIRED), expires_at__gt=moment - _WATCHED)
    with opened():
        rows = PaymentIntent.objects.filter(waits, quick | slow, begun_at__isnull=False)
        ids = list(rows.order_by(F("asked_at").asc(nulls_first=True))
                   .values_list("pk", flat=True)[:_AT_ONCE])  # fmt: skip
    return sum(_asked(intent_id) for intent_id in ids)


def expire_due(now: datetime | None = None) -> int:
    """End payments whose time is over, after a last question to the gateway; return how many."""
    moment = now or times.now()
    with opened():
        rows = PaymentIntent.objects.filter(state__in=rules.OPEN, expires_at__lte=moment)
        found = list(rows.order_by("expires_at").values_list("pk", "begun_at")[:_AT_ONCE])
    ended = 0
    for intent_id, begun_at in found:
        if begun_at is not None and not _asked(intent_id):
            continue  # the gateway may have the money; it is asked again first
        with opened(), transaction.atomic():
            row = locked(intent_id)
            if row.state in rules.OPEN:
                ended += end(row, rules.TIME_IS_OVER, PAYMENTS.id, "expired")
    return ended


def forget_old() -> int:
    """Delete what gateways said more than five years ago; return how many words."""
    old = GatewayMessage.objects.filter(received_at__lt=times.now() - _KEPT)
    return old.delete()[0]


def _asked(intent_id: str) -> bool:
    try:
        ask_gateway(intent_id)
    except GatewayDown as error:
        logger("payments").warning("a gateway is asked later", intent=intent_id, why=error.message)
        return False
    return True
