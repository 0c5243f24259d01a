"""A fee paid at a counter: noted by a clerk against a receipt, in the same books."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access.api import Actor, require
from madang.kernel.errors import Invalid
from madang.records import payment_rules as rules
from madang.records.errors import KeyUsed, NotPayable
from madang.records.gateway_words import APPLIED, take
from madang.records.gateways.counter import NAME, receipt_word
from madang.records.payment_jobs import ask_gateway
from madang.records.payment_values import Intent, intent_value
from madang.records.payments import locked, noted, opened, saved

MAY_TAKE = "role:clerk,officer,treasurer"
WAYS = ("cash", "card", "transfer")
_LONGEST = 60


def paid_at_counter(intent_id: str, receipt: str, *, by: Actor, how: str = "") -> Intent:
    """Note that a fee was paid at a counter against `receipt`; the same again is once.

    `how` is one of `WAYS`, empty where nobody said.

    Where the payer began to pay online, the gateway is asked first. Money that it sends in spite
    of that is put in suspense as paid twice.

    Raises
    ------
    NotPayable
        If it is paid, expired or cancelled.
    KeyUsed
        If the receipt was noted for another payment.
    """
    require(by, MAY_TAKE)
    if not 0 < len(receipt) <= _LONGEST:
        raise Invalid(_("A receipt has a number."), {"receipt": f"1 to {_LONGEST} characters"})
    if how and how not in WAYS:
        raise Invalid(_("This way to pay is unknown."), {"how": ", ".join(WAYS)})
    ask_gateway(intent_id)
    with opened(), transaction.atomic():
        row = locked(intent_id)
        if (row.gateway, row.charge) == (NAME, receipt) and row.state in rules.PAID:
            return intent_value(row)
        if row.state not in rules.OPEN:
            raise NotPayable(_("Nothing is to be taken: this payment is made or over."))
        row.gateway, row.taken_by, row.taken_how = NAME, by.id, how
        saved(row, "gateway", "taken_by", "taken_how")
        if take(NAME, receipt_word(row.id, receipt, row.amount, row.currency)) != APPLIED:
            raise KeyUsed(
                _("Receipt %(number)s was noted for another payment.") % {"number": receipt}
            )
        noted(row, by.id, "records.take_at_counter", receipt=receipt, how=how)
        return intent_value(locked(intent_id))
