"""The simulated gateway: it moves no money, and otherwise behaves as badly as real ones do.

It has its own tables, its own page and its own key, and tells us of payments by callbacks only that
are late, repeated and out of order as the city's ``payments.yaml`` says. It is refused in
production.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from madang.city.api import profile
from madang.kernel import times
from madang.kernel.config import settings
from madang.kernel.errors import NotFound
from madang.kernel.secrets import kept_secret
from madang.records.errors import GatewayRefused, InvalidSignature
from madang.records.gateways import signatures
from madang.records.gateways.base import Order, Word
from madang.records.gateways.sample_models import SampleCallback, SampleCharge, SampleMovement
from madang.records.payment_terms import terms_in_effect
from madang.records.settlement_file import Movement, written

NAME = "sample"
OPEN, PAID, DECLINED = "open", "paid", "declined"
PAYMENT, REFUND, CHARGEBACK = "payment", "refund", "chargeback"
_CHANCE = secrets.SystemRandom()


class SampleGateway:
    """The port of the simulated gateway."""

    name = NAME
    is_simulated = True

    def pay_page(self, order: Order, language: str) -> str:
        """Return the address of our simulated page; the same charge for the same order."""
        now = times.now()
        charge, _ = SampleCharge.objects.get_or_create(
            reference=order.reference,
            defaults={
                "id": f"sim_{secrets.token_hex(12)}",
                "title": dict(order.title),
                "currency": order.currency,
                "amount": order.amount,
                "state": OPEN,
                "return_to": order.return_to,
                "opened_at": now,
                "changed_at": now,
            },
        )
        return reverse("simulated-payment", args=[charge.id])

    def said(self, reference: str) -> Sequence[Word]:
        """Return what happened to a charge, rebuilt from its tables."""
        charge = SampleCharge.objects.filter(reference=reference).first()
        if charge is None:
            return []
        if charge.state == DECLINED:
            return [_word(charge, "failed", "asked", charge.changed_at, reason="declined")]
        moved = charge.movements.order_by("at", "id")
        return [_word_of_movement(one, f"asked-{one.id}") for one in moved]

    def give_back(self, charge: str, amount: int, currency: str, *, key: str, reason: str) -> Word:
        """Note a refund; the same key gives the same one."""
        with transaction.atomic():
            row = SampleCharge.objects.select_for_update().filter(pk=charge).first()
            known = SampleMovement.objects.filter(key=f"refund:{key}").first()
            if known is not None:
                return _word_of_movement(known, f"answer-{known.id}")
            if row is None or row.state != PAID or row.currency != currency:
                raise GatewayRefused(f"there is no paid charge {charge!r} in {currency}")
            if amount > row.amount - row.refunded - row.charged_back:
                raise GatewayRefused(f"{amount} is more than is left of {charge}")
            row.refunded += amount
            row.save(update_fields=["refunded"])
            moved = _moved(row, REFUND, amount, key=f"refund:{key}")
            _call_back([_word_of_movement(moved, f"msg-{moved.id}")])
        return _word_of_movement(moved, f"answer-{moved.id}")

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Sequence[Word]:
        """Return the word that a callback carries."""
        message = signatures.check(callback_key(), headers, body)
        try:
            word = msgspec.json.decode(body, type=Word)
        except msgspec.DecodeError as error:
            raise InvalidSignature(f"the callback cannot be read: {error}") from None
        if word.message != message:
            raise InvalidSignature("webhook-id names another message than the one inside")
        return [word]

    def settlement(self, day: date) -> str:
        """Return the movements of a local day as the settlement file."""
        start, end = times.day_span(day, profile().timezone)
        rows = SampleMovement.objects.filter(at__gte=start, at__lt=end).select_related("charge")
        return written(
            Movement(
                kind=row.kind,
                movement=row.id,
                charge=row.charge_id,
                reference=row.charge.reference,
                amount=row.amount if row.kind == PAYMENT else -row.amount,
                fee=row.fee,
                currency=row.charge.currency,
                at=row.at,
            )
            for row in rows.order_by("at", "id")
        )


def charge_named(charge_id: str) -> SampleCharge:
    """Return a charge; raises `NotFound`."""
    row = SampleCharge.objects.filter(pk=charge_id).first()
    if row is None:
        raise NotFound(_("The simulated gateway knows no such payment."))
    return row


def pay(charge_id: str) -> SampleCharge:
    """Let the payer pay; paying twice is paying once."""
    with transaction.atomic():
        row = SampleCharge.objects.select_for_update().get(pk=charge_id)
        if row.state == PAID:
            return row
        row.state, row.changed_at = PAID, times.now()
        row.save(update_fields=["state", "changed_at"])
        fee = row.amount * terms_in_effect().sample.fee_permille // 1000
        moved = _moved(row, PAYMENT, row.amount, key=f"payment:{row.pk}", fee=fee)
        authorised = _word(row, "authorised", f"msg-{row.pk}-authorised", moved.at)
        _call_back([authorised, _word_of_movement(moved, f"msg-{moved.id}")])
    return row


def decline(charge_id: str) -> SampleCharge:
    """Let the payment be declined; it may be tried again."""
    with transaction.atomic():
        row = SampleCharge.objects.select_for_update().get(pk=charge_id)
        if row.state == PAID:
            return row
        row.state, row.changed_at = DECLINED, times.now()
        row.save(update_fields=["state", "changed_at"])
        message = f"msg-{row.pk}-declined-{secrets.token_hex(4)}"
        _call_back([_word(row, "failed", message, row.changed_at, reason="declined")])
    return row


def dispute(reference: str) -> SampleMovement:
    """Let the payer's bank take the whole payment back (a chargeback)."""
    with transaction.atomic():
        row = SampleCharge.objects.select_for_update().filter(reference=reference).first()
        if row is None or row.state != PAID or row.amount == row.refunded + row.charged_back:
            raise GatewayRefused(f"there is nothing left of payment {reference!r} to take back")
        left = row.amount - row.refunded
        row.charged_back += left
        row.save(update_fields=["charged_back"])
        moved = _moved(row, CHARGEBACK, left, key=f"chargeback:{row.pk}")
        _call_back([_word_of_movement(moved, f"msg-{moved.id}")])
    return moved


