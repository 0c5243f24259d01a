"""Settlement: a gateway's file compared with our books, line by line, and booked.

What both sides know leaves the gateway's account for the bank; what only they know goes over
suspense; what only we know stays at the gateway. Each difference is kept until somebody clears it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from madang.access.api import Actor, require
from madang.city.api import profile
from madang.kernel import audit, times
from madang.kernel.errors import Conflict, Invalid, NotFound
from madang.records import ledger
from madang.records.chart import (
    BANK,
    GATEWAY,
    GATEWAY_FEES,
    MISCELLANEOUS,
    SUSPENSE,
    WRITTEN_OFF,
    account,
)  # fmt: skip
from madang.records.errors import FileReadBefore
from madang.records.gateways.registry import gateway as gateway_named
from madang.records.models import Difference, SettlementFile, SettlementLine
from madang.records.payment_terms import terms_in_effect
from madang.records.payments import PAYMENTS, opened
from madang.records.settlement_file import Movement, Settlement, read
from madang.records.settlement_matching import (
    AMOUNT_DIFFERS,
    MATCHED,
    MISSING_THERE,
    SETTLED_TWICE,
    Known,
    compared,
    known_movements,
    learn_missing,
    mark_settled,
    unsettled,
)  # fmt: skip
from madang.records.suspense import KEPT, LOST, TREASURER, settled, trouble

EXPLAINED = "explained"


@dataclass(frozen=True)
class Differing:
    """Where both sides differ; amounts in minor units, None where a side knows nothing."""

    why: str
    kind: str
    charge: str
    reference: str
    ours: int | None
    theirs: int | None


@dataclass(frozen=True)
class Reconciled:
    """What came of a settlement file; amounts in minor units."""

    source: str
    gateway: str
    day: date
    currency: str
    lines: int
    matched: int
    gross: int
    fees: int
    net: int
    differences: tuple[Differing, ...]


def reconcile(gateway: str, source: str, text: str, *, by: Actor) -> Reconciled:
    """Take a settlement file in: all of it, or nothing.

    Payments in it that we have not heard of are first asked for at the gateway.

    Raises
    ------
    BadInput
        If the file cannot be read; names file, line and field.
    FileReadBefore
        If this very file was taken in before.
    """
    gateway_named(gateway)
    digest = sha256(text.encode()).hexdigest()
    if SettlementFile.objects.filter(digest=digest).exists():
        raise FileReadBefore(f"{source}: this file was taken in before; nothing is booked twice")
    settlement = read(source, text)
    learn_missing(settlement.movements)
    with opened(), transaction.atomic():
        file = _kept(gateway, source, digest, settlement, by)
        found = _lines(file, gateway, settlement.movements)
        found += _missing_there(file, gateway)
        _book(file, settlement, found)
        matched = SettlementLine.objects.filter(file=file, outcome=MATCHED).count()
        audit.record(by.id, "records.reconcile", f"settlement:{file.pk}",
                     detail={"day": file.day.isoformat(), "differences": len(found)})  # fmt: skip
        _tell(file, found)
    return Reconciled(
        source, gateway, file.day, file.currency, len(settlement.movements), matched, file.gross,
        file.fees, file.net, tuple(found),
    )  # fmt: skip


def settle(gateway: str, day: date, *, by: Actor) -> Reconciled | None:
    """Ask the gateway for a day's file and take it in; None where nothing moved that day.

    Raises
    ------
    Invalid
        If the day is not over: its file would not be whole.
    """
    if day >= profile().today():
        raise Invalid(f"{day} is not over; its settlement is made the day after", {"day": "over"})
    text = gateway_named(gateway).settlement(day)
    return reconcile(gateway, f"{gateway}-{day.isoformat()}.csv", text, by=by) if text else None


def settle_yesterday() -> None:
    """Take in what the city's gateway settled for the day before (schedule)."""
    try:
        settle(terms_in_effect().gateway, profile().today() - timedelta(days=1), by=PAYMENTS)
    except FileReadBefore:
        return  # by hand, earlier


def open_differences() -> Sequence[Difference]:
    """Return the differences that nobody has cleared up, oldest first."""
    return list(Difference.objects.filter(cleared_at=None).select_related("file").order_by("id"))


def _kept(
    gateway: str, source: str, digest: str, settlement: Settlement, by: Actor
) -> SettlementFile:
    local = [profile().local(one.at).date() for one in settlement.movements]
    return SettlementFile.objects.create(
        digest=digest,
        gateway=gateway,
        source=source[:200],
        day=max(local),
        currency=settlement.currency,
        gross=settlement.gross,
        fees=settlement.fees,
        net=settlement.net,
        read_at=times.now(),
        read_by=by.id,
    )


