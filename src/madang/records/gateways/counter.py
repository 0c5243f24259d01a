"""The counter as a gateway: cash and cards taken by a clerk, so that no fee needs the internet.

It has no page and no callbacks; what a clerk notes is its word. Money given back is handed over at
the counter, or transferred by the treasurer, who reads the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from madang.kernel import times
from madang.records.errors import GatewayRefused, InvalidSignature
from madang.records.gateways.base import Order, Word

NAME = "counter"


class CounterGateway:
    """The port of the city's counters."""

    name = NAME
    is_simulated = False

    def pay_page(self, order: Order, language: str) -> str:
        """Refuse: one pays at the counter itself."""
        raise GatewayRefused("this is paid at the counter")

    def said(self, reference: str) -> Sequence[Word]:
        """Return nothing: what a clerk noted is booked already."""
        return []

    def give_back(self, charge: str, amount: int, currency: str, *, key: str, reason: str) -> Word:
        """Return the word that the money was handed over."""
        return Word(
            f"counter-refund-{key}", "refunded", "", charge, amount, currency, times.now(),
            movement=f"handed-{key}", refund=key,
        )  # fmt: skip

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Sequence[Word]:
        """Refuse: counters do not call back."""
        raise InvalidSignature("counters do not call back")

    def settlement(self, day: date) -> str:
        """Return nothing: the cash is counted at the counter."""
        return ""


def receipt_word(reference: str, receipt: str, amount: int, currency: str) -> Word:
    """Return the word of a clerk that a payment was made against that receipt."""
    return Word(f"receipt-{receipt}", "captured", reference, receipt, amount, currency, times.now())
