"""What the payments door gives back: intents, refunds, and what residents see of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from madang.records.errors import UnknownPayment
from madang.records.models import PaymentIntent, Refund

_SIGNER = signing.Signer(sep=".", salt="madang.records.pay")


@dataclass(frozen=True)
class Intent:
    """Something that a person is to pay; amounts in minor units of `currency`.

    `state` is one of `payment_rules.STATES`; `pay_url` is the path of the page on which it is paid;
    `opened_by` is the actor who asked for it.
    """

    id: str
    state: str
    amount: int
    currency: str
    refunded: int
    pay_url: str
    case: str
    service: str
    title: Mapping[str, str]
    payer: str
    opened_at: datetime
    expires_at: datetime
    captured_at: datetime | None
    failure: str = ""
    charged_back: int = 0
    opened_by: str = ""

    @property
    def is_paid(self) -> bool:
        """True where the money has arrived and has not all gone back."""
        return self.state in ("captured", "partly-refunded")


@dataclass(frozen=True)
class RefundMade:
    """A refund; `state` is ``waiting`` (for a second person), ``to-send``, ``done`` or
    ``refused``."""

    id: str
    intent: str
    case: str
    amount: int
    currency: str
    reason: str
    state: str
    asked_by: str
    approved_by: str
    asked_at: datetime
    done_at: datetime | None


def pay_path(intent_id: str) -> str:
    """Return the path of the page on which an intent is paid; who has it may pay."""
    return reverse("pay", args=[_SIGNER.sign(intent_id)])


def done_path(intent_id: str) -> str:
    """Return the path to which the gateway sends the payer back."""
    return reverse("pay-done", args=[_SIGNER.sign(intent_id)])


def intent_of(token: str) -> str:
    """Return the id of the intent whose page a token opens; raises `UnknownPayment`."""
    try:
        return _SIGNER.unsign(token)
    except signing.BadSignature:
        raise UnknownPayment(_("This address was cut short; open the payment again.")) from None


def intent_value(row: PaymentIntent) -> Intent:
    """Return a row as others see it."""
    return Intent(
        id=row.id,
        state=row.state,
        amount=row.amount,
        currency=row.currency,
        refunded=row.refunded,
        pay_url=pay_path(row.id),
        case=row.case,
        service=row.service,
        title=row.title,
        payer=row.payer,
        opened_at=row.opened_at,
        expires_at=row.expires_at,
        captured_at=row.captured_at,
        failure=row.failure,
        charged_back=row.charged_back,
        opened_by=row.opened_by,
    )


def refund_value(row: Refund) -> RefundMade:
    """Return a refund as officers see it; the intent is loaded with it."""
    return RefundMade(
        id=row.id,
        intent=row.intent_id,
        case=row.intent.case,
        amount=row.amount,
        currency=row.intent.currency,
        reason=row.reason,
        state=row.state,
        asked_by=row.asked_by,
        approved_by=row.approved_by,
        asked_at=row.asked_at,
        done_at=row.done_at,
    )
