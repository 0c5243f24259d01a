"""Money given back: asked for by an officer or a rule, a large amount with a second person's yes.

A refund is owed from the moment it is asked for, and goes to the gateway after the transaction that
noted it; where we die in between, the next round sends it again under the same key, which a gateway
does once.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from madang.access.api import Actor, may, require
from madang.kernel import times
from madang.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from madang.kernel.events import new_id
from madang.kernel.logs import logger
from madang.records import ledger
from madang.records import payment_rules as rules
from madang.records.errors import (
    GatewayDown,
    GatewayRefused,
    KeyUsed,
    NotRefundable,
    SecondPersonNeeded,
)  # fmt: skip
from madang.records.gateway_words import take
from madang.records.gateways.base import Word
from madang.records.gateways.registry import gateway
from madang.records.models import PaymentIntent, Refund
from madang.records.money_text import money_text
from madang.records.payment_terms import terms_in_effect
from madang.records.payment_values import Intent, RefundMade, intent_value, refund_value
from madang.records.payments import intent, locked, noted, opened
from madang.records.refund_books import book_owed, owed_key
from madang.records.suspense import settled, trouble

MAY_ASK = "role:officer,treasurer"
MAY_APPROVE = "role:treasurer,department-head"
MAY_CONFIRM = "role:officer,treasurer,department-head"  # what no city's limit is exceeded by
_LONGEST_REASON = 500
_AGAIN_AFTER = timedelta(seconds=30)


def ask(
    intent_id: str, amount: int, reason: str, *, by: Actor, key: str, by_hand: bool = False
) -> Intent:
    """Give `amount` of a payment back, once for each key; return the payment as it is then.

    It goes out at once, or waits for a second person where it is above the city's limit, or where
    it is asked for `by_hand`: no rule stands behind it.

    Raises
    ------
    Forbidden
        If a person asks who is neither an officer nor a treasurer.
    NotRefundable
        If that much is not left of what was paid.
    KeyUsed
        If the key was used for another refund.
    """
    if not by.is_system:
        require(by, MAY_ASK)
    faults = {}
    if isinstance(amount, bool) or amount <= 0:
        faults["amount"] = _("A whole amount above 0.")
    if not 0 < len(reason.strip()) <= _LONGEST_REASON:
        faults["reason"] = _("1 to %(n)s characters.") % {"n": _LONGEST_REASON}
    if not 0 < len(key) <= 200:
        faults["key"] = _("1 to %(n)s characters.") % {"n": 200}
    if faults:
        raise Invalid(_("This refund cannot be made."), faults)
    with opened(), transaction.atomic():
        row = locked(intent_id)
        known = Refund.objects.filter(key=key).first()
        if known is not None:
            if (known.intent_id, known.amount) != (intent_id, amount):
                raise KeyUsed(_("This was sent before with something else; ask anew."))
            return intent_value(row)
        _check_left(row, amount)
        now = times.now()
        made = Refund.objects.create(
            id=new_id(),
            key=key,
            intent=row,
            amount=amount,
            reason=reason.strip(),
            state=rules.WAITING
            if by_hand
            else rules.refund_state(amount, terms_in_effect().second_yes_above),
            asked_by=by.id,
            asked_at=now,
            changed_at=now,
        )
        book_owed(row, made, by.id)
        noted(row, by.id, "records.ask_refund", refund=made.id)
        if made.state == rules.WAITING:
            trouble(
                f"refund:{made.id}",
                "records.refund-waits",
                gettext_noop("Refund %(refund)s waits for a second person"),
                refund=made.id,
            )
        else:
            _send_after_commit(made.id)
    return intent(intent_id)


def approve(refund_id: str, *, by: Actor) -> RefundMade:
    """Say the second yes to a refund that waits for it; it goes out.

    Raises
    ------
    Forbidden
        If it takes somebody else: above the city's limit, a treasurer or a head of department.
    SecondPersonNeeded
        If it was asked for by the same person.
    Conflict
        If it does not wait.
    """
    require(by, MAY_CONFIRM)

    def agreed(row: PaymentIntent, made: Refund) -> None:
        _check_answers(by, made)
        if by.id == made.asked_by:
            raise SecondPersonNeeded(
                _("Who asked for a refund cannot approve it; ask a colleague.")
            )
        made.state, made.approved_by = rules.TO_SEND, by.id
        _send_after_commit(made.id)
        noted(row, by.id, "records.approve_refund", refund=made.id)

    return _answered(refund_id, agreed)


def turn_down(refund_id: str, *, by: Actor) -> RefundMade:
    """Say no to a refund that waits for a second person; whoever asked for it may take it back."""
    require(by, MAY_CONFIRM)

    def refused(row: PaymentIntent, made: Refund) -> None:
        if by.id != made.asked_by:
            _check_answers(by, made)
        made.state = rules.REFUSED
        ledger.reverse(owed_key(made), by=by.id)
        noted(row, by.id, "records.turn_down_refund", refund=made.id)

    return _answered(refund_id, refused)


def who_answers(amount: int) -> str:
    """Return who may say the second yes to a refund of so much (minor units), as `access` does."""
    return MAY_APPROVE if amount > terms_in_effect().second_yes_above else MAY_CONFIRM


def may_ask(by: Actor) -> bool:
    """Return whether somebody may ask for a refund by hand as they are signed in now."""
    return may(by, MAY_ASK)


def may_confirm(by: Actor, made: RefundMade) -> bool:
    """Return whether somebody may say the second yes to a refund as they are signed in now."""
    waits = made.state == rules.WAITING and by.id != made.asked_by
    return waits and may(by, who_answers(made.amount))


def of_case(case: str) -> list[RefundMade]:
    """Return the refunds of the payments of a case, newest first."""
    with opened():
        rows = Refund.objects.filter(intent__case=case).select_related("intent")
        return [refund_value(row) for row in rows.order_by("-asked_at", "-id")]


def waiting(limit: int = 500) -> list[RefundMade]:
    """Return the refunds of cases that wait for a second person, oldest first."""
    with opened():
        rows = Refund.objects.filter(state=rules.WAITING).exclude(intent__case="")
        found = rows.select_related("intent").order_by("asked_at", "id")[:limit]
        return [refund_value(row) for row in found]


def send_due() -> int:
    """Send the refunds that have not reached their gateway yet; return how many went."""
    with opened():
        late = times.now() - _AGAIN_AFTER
        due = Refund.objects.filter(state=rules.TO_SEND, changed_at__lt=late)
        ids = list(due.order_by("changed_at").values_list("pk", flat=True)[:200])
    sent = 0
    for refund_id in ids:
        with suppress(GatewayDown):
            send(refund_id)
            sent += 1
    return sent


def send(refund_id: str) -> None:
    """Send one refund to its gateway and take in the answer; raises `GatewayDown`."""
    with opened():
        made = Refund.objects.select_related("intent").filter(pk=refund_id).first()
    if made is None or made.state != rules.TO_SEND:
        return
    row = made.intent
    try:
        word: Word = gateway(row.gateway).give_back(
            row.charge, made.amount, row.currency, key=made.id, reason=made.reason
        )
    except GatewayRefused as error:
        _refused(made.id, error.message)
        return
    take(row.gateway, replace(word, reference=row.id))


def refundable(intent_id: str) -> int:
    """Return how much of a payment can still be given back, in minor units."""
    with opened():
        row = PaymentIntent.objects.filter(pk=intent_id).first()
        return 0 if row is None else max(_left(row), 0)


def _check_answers(by: Actor, made: Refund) -> None:
    if not may(by, who_answers(made.amount)):
        raise Forbidden(_("Above the city's limit, a treasurer or a head of department answers."))


def _check_left(row: PaymentIntent, amount: int) -> None:
    left = _left(row)
    if amount > left:
        language = get_language() or ""
        said = {
            name: money_text(max(minor, 0), row.currency, language)
            for name, minor in (("amount", amount), ("left", left))
        }
        raise NotRefundable(
            _("%(amount)s is more than the %(left)s that can still be given back.") % said
        )


def _left(row: PaymentIntent) -> int:
    pending = row.refunds.filter(state__in=rules.PENDING).aggregate(sum=Sum("amount"))["sum"] or 0
    return rules.refundable(row.captured, row.refunded, row.charged_back, pending)


def _answered(refund_id: str, answer: Callable[[PaymentIntent, Refund], None]) -> RefundMade:
    with opened(), transaction.atomic():
        made = Refund.objects.filter(pk=refund_id).first()
        if made is None:
            raise NotFound(_("There is no such refund."))
        row = locked(made.intent_id)
        made = Refund.objects.select_for_update().get(pk=refund_id)
        if made.state != rules.WAITING:
            raise Conflict(_("This refund waits for nobody any more."))
        answer(row, made)
        made.changed_at = times.now()
        made.save(update_fields=["state", "approved_by", "changed_at"])
        settled(f"refund:{made.id}")
        made.intent = row
        return refund_value(made)


def _refused(refund_id: str, reason: str) -> None:
    """Note that the gateway will not give money back, and put it on the desk."""
    with opened(), transaction.atomic():
        made = Refund.objects.get(pk=refund_id)
        row = locked(made.intent_id)
        made = Refund.objects.select_for_update().get(pk=refund_id)
        if made.state != rules.TO_SEND:
            return
        made.state, made.changed_at = rules.REFUSED, times.now()
        made.save(update_fields=["state", "changed_at"])
        ledger.reverse(owed_key(made), by=f"gateway:{row.gateway}")
        noted(row, f"gateway:{row.gateway}", "records.refund_refused", refund=made.id)
        trouble(f"refund:{made.id}", "records.refund-refused",
                gettext_noop("The gateway refuses refund %(refund)s: %(reason)s"),
                refund=made.id, reason=reason)  # fmt: skip


def _send_after_commit(refund_id: str) -> None:
    transaction.on_commit(partial(_try_to_send, refund_id), robust=True)


def _try_to_send(refund_id: str) -> None:
    try:
        send(refund_id)
    except GatewayDown as error:
        logger("payments").warning("a refund is sent later", refund=refund_id, why=error.message)
