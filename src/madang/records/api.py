"""The door of records: papers as PDF, documents with a signature, the ledger behind fees.

from madang.records import api as records

pdf = records.letter_pdf(records.Letter("...", issuer, recipient, blocks))
fee = records.open_intent(payer=person, amount=600, title={"ko": "...", "en": "..."},
                          case="C-2026-17", service="...", key="fee:C-2026-17", by=actor)

What is about money stands in `payment_door`; it is loaded where it is asked for, with the tables.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from madang.records.layouts import (
    Block,
    Certificate,
    Decision,
    Fact,
    Facts,
    Form,
    Issuer,
    Letter,
    Listing,
    Mark,
    Note,
    Option,
    Paragraph,
    Question,
    Recipient,
    Remedy,
    Section,
    Signature,
    Table,
    Words,
    certificate_pdf,
    decision_pdf,
    form_pdf,
    letter_pages,
    letter_pdf,
    letters_pdf,
)

if TYPE_CHECKING:
    from madang.kernel.config import Settings
    from madang.records.checks import Checked, CheckedFile, check, check_file
    from madang.records.documents import Document, documents_of, file_of, issue, own_file, revoke
    from madang.records.payment_door import (
        GatewayDown,
        Intent,
        KeyUsed,
        NotPayable,
        NotRefundable,
        Posted,
        RefundMade,
        SecondPersonNeeded,
        UnknownPayment,
        ask_gateway,
        confirm_refund,
        intent,
        intents_of,
        may_ask_refund,
        may_confirm_refund,
        newest_payments,
        open_intent,
        own_payments,
        paid_at_counter,
        pay_page_url,
        pay_path,
        refund,
        refundable,
        refunds_of,
        refunds_waiting,
        statement,
        turn_down_refund,
        withdraw,
    )

__all__ = (
    "Block",
    "Certificate",
    "Checked",
    "CheckedFile",
    "Decision",
    "Document",
    "Fact",
    "Facts",
    "Form",
    "GatewayDown",
    "Intent",
    "Issuer",
    "KeyUsed",
    "Letter",
    "Listing",
    "Mark",
    "NotPayable",
    "NotRefundable",
    "Note",
    "Option",
    "Paragraph",
    "Posted",
    "Question",
    "Recipient",
    "RefundMade",
    "Remedy",
    "SecondPersonNeeded",
    "Section",
    "Signature",
    "Table",
    "UnknownPayment",
    "Words",
    "ask_gateway",
    "certificate_pdf",
    "check",
    "check_file",
    "confirm_refund",
    "decision_pdf",
    "documents_of",
    "documents_off",
    "file_of",
    "form_pdf",
    "intent",
    "intents_of",
    "issue",
    "letter_pages",
    "letter_pdf",
    "letters_pdf",
    "may_ask_refund",
    "may_confirm_refund",
    "missing_characters",
    "newest_payments",
    "open_intent",
    "own_file",
    "own_payments",
    "paid_at_counter",
    "pay_page_url",
    "pay_path",
    "preview_png",
    "refund",
    "refundable",
    "refunds_of",
    "refunds_waiting",
    "revoke",
    "statement",
    "turn_down_refund",
    "withdraw",
)


def documents_off(here: Settings) -> str:
    """Return what keeps this installation from issuing documents; empty where nothing does."""
    from madang.records import readiness

    return readiness.documents_off(here)


def missing_characters(text: str) -> str:
    """Return the characters of a text that no font of papers has, each once, in their order."""
    from madang.records import fonts

    return fonts.missing_characters(text)


def preview_png(data: bytes, media_type: str, size: tuple[int, int], turn: int = 1) -> bytes:
    """Return a picture that somebody sent, drawn anew as PNG; raises `Invalid`."""
    from madang.records import previews

    return previews.preview_png(data, media_type, size, turn)


_DOCUMENTS = {
    "Checked": "checks", "CheckedFile": "checks", "check": "checks", "check_file": "checks",
    "Document": "documents", "documents_of": "documents", "file_of": "documents",
    "issue": "documents", "own_file": "documents", "revoke": "documents",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load what needs Django's tables only where it is asked for: commands import this door."""
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(f"madang.records.{_DOCUMENTS.get(name, 'payment_door')}"), name)
