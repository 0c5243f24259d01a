"""What the door of records (`api`) offers about money.

from madang.records import api as records
intent = records.open_intent(payer=person, amount=600, title={"ko": "...", "en": "..."},
                             case="C-2026-17", service="resident-register-copy",
                             key="fee:C-2026-17", by=actor)
redirect(intent.pay_url)            # later: the event records.payment_captured
records.refund(intent.id, 600, "issued twice", by=officer, key="refund:C-2026-17:1")

A waived fee has no intent: open none, or `withdraw` the one there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from madang.access.api import Actor
from madang.records import counter_payments, ledger, payment_reads, payments, refunds
from madang.records.errors import (
    GatewayDown,
    KeyUsed,
    NotPayable,
    NotRefundable,
    SecondPersonNeeded,
    UnknownPayment,
)
from madang.records.ledger import Posted
from madang.records.payment_values import Intent, RefundMade, pay_path

__all__ = [
    "GatewayDown",
    "Intent",
    "KeyUsed",
    "NotPayable",
    "NotRefundable",
    "Posted",
    "RefundMade",
    "SecondPersonNeeded",
    "UnknownPayment",
    "ask_gateway",
    "confirm_refund",
    "intent",
    "intents_of",
    "may_ask_refund",
    "may_confirm_refund",
    "newest_payments",
    "open_intent",
    "own_payments",
    "paid_at_counter",
    "pay_page_url",
    "pay_path",
    "refund",
    "refundable",
    "refunds_of",
    "refunds_waiting",
    "statement",
    "turn_down_refund",
    "withdraw",
]


def open_intent(
    *,
    payer: str,
    amount: int,
    title: dict[str, str] | str,
    case: str,
    service: str,
    key: str,
    by: Actor,
    department: str = "",
    return_to: str = "",
    expires_at: datetime | None = None,
) -> Intent:
    """Open a payment, once for each key, in the caller's transaction; return it.

    Parameters
    ----------
    payer : id of the person in the register.
    amount : whole minor units of the city's currency (won), above 0.
    title : what is paid, in each language; a text alone is in the city's first language.
    department : whose revenue it is, where the books are to say so.
    return_to : path of the page that follows paying, such as the case's.
    expires_at : until when it can be paid; else the city's ``payments.yaml`` says how long.

    Raises
    ------
    Invalid
        Field by field.
    KeyUsed
        If the key was used for another payment.
    """
    wish = payments.Wish(
        payer=payer,
        amount=amount,
        title=title,
        case=case,
        service=service,
        key=key,
        department=department,
        return_to=return_to,
        expires_at=expires_at,
    )
    return payments.open_intent(wish, by)


def intent(intent_id: str) -> Intent:
    """Return a payment; raises `UnknownPayment`."""
    return payments.intent(intent_id)


def intents_of(case: str) -> list[Intent]:
    """Return the payments of a case, oldest first."""
    return payments.intents_of(case)


def own_payments(actor: Actor, limit: int = 100) -> list[Intent]:
    """Return the payments of the actor, or of whom they act for, newest first."""
    return payment_reads.own(actor, limit)


def newest_payments(actor: Actor, limit: int, services: Sequence[str] = ()) -> list[Intent]:
    """Return what the actor, or whom they act for, still has to pay, then what moved last.

    services : only of these; empty: of all.
    """
    return payment_reads.newest(actor, limit, services)


def pay_page_url(intent_id: str) -> str:
    """Return the whole address of the page on which a payment is made, for messages and letters."""
    from madang.kernel.config import settings

    return settings().public_origin + payments.intent(intent_id).pay_url


def withdraw(intent_id: str, reason: str, *, by: Actor) -> Intent:
    """Cancel a payment not made yet (a fee waived, a case withdrawn); twice is once.

    Raises
    ------
    NotPayable
        If it is paid: give it back instead.
    """
    return payments.withdraw(intent_id, reason, by=by)


def refund(
    intent_id: str, amount: int, reason: str, *, by: Actor, key: str, by_hand: bool = False
) -> Intent:
    """Give money back, once for each key; return the payment as it is then.

    Inside a caller's transaction it goes out when that commits; above the city's limit, or
    `by_hand`, where no rule stands behind it, a second person is asked first. Either way
    `records.payment_refunded` tells when it is done.

    Raises
    ------
    Forbidden
        If a person asks who is neither officer nor treasurer; a process of ours may always.
    NotRefundable
        If that much is not left of what was paid.
    """
    return refunds.ask(intent_id, amount, reason, by=by, key=key, by_hand=by_hand)


def refunds_of(case: str) -> list[RefundMade]:
    """Return the refunds of the payments of a case, newest first."""
    return refunds.of_case(case)


def refunds_waiting() -> list[RefundMade]:
    """Return the refunds of cases that wait for a second person, oldest first, at most 500."""
    return refunds.waiting()


def may_ask_refund(by: Actor) -> bool:
    """Return whether somebody may ask for a refund by hand."""
    return refunds.may_ask(by)


def may_confirm_refund(by: Actor, made: RefundMade) -> bool:
    """Return whether somebody may say the second yes: never who asked for it."""
    return refunds.may_confirm(by, made)


def confirm_refund(refund_id: str, *, by: Actor) -> RefundMade:
    """Say the second yes to a refund that waits; errors as `refunds.approve`."""
    return refunds.approve(refund_id, by=by)


def turn_down_refund(refund_id: str, *, by: Actor) -> RefundMade:
    """Say no to a refund that waits, or take one's own back; errors as `refunds.approve`."""
    return refunds.turn_down(refund_id, by=by)


def refundable(intent_id: str) -> int:
    """Return how much of a payment can still be given back; what waits to go is not counted."""
    return refunds.refundable(intent_id)


def paid_at_counter(intent_id: str, receipt: str, *, by: Actor, how: str = "") -> Intent:
    """Note that a fee was paid at a counter against a receipt; for clerks, officers, treasurers.

    `how`: ``cash``, ``card`` or ``transfer``; empty where nobody said.

    Raises
    ------
    NotPayable
        If it is paid, expired or cancelled.
    KeyUsed
        If the receipt was noted for another payment.
    """
    return counter_payments.paid_at_counter(intent_id, receipt, by=by, how=how)


def statement(case: str) -> list[Posted]:
    """Return the journals of a case, in the order in which they were posted."""
    return ledger.statement(case)


def ask_gateway(intent_id: str) -> Intent:
    """Ask the gateway how a payment stands, take in what it says, and return the payment."""
    from madang.records import payment_jobs

    payment_jobs.ask_gateway(intent_id)
    return payments.intent(intent_id)
