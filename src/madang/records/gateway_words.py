"""What gateways say, taken in: once each, in any order, and no money is ever dropped.

A word is kept by its message id, so that a repeated one changes nothing; the table of moves
(`payment_rules`) decides what a new one means. One transaction holds all of it.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop

from madang.kernel import times
from madang.kernel.errors import Invalid
from madang.kernel.events import announce
from madang.records import ledger
from madang.records import payment_rules as rules
from madang.records.chart import DISPUTED, GATEWAY, account
from madang.records.events import PaymentCaptured, PaymentRefunded
from madang.records.gateways.base import Word
from madang.records.models import GatewayMessage, Journal, PaymentIntent, Refund
from madang.records.payments import (
    LARGEST,
    book_owed,
    booking,
    noted,
    opened,
    receivable,
    saved,
    tell_failed,
)  # fmt: skip
from madang.records.refund_books import finish
from madang.records.suspense import GIVEN_BACK, suspend, trouble

APPLIED, NOTHING, IN_SUSPENSE, REPEATED = "applied", "nothing", "suspense", "repeated"


def take(gateway: str, word: Word) -> str:
    """Take one word of a gateway in; return what became of it.

    Returns
    -------
    str
        ``applied``, ``nothing`` (it says nothing new), ``suspense`` (money that fits nothing), or
        ``repeated`` (this message was here before).

    Raises
    ------
    Invalid
        If the word is none: unknown kind, no amount, no currency.
    """
    _check(word)
    with opened(), transaction.atomic():
        message, is_new = GatewayMessage.objects.get_or_create(
            gateway=gateway,
            message_id=word.message,
            defaults={
                "kind": word.kind,
                "reference": word.reference,
                "charge": word.charge,
                "movement": word.movement,
                "currency": word.currency,
                "amount": word.amount,
                "occurred_at": word.at,
                "received_at": times.now(),
                "outcome": NOTHING,
            },
        )
        if not is_new:
            return REPEATED
        outcome = _applied(gateway, word, message)
        if outcome != NOTHING:
            message.outcome = outcome
            message.save(update_fields=["outcome"])
    return outcome


def _check(word: Word) -> None:
    faults = {}
    if word.kind not in rules.FROM_GATEWAYS:
        faults["kind"] = f"one of {', '.join(sorted(rules.FROM_GATEWAYS))}"
    if not 0 < word.amount <= LARGEST:
        faults["amount"] = "a whole number of minor units above 0"
    if not (len(word.currency) == 3 and word.currency.isascii() and word.currency.isupper()):
        faults["currency"] = "an ISO 4217 code"
    for name in ("message", "reference", "charge", "movement", "refund"):
        value = getattr(word, name)
        if len(value) > 100 or (name in ("message", "charge") and not value):
            faults[name] = "an id of at most 100 characters"
    if faults:
        raise Invalid("the gateway's word cannot be taken", faults)


def _applied(gateway: str, word: Word, message: GatewayMessage) -> str:
    if word.refund.startswith(GIVEN_BACK):
        return NOTHING  # booked when the item of suspense was cleared up
    row = PaymentIntent.objects.select_for_update().filter(pk=word.reference).first()
    if row is None or row.gateway != gateway:
        return _of_no_payment(gateway, row, word)
    if word.kind == rules.SAID_CAPTURED:
        return _captured(row, word)
    if word.kind == rules.SAID_REFUNDED:
        return _refunded(row, word)
    if word.kind == rules.SAID_CHARGED_BACK:
        return _charged_back(row, word)
    return _moved(row, word, message)


def _of_no_payment(gateway: str, row: PaymentIntent | None, word: Word) -> str:
    """Keep money that no payment at this gateway waits for."""
    if word.kind in (rules.SAID_AUTHORISED, rules.SAID_FAILED):
        return NOTHING
    is_paid = row is not None and row.state in rules.PAID  # at a counter, meanwhile
    return _suspended(gateway, rules.PAID_TWICE if is_paid else rules.UNKNOWN_PAYMENT, word)


def _moved(row: PaymentIntent, word: Word, message: GatewayMessage) -> str:
    """Note an authorisation, or a failure that is not older than what we know."""
    moved = rules.move(row.state, word.kind)
    if moved.effect == rules.NOTHING or _is_outdated(row, word, message):
        return NOTHING
    row.state = moved.state
    row.failure = (word.reason or "declined")[:60] if moved.state == rules.FAILED else ""
    saved(row, "state", "failure")
    noted(row, f"gateway:{row.gateway}", f"records.payment_{moved.state}")
    if moved.effect == rules.TELL:
        tell_failed(row)
    return APPLIED


def _is_outdated(row: PaymentIntent, word: Word, message: GatewayMessage) -> bool:
    applied = GatewayMessage.objects.filter(reference=row.id, outcome=APPLIED).exclude(
        pk=message.pk
    )
    newest = applied.aggregate(at=Max("occurred_at"))["at"]
    return newest is not None and word.at < newest


def _captured(row: PaymentIntent, word: Word) -> str:
    is_another = row.state in rules.PAID and row.charge != word.charge
    moved = rules.move(row.state, rules.SAID_CAPTURED_AGAIN if is_another else word.kind)
    if moved.effect == rules.NOTHING:
        return NOTHING
    if moved.effect == rules.SUSPEND:
        why = rules.PAID_TWICE if is_another else rules.PAID_AFTER_CANCEL
        return _suspended(row.gateway, why, word)
    if why := rules.misfit(word.amount, word.currency, row.amount, row.currency):
        return _suspended(row.gateway, why, word, expected=row.amount)
    by = f"gateway:{row.gateway}"
    if row.state == rules.EXPIRED:
        book_owed(row, by, again=True)
    row.state, row.charge, row.failure = moved.state, word.charge, ""
    row.captured, row.captured_at = row.amount, word.at
    saved(row, "state", "charge", "failure", "captured", "captured_at")
    sides = [(account(GATEWAY, row.gateway), row.amount), (receivable(row), -row.amount)]
    ledger.post(booking(row, f"capture:{row.id}", "capture", by), sides)
    noted(row, by, "records.payment_captured")
    announce(
        PaymentCaptured(
            intent=row.id,
            case=row.case,
            service=row.service,
            amount=row.amount,
            currency=row.currency,
        )
    )
    return APPLIED


def _refunded(row: PaymentIntent, word: Word) -> str:
    ours = Refund.objects.select_for_update().filter(intent=row)
    by_movement = ours.filter(movement=word.movement or "-")
    found = ours.filter(pk=word.refund).first() or by_movement.first()
    if found is None or (found.amount, row.currency) != (word.amount, word.currency):
        return _suspended(row.gateway, rules.MOVED_UNASKED, word)
    return APPLIED if finish(row, found, word.movement, word.at) else NOTHING


def _charged_back(row: PaymentIntent, word: Word) -> str:
    key = f"chargeback:{row.gateway}:{word.movement or word.message}"
    if Journal.objects.filter(key=key).exists():
        return NOTHING
    left = row.captured - row.refunded - row.charged_back
    moved = rules.move(row.state, word.kind)
    if moved.effect == rules.SUSPEND or word.amount > left or word.currency != row.currency:
        return _suspended(row.gateway, rules.MOVED_UNASKED, word)
    row.charged_back += word.amount
    row.state = moved.state
    saved(row, "charged_back", "state")
    by = f"gateway:{row.gateway}"
    sides = [(account(DISPUTED, row.service), word.amount),
             (account(GATEWAY, row.gateway), -word.amount)]  # fmt: skip
    ledger.post(booking(row, key, "chargeback", by), sides)
    noted(row, by, "records.payment_charged_back")
    announce(
        PaymentRefunded(
            intent=row.id,
            case=row.case,
            service=row.service,
            refund="",
            amount=word.amount,
            refunded=row.refunded + row.charged_back,
            currency=row.currency,
            is_whole=row.refunded + row.charged_back == row.captured,
            why="chargeback",
        )
    )
    trouble(
        f"chargeback:{row.id}", "records.chargeback",
        gettext_noop("The payer's bank has taken payment %(payment)s back"), payment=row.id,
    )  # fmt: skip
    return APPLIED


def _suspended(gateway: str, why: str, word: Word, *, expected: int | None = None) -> str:
    return IN_SUSPENSE if suspend(gateway, why, word, expected=expected) else NOTHING
