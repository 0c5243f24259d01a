"""Receipts as documents: signed papers that say what was paid, what went back, and what stays.

A receipt is made when somebody first takes it away, once for what stands in the books at that time:
when money goes back afterwards, a newer one replaces it, and a check of the old one says so. It
names no payer: whoever has the signed address of a payment may take it, as they may pay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from madang.access.api import Actor
from madang.city.api import profile
from madang.records import documents
from madang.records import payment_rules as rules
from madang.records.document_purposes import ISSUE, RECORDS
from madang.records.documents import PDF, Document
from madang.records.errors import UnknownPayment
from madang.records.gateways.counter import NAME as COUNTER
from madang.records.models import IssuedDocument, PaymentIntent, Refund
from madang.records.money_text import money_text
from madang.records.payments import opened
from madang.records.receipt_papers import HOW, NO_RECEIPT, ONLINE, PAID, REFUNDED

PAYMENT_KIND, REFUND_KIND = "payment-receipt", "refund-receipt"


@dataclass(frozen=True)
class Receipt:
    """A receipt to take away: the document and its signed PDF."""

    document: Document
    pdf: bytes


def languages_of(reader: str) -> tuple[str, ...]:
    """Return the languages of a receipt for a reader: Korean, English, or both for all others.

    >>> languages_of("ko"), languages_of("en"), languages_of("vi")
    (('ko',), ('en',), ('ko', 'en'))
    """
    return (reader,) if reader in ("ko", "en") else ("ko", "en")


def of_payment(intent_id: str, reader: str, *, by: Actor) -> Receipt:
    """Return the receipt of a payment as the books stand now.

    Raises
    ------
    UnknownPayment
        If there is none, or nothing was paid.
    """
    with opened():
        row = PaymentIntent.objects.filter(pk=intent_id).first()
        back = _went_back(intent_id)
    if row is None or row.captured_at is None:
        raise UnknownPayment(_("Nothing was paid here yet; there is no receipt."))
    languages = languages_of(reader)
    stem = f"receipt:{row.id}:{'-'.join(languages)}"
    data = _of_all(row) | {
        "amount": _money(row.captured, row),
        "refunded": _money(row.refunded + row.charged_back, row),
        "kept": _money(row.captured - row.refunded - row.charged_back, row),
        "paid_on": profile().local(row.captured_at).date(),
        "how": HOW.get(row.taken_how or COUNTER, NO_RECEIPT) if row.gateway == COUNTER else ONLINE,
        "receipt": row.charge if row.gateway == COUNTER else row.id,
    }
    key = f"{stem}:{row.refunded}:{row.charged_back}"
    conditions = {"back": bool(back or row.charged_back)}
    return _issued(row, PAYMENT_KIND, PAID, data, conditions, key=key, stem=stem, by=by,
                   languages=languages)  # fmt: skip


def of_refund(refund_id: str, reader: str, *, by: Actor) -> Receipt:
    """Return the receipt of money that went back; raises `UnknownPayment` where none did."""
    with opened():
        made = Refund.objects.select_related("intent").filter(pk=refund_id).first()
    if made is None or made.state != rules.DONE or made.done_at is None:
        raise UnknownPayment(_("This payment has no such refund."))
    row, languages = made.intent, languages_of(reader)
    data = _of_all(row) | {
        "amount": _money(made.amount, row),
        "paid": _money(row.captured, row),
        "refund_on": profile().local(made.done_at).date(),
        "refund": made.id,
    }
    stem = f"refund-receipt:{made.id}:{'-'.join(languages)}"
    return _issued(row, REFUND_KIND, REFUNDED, data, {}, key=stem, stem="", by=by,
                   languages=languages)  # fmt: skip


def _issued(
    row: PaymentIntent,
    kind: str,
    template: Mapping[str, Any],
    data: Mapping[str, Any],
    conditions: Mapping[str, bool],
    *,
    key: str,
    stem: str,
    languages: tuple[str, ...],
    by: Actor,
) -> Receipt:
    made = documents.issue(
        kind=kind, subject="" if ":" in row.payer else row.payer, case=row.case,
        service=row.service, template=template, data=data, conditions=conditions,
        language=languages, by=by, key=key, replaces=_older(stem, key, row.case) if stem else "",
    )  # fmt: skip
    return Receipt(made, documents.file_of(made.id, PDF, by=by, case=row.case))


def _older(stem: str, key: str, case: str) -> str:
    """Return the receipt that a newer one replaces; empty where there is none, or it is the one."""
    from madang.access.api import purpose

    with purpose(RECORDS, ISSUE, case=case):
        rows = IssuedDocument.objects.filter(key__startswith=f"{stem}:", state=documents.VALID)
        found = rows.exclude(key=key).order_by("-issued").first()
        return found.pk if found is not None else ""


def _went_back(intent_id: str) -> bool:
    return Refund.objects.filter(intent_id=intent_id, state=rules.DONE).exists()


def _of_all(row: PaymentIntent) -> dict[str, Any]:
    """Return what every receipt says."""
    return {"title": dict(row.title), "payment": row.id, "case": row.case or "–"}


def _money(minor: int, row: PaymentIntent) -> dict[str, str]:
    return {one: money_text(minor, row.currency, one) for one in ("ko", "en")}
