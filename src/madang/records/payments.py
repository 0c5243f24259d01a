"""Payments: opened by a room, paid at a gateway's page, withdrawn, or left until they expire.

Each change is one transaction: state, journal, audit entry and event are there together or not at
all. What gateways say comes in through `gateway_words`; refunds are in `refunds`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose, system_actor
from madang.city.api import profile
from madang.kernel import audit, times
from madang.kernel.errors import Invalid
from madang.kernel.events import announce, new_id
from madang.records import ledger, payment_rules
from madang.records.chart import RECEIVABLE, REVENUE, Account, account
from madang.records.errors import KeyUsed, NotPayable, UnknownPayment
from madang.records.events import PaymentFailed
from madang.records.gateways.base import Order
from madang.records.gateways.registry import gateway
from madang.records.models import PaymentIntent, Refund
from madang.records.payment_terms import terms_in_effect
from madang.records.payment_values import Intent, RefundMade, done_path, intent_value, refund_value

PAYMENTS = system_actor("payments")
TAKE = "take-payment"
LARGEST = 10**15  # minor units; beyond any fee of a city
_LONGEST = {"payer": 64, "case": 64, "service": 100, "department": 100, "key": 300}
_LOCAL = re.compile(r"/(?:[^/\\\s][^\\\s]{0,298})?")  # never another host


@dataclass(frozen=True)
class Wish:
    """What is to be paid; see `open_intent`."""

    payer: str
    amount: int
    title: dict[str, str] | str
    case: str
    service: str
    key: str
    department: str = ""
    return_to: str = ""
    expires_at: datetime | None = None


@contextmanager
def opened() -> Iterator[None]:
    """Open the tables of payments to our own process."""
    with purpose(PAYMENTS, TAKE):
        yield


def open_intent(wish: Wish, by: Actor) -> Intent:
    """Open a payment, once for each key, and return it; what is owed is booked.

    Raises
    ------
    Invalid
        Field by field.
    KeyUsed
        If the key was used for something else.
    """
    titles = _checked(wish)
    with opened(), transaction.atomic():
        known = PaymentIntent.objects.filter(key=wish.key).first()
        if known is None:
            try:
                with transaction.atomic():
                    return intent_value(_created(wish, titles, by))
            except IntegrityError:  # somebody with the same key was faster
                known = PaymentIntent.objects.get(key=wish.key)
        _check_same(known, wish, titles)
        return intent_value(known)


def _created(wish: Wish, titles: dict[str, str], by: Actor) -> PaymentIntent:
    terms = terms_in_effect()
    now = times.now()
    row = PaymentIntent.objects.create(
        id=new_id(),
        key=wish.key,
        payer=wish.payer,
        case=wish.case,
        service=wish.service,
        department=wish.department,
        title=titles,
        currency=ledger.home_currency(),
        amount=wish.amount,
        state=payment_rules.CREATED,
        gateway=terms.gateway,
        return_to=wish.return_to,
        opened_by=by.id,
        opened_at=now,
        changed_at=now,
        expires_at=wish.expires_at or now + terms.open_span,
    )
    book_owed(row, by.id)
    noted(row, by.id, "records.open_payment")
    return row


def intent(intent_id: str) -> Intent:
    """Return a payment; raises `UnknownPayment`."""
    with opened():
        return intent_value(_found(intent_id))


def intents_of(case: str) -> list[Intent]:
    """Return the payments of a case, oldest first."""
    with opened():
        rows = PaymentIntent.objects.filter(case=case).order_by("opened_at", "id")
        return [intent_value(row) for row in rows] if case else []


def refunds_of(intent_id: str) -> list[RefundMade]:
    """Return the refunds of a payment that have arrived, oldest first."""
    with opened():
        rows = Refund.objects.filter(intent_id=intent_id, state=payment_rules.DONE)
        return [refund_value(row) for row in rows.select_related("intent").order_by("done_at")]


def begin(intent_id: str, language: str) -> str:
    """Return the address of the gateway's page on which an intent is paid.

    Raises
    ------
    NotPayable
        If it is paid, expired or cancelled.
    """
    now = times.now()
    with opened():
        with transaction.atomic():
            row = locked(intent_id)
            if row.state not in payment_rules.PAYABLE or row.expires_at <= now:
                raise NotPayable(_("This payment is over; nothing more is to be paid here."))
            row.begun_at = row.begun_at or now
            row.save(update_fields=["begun_at"])
        order = Order(row.id, row.title, row.amount, row.currency, done_path(row.id))
        return gateway(row.gateway).pay_page(order, language)


def withdraw(intent_id: str, reason: str, *, by: Actor) -> Intent:
    """Cancel a payment that has not been made (a fee waived, a case withdrawn); twice is once.

    Raises
    ------
    NotPayable
        If it is paid: give it back instead.
    """
    with opened(), transaction.atomic():
        row = locked(intent_id)
        end(row, payment_rules.WITHDRAWN, by.id, reason)
        return intent_value(row)


def end(row: PaymentIntent, word: str, by: str, reason: str) -> bool:
    """End a locked payment without money: expired or cancelled; return whether it was open."""
    moved = payment_rules.move(row.state, word)
    if moved.effect == payment_rules.REFUSE:
        raise NotPayable(_("This is paid already; give the money back instead."))
    if moved.effect != payment_rules.TELL:
        return False
    row.state, row.failure = moved.state, reason[:60]
    saved(row, "state", "failure")
    take_back_owed(row, by)
    noted(row, by, f"records.payment_{moved.state}", reason=reason[:60])
    tell_failed(row)
    return True


def locked(intent_id: str) -> PaymentIntent:
    """Return the row, locked until the transaction ends; raises `UnknownPayment`."""
    row = PaymentIntent.objects.select_for_update().filter(pk=intent_id).first()
    if row is None:
        raise UnknownPayment(_("There is no such payment."))
    return row


def _found(intent_id: str) -> PaymentIntent:
    row = PaymentIntent.objects.filter(pk=intent_id).first()
    if row is None:
        raise UnknownPayment(_("There is no such payment."))
    return row


def saved(row: PaymentIntent, *fields: str) -> None:
    """Keep the fields that changed."""
    row.changed_at = times.now()
    row.save(update_fields=[*fields, "changed_at"])


def noted(row: PaymentIntent, by: str, verb: str, **detail: object) -> None:
    """Write a step of a payment into the audit log; no amounts, they are in the ledger."""
    audit.record(by, verb, about(row), purpose=TAKE, detail={"case": row.case, **detail})


def about(row: PaymentIntent) -> str:
    """Return how journal and audit log name a payment."""
    return f"payment:{row.id}"


def tell_failed(row: PaymentIntent) -> None:
    """Announce that a payment did not come about."""
    announce(
        PaymentFailed(
            intent=row.id, case=row.case, service=row.service, state=row.state, reason=row.failure
        )
    )


def booking(row: PaymentIntent, key: str, kind: str, by: str) -> ledger.Booking:
    """Return the head of a journal about a payment."""
    return ledger.Booking(key, kind, by, about(row), row.case, row.currency)


def receivable(row: PaymentIntent) -> Account:
    """Return the account of what is owed for the service."""
    return account(RECEIVABLE, row.service)


def revenue(row: PaymentIntent) -> Account:
    """Return the account of what the service earns, by department where one is named."""
    return account(REVENUE, row.service, *([row.department] if row.department else []))


def book_owed(row: PaymentIntent, by: str, *, again: bool = False) -> None:
    """Book that the amount is owed; `again` after it had been taken back."""
    key = f"{'owed-again' if again else 'owed'}:{row.id}"
    sides = [(receivable(row), row.amount), (revenue(row), -row.amount)]
    ledger.post(booking(row, key, "owed", by), sides)


def take_back_owed(row: PaymentIntent, by: str) -> None:
    """Book that the amount is not owed any more."""
    ledger.reverse(f"owed:{row.id}", by=by, reversal_key=f"not-owed:{row.id}")


def _checked(wish: Wish) -> dict[str, str]:
    """Return the titles by language; raises `Invalid` field by field."""
    faults: dict[str, str] = {}
    if isinstance(wish.amount, bool) or not 0 < wish.amount <= LARGEST:
        faults["amount"] = f"a whole number of minor units from 1 to {LARGEST}"
    for name, longest in _LONGEST.items():
        value = getattr(wish, name)
        needed = name in ("payer", "service", "key")
        if len(value) > longest or (needed and not value):
            faults[name] = f"{'1' if needed else '0'} to {longest} characters"
    if ":" in wish.service + wish.department:
        faults["service"] = "no colon in a service or department"
    if wish.return_to and not _LOCAL.fullmatch(wish.return_to):
        faults["return_to"] = "a path of this portal, such as /my/"
    titles = wish.title
    if isinstance(titles, str):
        titles = {profile().city.default_language: titles}
    if not titles or not all(0 < len(text) <= 200 for text in titles.values()):
        faults["title"] = "a text of 1 to 200 characters for at least one language"
    if wish.expires_at is not None and wish.expires_at <= times.now():
        faults["expires_at"] = "lies ahead"
    if faults:
        raise Invalid("this payment cannot be opened", faults)
    return dict(titles)


def _check_same(known: PaymentIntent, wish: Wish, titles: dict[str, str]) -> None:
    now = (known.payer, known.amount, known.case, known.service, known.title)
    if now != (wish.payer, wish.amount, wish.case, wish.service, titles):
        raise KeyUsed(f"key {wish.key!r} was used for another payment; take a new one")


def return_of(intent_id: str) -> str:
    """Return the path of the page that follows paying; empty where none was named."""
    with opened():
        return _found(intent_id).return_to


def is_simulated(intent_id: str) -> bool:
    """Return whether no money moves: the payment is at a simulated gateway."""
    with opened():
        return gateway(_found(intent_id).gateway).is_simulated
