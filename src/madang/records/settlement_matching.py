"""How movements of a settlement file are found in our books, and what we find missing there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from madang.kernel import times
from madang.records import payment_rules as rules
from madang.records.errors import GatewayDown
from madang.records.models import GatewayMessage, PaymentIntent, Refund, SettlementLine
from madang.records.payment_jobs import ask_gateway
from madang.records.payments import opened
from madang.records.settlement_file import Movement

MATCHED = "matched"
MISSING_HERE = "missing-here"
MISSING_THERE = "missing-there"
AMOUNT_DIFFERS = "amount-differs"
SETTLED_TWICE = "settled-twice"
_AT_ONCE = 500


@dataclass(frozen=True)
class Known:
    """A movement as our books have it; `amount` is signed as in the file."""

    kind: str
    key: str
    charge: str
    reference: str
    amount: int
    currency: str
    is_settled: bool


def compared(theirs: Movement, currency: str, ours: Known | None) -> str:
    """Return how a line compares with what we have booked.

    >>> line = Movement("payment", "m", "c", "r", 900, 0, "KRW", times.EPOCH)
    >>> compared(line, "KRW", Known("payment", "c", "c", "r", 1000, "KRW", False))
    'amount-differs'
    """
    if ours is None:
        return MISSING_HERE
    if ours.is_settled:
        return SETTLED_TWICE
    if (theirs.amount, currency) != (ours.amount, ours.currency):
        return AMOUNT_DIFFERS
    return MATCHED


def learn_missing(movements: Sequence[Movement]) -> None:
    """Ask the gateway about payments in a file that we take for unpaid: a callback was lost."""
    wanted = {one.reference for one in movements if one.kind == "payment" and one.reference}
    with opened():
        unpaid = [
            pk
            for part in _parts(sorted(wanted))
            for pk in PaymentIntent.objects.filter(pk__in=part)
            .exclude(state__in=rules.PAID)
            .values_list("pk", flat=True)
        ]
    for intent_id in unpaid:
        with suppress(GatewayDown):
            ask_gateway(intent_id)


def known_movements(gateway: str, movements: Sequence[Movement]) -> dict[str, Known]:
    """Return what our books have of these movements: payments by charge, others by movement."""
    charges = [one.charge for one in movements if one.kind == "payment"]
    others = [one.movement for one in movements if one.kind != "payment"]
    found: dict[str, Known] = {}
    for part in _parts(charges):
        rows = PaymentIntent.objects.filter(
            charge__in=part, gateway=gateway, captured_at__isnull=False
        )
        found |= {row.charge: _payment(row) for row in rows}
    for part in _parts(others):
        refunds = Refund.objects.filter(movement__in=part, state=rules.DONE)
        found |= {row.movement: _refund(row) for row in refunds.select_related("intent")}
        found |= _chargebacks(gateway, part)
    return found


def unsettled(gateway: str, until: datetime) -> Iterator[Known]:
    """Yield payments and refunds before a moment that no file has settled."""
    rows = PaymentIntent.objects.filter(
        gateway=gateway, captured_at__lt=until, settled_at=None, state__in=rules.PAID
    )
    yield from (_payment(row) for row in rows.order_by("captured_at"))
    refunds = Refund.objects.filter(
        intent__gateway=gateway, done_at__lt=until, settled_at=None, state=rules.DONE
    )
    yield from (_refund(row) for row in refunds.select_related("intent").order_by("done_at"))


def mark_settled(matched: Sequence[Known]) -> None:
    """Note that a file has settled these; a chargeback is noted by its line alone."""
    now = times.now()
    payments = [one.reference for one in matched if one.kind == "payment"]
    refunds = [one.key for one in matched if one.kind == "refund"]
    for part in _parts(payments):
        PaymentIntent.objects.filter(pk__in=part).update(settled_at=now)
    for part in _parts(refunds):
        Refund.objects.filter(movement__in=part).update(settled_at=now)


def _payment(row: PaymentIntent) -> Known:
    return Known(
        "payment", row.charge, row.charge, row.id, row.captured, row.currency,
        row.settled_at is not None,
    )  # fmt: skip


def _refund(row: Refund) -> Known:
    intent = row.intent
    return Known(
        "refund", row.movement, intent.charge, intent.id, -row.amount, intent.currency,
        row.settled_at is not None,
    )  # fmt: skip


def _chargebacks(gateway: str, movements: Sequence[str]) -> dict[str, Known]:
    """Return the chargebacks that were booked; they are known by the gateway's own words."""
    said = GatewayMessage.objects.filter(
        gateway=gateway, kind=rules.SAID_CHARGED_BACK, outcome="applied", movement__in=movements
    )
    settled = set(
        SettlementLine.objects.filter(
            file__gateway=gateway, movement__in=movements, outcome=MATCHED
        ).values_list("movement", flat=True)
    )
    return {
        row.movement: Known(
            "chargeback", row.movement, row.charge, row.reference, -row.amount, row.currency,
            row.movement in settled,
        )
        for row in said
    }  # fmt: skip


def _parts(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
