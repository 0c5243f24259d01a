"""Payments as people see them: their own, those of a case on the desk, all of them in the books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, Sum, Value, When
from django.utils.translation import gettext as _

from madang.access.api import AccessDenied, Actor, purpose
from madang.city.api import profile
from madang.kernel import times
from madang.records import payment_rules as rules
from madang.records.errors import UnknownPayment
from madang.records.models import PaymentIntent, Refund
from madang.records.payment_values import Intent, RefundMade, intent_value, refund_value
from madang.records.payments import TAKE

KEEP = "keep-accounts"
OWN = "own-record"
OWN_DATA = "own-data"  # the residents' own page reads all rooms for one purpose


@dataclass(frozen=True)
class Day:
    """One day of payments; amounts in minor units of the city's currency.

    nobodys : what is to be taken at a counter, since no account is asked for it.
    """

    day: date
    captured: int
    captured_count: int
    refunded: int
    refunded_count: int
    newest: tuple[Intent, ...]
    waiting: tuple[RefundMade, ...]
    nobodys: tuple[Intent, ...] = ()


def seen_by(actor: Actor, intent_id: str, case: str = "") -> Intent:
    """Return a payment as far as the actor may see it.

    Raises
    ------
    UnknownPayment
        If there is none, or it is not theirs to see.
    """
    for why in (OWN, TAKE, KEEP):
        try:
            with purpose(actor, why, case=case):
                row = PaymentIntent.objects.filter(pk=intent_id).first()
        except AccessDenied:
            continue
        if row is not None:
            return intent_value(row)
    raise UnknownPayment(_("There is no such payment."))


def own(actor: Actor, limit: int = 100) -> list[Intent]:
    """Return the payments of the actor, or of whom they act for, newest first."""
    with purpose(actor, OWN):
        rows = PaymentIntent.objects.order_by("-opened_at", "-id")[:limit]
        return [intent_value(row) for row in rows]


def newest(actor: Actor, limit: int, services: Sequence[str] = ()) -> list[Intent]:
    """Return what somebody still has to pay, then what moved last; see `payment_door`."""
    waits = When(state__in=rules.PAYABLE, expires_at__gt=times.now(), then=Value(0))
    with purpose(actor, OWN_DATA):
        rows = PaymentIntent.objects.exclude(state=rules.CANCELLED)
        if services:
            rows = rows.filter(service__in=services)
        rows = rows.order_by(Case(waits, default=Value(1)), "-changed_at", "-id")
        return [intent_value(row) for row in rows[:limit]]


def day_of(actor: Actor, day: date, limit: int = 50) -> Day:
    """Return what came in and went out on a local day; for who keeps the accounts."""
    start, end = times.day_span(day, profile().timezone)
    with purpose(actor, KEEP):
        came = PaymentIntent.objects.filter(captured_at__gte=start, captured_at__lt=end)
        went = Refund.objects.filter(done_at__gte=start, done_at__lt=end, state=rules.DONE)
        paid = came.aggregate(sum=Sum("captured"), n=Count("pk"))
        back = went.aggregate(sum=Sum("amount"), n=Count("pk"))
        newest = [intent_value(row) for row in came.order_by("-captured_at")[:limit]]
        waiting = _waiting()
        nobodys = _nobodys()
    return Day(
        day, paid["sum"] or 0, paid["n"], back["sum"] or 0, back["n"], tuple(newest),
        tuple(waiting), tuple(nobodys),
    )  # fmt: skip


def _nobodys(limit: int = 50) -> Sequence[Intent]:
    """Return what is to be paid and no account is asked for, oldest first: to take at a counter."""
    rows = PaymentIntent.objects.filter(payer__startswith="case:", state__in=rules.PAYABLE)
    rows = rows.filter(expires_at__gt=times.now()).order_by("opened_at", "id")
    return [intent_value(row) for row in rows[:limit]]


def _waiting() -> Sequence[RefundMade]:
    rows = Refund.objects.filter(state=rules.WAITING).select_related("intent")
    return [refund_value(row) for row in rows.order_by("asked_at")]
