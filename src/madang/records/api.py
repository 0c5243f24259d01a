"""The door of records: papers as PDF, documents with a signature, the ledger behind fees.

from madang.records import api as records

pdf = records.letter_pdf(records.Letter("...", issuer, recipient, blocks))
"""

from __future__ import annotations

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
    letter_pdf,
)

__all__ = (
    "Block",
    "Certificate",
    "Decision",
    "Fact",
    "Facts",
    "Form",
    "Issuer",
    "Letter",
    "Listing",
    "Mark",
    "Note",
    "Option",
    "Paragraph",
    "Question",
    "Recipient",
    "Remedy",
    "Section",
    "Signature",
    "Table",
    "Words",
    "certificate_pdf",
    "decision_pdf",
    "form_pdf",
    "letter_pdf",
    "missing_characters",
)


def missing_characters(text: str) -> str:
    """Return the characters of a text that no font of papers has, each once, in their order."""
    from madang.records import fonts

    return fonts.missing_characters(text)
