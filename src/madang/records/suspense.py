"""Money that fits nothing we know: booked, shown on the desk, kept until somebody clears it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from madang.access.api import Actor, require
from madang.kernel import audit, times
from madang.kernel.errors import Conflict, Invalid, NotFound
from madang.notices import api as notices
from madang.records import ledger
from madang.records.chart import GATEWAY, MISCELLANEOUS, SUSPENSE, WRITTEN_OFF, account
from madang.records.gateways.base import Word
from madang.records.gateways.registry import gateway as gateway_named
from madang.records.models import SuspenseItem

TREASURER = "role:treasurer"
RETURNED, KEPT, LOST = "returned", "kept", "written-off"
WAYS = (RETURNED, KEPT, LOST)
GIVEN_BACK = "suspense-"  # begins the keys under which money goes back from here
_LINK = "/operations/payments/"


@dataclass(frozen=True)
class InSuspense:
    """An item of suspense; amounts in minor units, below 0 where money left."""

    id: int
    gateway: str
    why: str
    reference: str
    charge: str
    currency: str
    amount: int
    expected: int | None
    opened_at: datetime


def suspend(gateway: str, why: str, word: Word, *, expected: int | None = None) -> bool:
    """Book money on suspense and put it on the desk, in the caller's transaction.

    Returns False where this very movement is there already.
    """
    amount = word.amount if word.kind == "captured" else -word.amount
    key = f"suspense:{gateway}:{word.kind}:{word.movement or word.charge}"[:200]
    booking = ledger.Booking(
        key, "suspense", f"gateway:{gateway}", f"payment:{word.reference}", currency=word.currency
    )
    sides = [(account(GATEWAY, gateway), amount), (account(SUSPENSE, gateway), -amount)]
    if not ledger.post(booking, sides):
        return False
    item = SuspenseItem.objects.create(
        gateway=gateway,
        why=why,
        reference=word.reference,
        charge=word.charge,
        currency=word.currency,
        amount=amount,
        expected=expected,
        booked=key,
        opened_at=times.now(),
    )
    trouble(
        f"suspense:{item.pk}", "records.suspense",
        gettext_noop("Money at the gateway %(gateway)s fits no payment"), gateway=gateway,
    )  # fmt: skip
    return True


def trouble(key: str, kind: str, message: str, **values: str) -> None:
    """Put something about money on the operators' desk."""
    notices.open_alert(
        notices.Trouble(f"payments:{key}", kind, "serious", message, values, link=_LINK)
    )


def settled(key: str) -> None:
    """Take something about money off the operators' desk."""
    notices.clear_alert(f"payments:{key}")


def in_suspense() -> list[InSuspense]:
    """Return what has not been cleared up, oldest first."""
    return [_value(row) for row in SuspenseItem.objects.filter(cleared_at=None).order_by("id")]


def clear(item_id: int, how: str, *, by: Actor) -> None:
    """Clear an item up: give the money back, keep it as miscellaneous revenue, or write it off.

    Raises
    ------
    Conflict
        If it was cleared up before, or that way does not fit it.
    """
    require(by, TREASURER)
    if how not in WAYS:
        raise Invalid(_("This way to clear it up is unknown."), {"how": ", ".join(WAYS)})
    with transaction.atomic():
        row = SuspenseItem.objects.select_for_update().filter(pk=item_id).first()
        if row is None:
            raise NotFound(_("There is no such item in suspense."))
        if row.cleared_at is not None:
            raise Conflict(_("This was cleared up before."))
        if (row.amount > 0) != (how in (RETURNED, KEPT)):
            raise Conflict(_("Money that came is given back or kept; what left is written off."))
        _book(row, how, by)
        row.cleared_at, row.cleared_by, row.cleared_how = times.now(), by.id, how
        row.save(update_fields=["cleared_at", "cleared_by", "cleared_how"])
        audit.record(by.id, "records.clear_suspense", f"suspense:{item_id}", detail={"how": how})
        settled(f"suspense:{item_id}")


def _book(row: SuspenseItem, how: str, by: Actor) -> None:
    if how == RETURNED:  # the gateway's answer and ours are one: its call may be repeated
        gateway_named(row.gateway).give_back(
            row.charge, row.amount, row.currency, key=f"{GIVEN_BACK}{row.pk}", reason=row.why
        )
    to = {
        RETURNED: account(GATEWAY, row.gateway),
        KEPT: account(MISCELLANEOUS),
        LOST: account(WRITTEN_OFF),
    }[how]
    booking = ledger.Booking(
        f"cleared:{row.pk}", how, by.id, f"payment:{row.reference}", currency=row.currency
    )
    ledger.post(booking, [(account(SUSPENSE, row.gateway), row.amount), (to, -row.amount)])


def _value(row: SuspenseItem) -> InSuspense:
    return InSuspense(
        row.pk, row.gateway, row.why, row.reference, row.charge, row.currency, row.amount,
        row.expected, row.opened_at,
    )  # fmt: skip
