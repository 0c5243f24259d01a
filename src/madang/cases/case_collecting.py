"""A fee taken at a counter: by whom, how, against which receipt; then the case goes on."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from madang.access.api import Actor
from madang.cases import case_money
from madang.cases.case_errors import UnknownCase
from madang.cases.case_looking import Payment, payments_for, seen_by
from madang.cases.case_words import money
from madang.cases.rules import RECEIVES
from madang.kernel.errors import Conflict
from madang.records import api as records

WAYS = {
    "cash": gettext_noop("cash"),
    "card": gettext_noop("card"),
    "transfer": gettext_noop("bank transfer"),
}


@dataclass(frozen=True)
class ToCollect:
    """What is still to be taken for a case; `nobody` where no account is asked for it."""

    amount: str
    pay_url: str
    nobody: bool
    ways: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PaidFee:
    """A payment as the office sees it, amounts as text."""

    payment: Payment
    amount: str
    refunded: str


def may_collect(actor: Actor) -> bool:
    """Return whether somebody takes money for the city."""
    return bool(actor.roles & RECEIVES) and actor.aal >= 2 and not actor.on_behalf_of


def to_collect(actor: Actor, number: str) -> ToCollect | None:
    """Return what is to be taken for a case; None where nothing is owed, or the actor may not."""
    _who, case = seen_by(actor, number)
    if not may_collect(actor) or not case_money.is_owed(case):
        return None
    return ToCollect(
        money(case.fee - case.paid), records.pay_path(case.intent), not case.subject,
        tuple((name, _(title)) for name, title in WAYS.items()),
    )  # fmt: skip


def paid_fees(actor: Actor, number: str) -> list[PaidFee]:
    """Return what was paid for a case, for pages."""
    return [
        PaidFee(one, money(one.amount), money(one.refunded) if one.refunded else "")
        for one in payments_for(actor, number)
    ]


def collect(actor: Actor, number: str, receipt: str, how: str) -> None:
    """Note that the fee of a case was paid into the actor's hands; the same receipt is once.

    Raises
    ------
    UnknownCase
        If there is none, or the actor takes no money for it.
    Conflict
        If nothing is owed, it was paid meanwhile, or the receipt was noted for something else.
    """
    _who, case = seen_by(actor, number)
    if not may_collect(actor):
        raise UnknownCase(_("There is no such case. Look at its number, or call us."))
    intent = case_money.renewed(case.number)
    if not intent:
        raise Conflict(_("Nothing is to be paid for this case."))
    paid = records.paid_at_counter(intent, receipt.strip(), by=actor, how=how)
    case_money.take_in(case.number, intent, paid.amount)
