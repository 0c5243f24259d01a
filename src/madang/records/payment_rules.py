"""What may become of a payment: a table of moves, and what each asks to be done.

Words of gateways arrive late, twice and in any order, so every state knows every word. A word that
says nothing new moves nothing. Money that fits no state is never dropped: it goes to suspense.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

CREATED = "created"
AUTHORISED = "authorised"
CAPTURED = "captured"
PARTLY_REFUNDED = "partly-refunded"
REFUNDED = "refunded"
CHARGED_BACK = "charged-back"
FAILED = "failed"
EXPIRED = "expired"
CANCELLED = "cancelled"
STATES = (
    CREATED, AUTHORISED, CAPTURED, PARTLY_REFUNDED, REFUNDED, CHARGED_BACK, FAILED, EXPIRED,
    CANCELLED,
)  # fmt: skip
PAYABLE = frozenset({CREATED, FAILED})
OPEN = frozenset({CREATED, AUTHORISED, FAILED})
PAID = frozenset({CAPTURED, PARTLY_REFUNDED, REFUNDED, CHARGED_BACK})

# what gateways, the clock and the city say
SAID_AUTHORISED = "authorised"
SAID_CAPTURED = "captured"
SAID_CAPTURED_AGAIN = "captured-again"  # another charge for a payment that one has paid already
SAID_FAILED = "failed"
SAID_REFUNDED = "refunded"
SAID_CHARGED_BACK = "charged-back"
TIME_IS_OVER = "time-is-over"
WITHDRAWN = "withdrawn"
WORDS = (
    SAID_AUTHORISED, SAID_CAPTURED, SAID_CAPTURED_AGAIN, SAID_FAILED, SAID_REFUNDED,
    SAID_CHARGED_BACK, TIME_IS_OVER, WITHDRAWN,
)  # fmt: skip
FROM_GATEWAYS = frozenset(
    {SAID_AUTHORISED, SAID_CAPTURED, SAID_FAILED, SAID_REFUNDED, SAID_CHARGED_BACK}
)

# what a move asks for besides
NOTHING = ""
NOTE = "note"  # the state alone changes
BOOK = "book"  # the money is booked and announced
TELL = "tell"  # the end without money is announced, what was owed is taken back
SUSPEND = "suspend"  # money came that is not owed (any more)
REFUSE = "refuse"  # the city itself asked for what cannot be


@dataclass(frozen=True)
class Move:
    """The state after a word, and what is to be done."""

    state: str
    effect: str


def _table() -> dict[tuple[str, str], Move]:
    moves = {(state, word): Move(state, NOTHING) for state in STATES for word in WORDS}
    for state in (CREATED, FAILED):
        moves[state, SAID_AUTHORISED] = Move(AUTHORISED, NOTE)
    for state in (CREATED, AUTHORISED, FAILED, EXPIRED):
        moves[state, SAID_CAPTURED] = Move(CAPTURED, BOOK)
    for state in PAID:
        moves[state, SAID_CAPTURED_AGAIN] = Move(state, SUSPEND)
    moves[CANCELLED, SAID_CAPTURED] = Move(CANCELLED, SUSPEND)
    for state in (CREATED, AUTHORISED):
        moves[state, SAID_FAILED] = Move(FAILED, TELL)
    for state in OPEN:
        moves[state, TIME_IS_OVER] = Move(EXPIRED, TELL)
        moves[state, WITHDRAWN] = Move(CANCELLED, TELL)
        moves[state, SAID_REFUNDED] = moves[state, SAID_CHARGED_BACK] = Move(state, SUSPEND)
    for state in (EXPIRED, CANCELLED, REFUNDED, CHARGED_BACK):
        moves[state, SAID_REFUNDED] = moves[state, SAID_CHARGED_BACK] = Move(state, SUSPEND)
    for state in (CAPTURED, PARTLY_REFUNDED):
        moves[state, SAID_REFUNDED] = Move(PARTLY_REFUNDED, BOOK)
        moves[state, SAID_CHARGED_BACK] = Move(CHARGED_BACK, BOOK)
    for state in PAID:
        moves[state, WITHDRAWN] = Move(state, REFUSE)
    return moves


MOVES: Mapping[tuple[str, str], Move] = MappingProxyType(_table())


def move(state: str, word: str) -> Move:
    """Return what a word makes of a state, both from the lists above.

    >>> move("created", "captured"), move("captured", "failed").effect
    (Move(state='captured', effect='book'), '')
    """
    return MOVES[state, word]


def after_refund(captured: int, refunded: int, charged_back: int) -> str:
    """Return the state of a paid intent by its amounts, in minor units.

    >>> after_refund(1000, 400, 0), after_refund(1000, 1000, 0), after_refund(1000, 0, 1000)
    ('partly-refunded', 'refunded', 'charged-back')
    """
    if charged_back:
        return CHARGED_BACK
    if not refunded:
        return CAPTURED
    return REFUNDED if refunded == captured else PARTLY_REFUNDED


# why money is in suspense
UNKNOWN_PAYMENT = "unknown-payment"
AMOUNT_DIFFERS = "amount-differs"
CURRENCY_DIFFERS = "currency-differs"
PAID_TWICE = "paid-twice"
PAID_AFTER_CANCEL = "paid-after-cancel"
MOVED_UNASKED = "moved-unasked"
SUSPENSE = (
    UNKNOWN_PAYMENT, AMOUNT_DIFFERS, CURRENCY_DIFFERS, PAID_TWICE, PAID_AFTER_CANCEL, MOVED_UNASKED,
)  # fmt: skip


def misfit(amount: int, currency: str, owed: int, owed_in: str) -> str:
    """Return why an amount is not what is owed; empty where it is.

    >>> misfit(900, "KRW", 1000, "KRW"), misfit(1000, "KRW", 1000, "KRW")
    ('amount-differs', '')
    """
    if currency != owed_in:
        return CURRENCY_DIFFERS
    return AMOUNT_DIFFERS if amount != owed else ""


# refunds
WAITING = "waiting"  # for a second person
TO_SEND = "to-send"
DONE = "done"
REFUSED = "refused"
PENDING = frozenset({WAITING, TO_SEND})


def refund_state(amount: int, second_yes_above: int) -> str:
    """Return how a refund begins: small ones go out, larger ones wait for a second person."""
    return WAITING if amount > second_yes_above else TO_SEND


def refundable(captured: int, refunded: int, charged_back: int, pending: int) -> int:
    """Return how much of a payment may still be given back, in minor units.

    >>> refundable(1000, 300, 0, 200)
    500
    """
    return captured - refunded - charged_back - pending
