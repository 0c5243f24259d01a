"""The port to a payment gateway: what we ask of one, and what it says.

Shaped after what gateways have in common (PortOne V2: the merchant's payment id names a payment,
``GET /payments/{paymentId}`` tells how it stands, ``POST .../cancel`` gives money back, webhooks
are signed and name the payment): a payment is known by *our* reference from the start, so that it
can be asked for even where we died before we heard the answer. Every call may be repeated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True)
class Order:
    """What is to be paid. `title` is what the payer reads, by language; amount in minor units."""

    reference: str
    title: Mapping[str, str]
    amount: int
    currency: str
    return_to: str


@dataclass(frozen=True)
class Word:
    """One thing that a gateway says of a payment.

    Parameters
    ----------
    message : the gateway's id of this word; the same word has the same id, however often it comes.
    kind : one of `payment_rules.FROM_GATEWAYS`.
    reference : our id of the payment.
    charge : the gateway's id of the payment.
    movement : the gateway's id of a refund or chargeback.
    refund : our id of a refund, where the gateway gives it back.
    reason : why it failed, in the gateway's word.
    """

    message: str
    kind: str
    reference: str
    charge: str
    amount: int
    currency: str
    at: datetime
    movement: str = ""
    refund: str = ""
    reason: str = ""


class Gateway(Protocol):
    """A payment gateway.

    Each call raises `GatewayDown` where there is no answer (ask again) and `GatewayRefused` where
    the answer is no.
    """

    name: str
    is_simulated: bool

    def pay_page(self, order: Order, language: str) -> str:
        """Return the address of the gateway's page on which `order` is paid."""

    def said(self, reference: str) -> Sequence[Word]:
        """Return all that has happened to a payment until now, oldest first; nothing if unknown."""

    def give_back(self, charge: str, amount: int, currency: str, *, key: str, reason: str) -> Word:
        """Give money back, once for each `key` (our id of the refund)."""

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Sequence[Word]:
        """Return what a callback says, after a look at its signature (`InvalidSignature`)."""

    def settlement(self, day: date) -> str:
        """Return the settlement file of a day (CSV, `settlement_file`); "" where there is none."""
