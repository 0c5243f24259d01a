"""How refunds stand in the books: owed from the asking, paid when the gateway says so."""

from __future__ import annotations

from datetime import datetime

from madang.kernel import times
from madang.kernel.events import announce
from madang.records import ledger
from madang.records import payment_rules as rules
from madang.records.chart import GATEWAY, REFUNDS_PAYABLE, account
from madang.records.events import PaymentRefunded
from madang.records.models import PaymentIntent, Refund
from madang.records.payments import booking, noted, revenue, saved


def book_owed(row: PaymentIntent, made: Refund, by: str, *, again: bool = False) -> None:
    """Book that money is to be given back; `again` after it had been refused."""
    key = f"{owed_key(made)}:again" if again else owed_key(made)
    sides = [(revenue(row), made.amount), (account(REFUNDS_PAYABLE), -made.amount)]
    ledger.post(booking(row, key, "refund-owed", by), sides)


def owed_key(made: Refund) -> str:
    """Return the key of that journal."""
    return f"refund-owed:{made.id}"


def finish(row: PaymentIntent, made: Refund, movement: str, at: datetime) -> bool:
    """Note, in the caller's transaction, that money went back; return False where it is known."""
    if made.state == rules.DONE:
        return False
    by = f"gateway:{row.gateway}"
    if made.state == rules.REFUSED:  # it went out after all
        book_owed(row, made, by, again=True)
    made.state, made.done_at, made.movement = rules.DONE, at, movement
    made.changed_at = times.now()
    made.save(update_fields=["state", "done_at", "movement", "changed_at"])
    row.refunded += made.amount
    row.state = rules.after_refund(row.captured, row.refunded, row.charged_back)
    saved(row, "refunded", "state")
    sides = [(account(REFUNDS_PAYABLE), made.amount),
             (account(GATEWAY, row.gateway), -made.amount)]  # fmt: skip
    ledger.post(booking(row, f"refund:{made.id}", "refund", by), sides)
    noted(row, by, "records.payment_refunded", refund=made.id)
    announce(
        PaymentRefunded(
            intent=row.id,
            case=row.case,
            service=row.service,
            refund=made.id,
            amount=made.amount,
            refunded=row.refunded,
            currency=row.currency,
            is_whole=row.refunded == row.captured,
            why="refund",
        )
    )
    return True