def _lines(file: SettlementFile, gateway: str, movements: Sequence[Movement]) -> list[Differing]:
    """Keep each line with how it compares; return the differences."""
    known = known_movements(gateway, movements)
    rows, differing, dealt_with = [], [], []
    for number, moved in enumerate(movements, 2):
        ours = known.get(moved.movement if moved.kind != "payment" else moved.charge)
        outcome = compared(moved, file.currency, ours)
        rows.append(
            SettlementLine(
                file=file,
                number=number,
                kind=moved.kind,
                movement=moved.movement,
                charge=moved.charge,
                reference=moved.reference,
                amount=moved.amount,
                fee=moved.fee,
                outcome=outcome,
            )
        )
        if outcome in (MATCHED, AMOUNT_DIFFERS) and ours is not None:
            dealt_with.append(ours)
        if outcome != MATCHED:
            amount = ours.amount if ours is not None and outcome != SETTLED_TWICE else None
            differing.append(
                Differing(outcome, moved.kind, moved.charge, moved.reference, amount, moved.amount)
            )
    SettlementLine.objects.bulk_create(rows, batch_size=500)
    mark_settled(dealt_with)
    _settled_late(gateway, dealt_with)
    Difference.objects.bulk_create([_difference(file, one) for one in differing], batch_size=500)
    return differing


def _missing_there(file: SettlementFile, gateway: str) -> list[Differing]:
    """Return what we have booked up to the file's day and no file has settled yet."""
    _, until = times.day_span(file.day, profile().timezone)
    known = set(
        Difference.objects.filter(why=MISSING_THERE, cleared_at=None, file__gateway=gateway)
        .values_list("kind", "reference", "ours")
    )  # fmt: skip
    found = [
        Differing(MISSING_THERE, one.kind, one.charge, one.reference, one.amount, None)
        for one in unsettled(gateway, until)
        if (one.kind, one.reference, one.amount) not in known
    ]
    Difference.objects.bulk_create([_difference(file, one) for one in found], batch_size=500)
    return found


def _settled_late(gateway: str, matched: Sequence[Known]) -> None:
    """Clear differences of payments that an earlier file had left out."""
    now = times.now()
    late = {(one.kind, one.reference, one.amount) for one in matched}
    open_ones = Difference.objects.filter(why=MISSING_THERE, cleared_at=None, file__gateway=gateway)
    over = [row.pk for row in open_ones if (row.kind, row.reference, row.ours) in late]
    Difference.objects.filter(pk__in=over).update(
        cleared_at=now, cleared_by="system:payments", cleared_how="settled-late"
    )


def _difference(file: SettlementFile, one: Differing) -> Difference:
    return Difference(
        file=file,
        why=one.why,
        kind=one.kind,
        charge=one.charge,
        reference=one.reference,
        ours=one.ours,
        theirs=one.theirs,
        opened_at=file.read_at,
    )


def _book(file: SettlementFile, settlement: Settlement, found: Sequence[Differing]) -> None:
    """Book what reached the bank: fees, what leaves the gateway, and what we cannot place."""
    unplaced = sum((one.theirs or 0) - (one.ours or 0) for one in found if one.theirs is not None)
    booking = ledger.Booking(
        f"settlement:{file.digest[:40]}", "settlement", file.read_by, f"settlement:{file.pk}",
        currency=file.currency,
    )  # fmt: skip
    ledger.post(
        booking,
        [
            (account(BANK), settlement.net),
            (account(GATEWAY_FEES, file.gateway), settlement.fees),
            (account(GATEWAY, file.gateway), unplaced - settlement.gross),
            (account(SUSPENSE, file.gateway), -unplaced),
        ],
    )


def _tell(file: SettlementFile, found: Sequence[Differing]) -> None:
    if found:
        trouble(
            f"settlement:{file.pk}", "records.settlement",
            gettext_noop("The settlement of %(day)s differs from the books in %(n)s places"),
            day=file.day.isoformat(), n=str(len(found)),
        )  # fmt: skip


def clear_difference(difference_id: int, how: str, *, by: Actor) -> None:
    """Note that a difference is cleared up.

    `how` is ``explained`` (nothing moves), ``kept`` (what they paid too much is revenue) or
    ``written-off`` (what they paid too little is lost); the last two leave suspense.

    Raises
    ------
    Conflict
        If it was cleared up before, or that way does not fit it.
    """
    require(by, TREASURER)
    if how not in (EXPLAINED, KEPT, LOST):
        raise Invalid(_("This way to clear it up is unknown."), {"how": "unknown"})
    with transaction.atomic():
        rows = Difference.objects.select_for_update().select_related("file")
        row = rows.filter(pk=difference_id).first()
        if row is None:
            raise NotFound(_("There is no such difference."))
        if row.cleared_at is not None:
            raise Conflict(_("This was cleared up before."))
        excess = (row.theirs or 0) - (row.ours or 0) if row.theirs is not None else 0
        if how != EXPLAINED:
            if (how == KEPT) != (excess > 0) or not excess:
                raise Conflict(_("What is too much is kept, what is too little is written off."))
            to = account(MISCELLANEOUS if how == KEPT else WRITTEN_OFF)
            booking = ledger.Booking(
                f"difference:{row.pk}", how, by.id, f"payment:{row.reference}",
                currency=row.file.currency,
            )  # fmt: skip
            ledger.post(booking, [(account(SUSPENSE, row.file.gateway), excess), (to, -excess)])
        row.cleared_at, row.cleared_by, row.cleared_how = times.now(), by.id, how
        row.save(update_fields=["cleared_at", "cleared_by", "cleared_how"])
        audit.record(by.id, "records.clear_difference", f"difference:{row.pk}",
                     detail={"how": how})  # fmt: skip
        if not Difference.objects.filter(file=row.file, cleared_at=None).exists():
            settled(f"settlement:{row.file_id}")
