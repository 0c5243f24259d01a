"""What records announces."""

from __future__ import annotations

from typing import ClassVar

from madang.kernel.events import Event


class PaymentCaptured(Event, frozen=True, kw_only=True):
    """A payment has arrived, whole; announced once for each payment. Amounts in minor units."""

    NAME: ClassVar[str] = "records.payment_captured"

    intent: str
    case: str
    service: str
    amount: int
    currency: str


class PaymentRefunded(Event, frozen=True, kw_only=True):
    """Money went back; `refunded` is all that went back by now, `why` ``refund`` or
    ``chargeback``."""

    NAME: ClassVar[str] = "records.payment_refunded"

    intent: str
    case: str
    service: str
    refund: str
    amount: int
    refunded: int
    currency: str
    is_whole: bool
    why: str


class PaymentFailed(Event, frozen=True, kw_only=True):
    """A payment did not come about: ``failed`` (it may be tried again), ``expired``, ``cancelled``.

    A late word of the gateway may still turn it into `PaymentCaptured`.
    """

    NAME: ClassVar[str] = "records.payment_failed"

    intent: str
    case: str
    service: str
    state: str
    reason: str


class DocumentIssued(Event, frozen=True, kw_only=True):
    """A document was issued; who may read it finds it by its id."""

    NAME: ClassVar[str] = "records.document_issued"

    document: str
    kind: str
    case: str
    service: str


class DocumentRevoked(Event, frozen=True, kw_only=True):
    """A document is good no more: revoked, or replaced by another."""

    NAME: ClassVar[str] = "records.document_revoked"

    document: str
    kind: str
    case: str
    replaced_by: str