def callback_key() -> bytes:
    """Return the key that signs callbacks, made on first use."""
    return kept_secret(settings().data / "secrets" / "sample-gateway.key").encode()


def _moved(
    charge: SampleCharge, kind: str, amount: int, *, key: str, fee: int = 0
) -> SampleMovement:
    return SampleMovement.objects.create(
        id=f"mov_{secrets.token_hex(12)}",
        key=key,
        charge=charge,
        kind=kind,
        amount=amount,
        fee=fee,
        at=times.now(),
    )


def _word(charge: SampleCharge, kind: str, message: str, at: datetime, *, reason: str = "") -> Word:
    if message == "asked":
        message = f"asked-{charge.pk}-{kind}-{times.to_ms(at)}"
    return Word(
        message, kind, charge.reference, charge.pk, charge.amount, charge.currency, at,
        reason=reason,
    )  # fmt: skip


def _word_of_movement(moved: SampleMovement, message: str) -> Word:
    charge = moved.charge
    kinds = {PAYMENT: "captured", REFUND: "refunded", CHARGEBACK: "charged-back"}
    return Word(
        message, kinds[moved.kind], charge.reference, charge.pk, moved.amount, charge.currency,
        moved.at, movement=moved.pk,
        refund=moved.key.removeprefix("refund:") if moved.kind == REFUND else "",
    )  # fmt: skip


def _call_back(words: Sequence[Word]) -> None:
    """Schedule callbacks: late, some twice, some before those that they follow."""
    terms = terms_in_effect().sample
    first, last = terms.late_s
    due = times.now() + timedelta(seconds=_CHANCE.uniform(first, last))
    moments = [due + timedelta(seconds=n) for n in range(len(words))]
    if len(words) > 1 and _CHANCE.random() < terms.out_of_order:
        moments.reverse()
    for word, moment in zip(words, moments, strict=True):
        body = msgspec.json.encode(word).decode()
        again = _CHANCE.random() < terms.repeated
        for n in range(2 if again else 1):
            SampleCallback.objects.create(
                message_id=word.message, body=body, due_at=moment + timedelta(seconds=30 * n)
            )
