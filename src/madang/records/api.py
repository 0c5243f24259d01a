"""The door of records: papers as PDF, documents with a signature, the ledger behind fees.

from madang.records import api as records

pdf = records.letter_pdf(records.Letter("...", issuer, recipient, blocks))
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
    letter_pdf,
)

if TYPE_CHECKING:
    from madang.records.checks import Checked

__all__ = (
    "Block",
    "Certificate",
    "Checked",
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


_LATER = {
    "Checked": "checks", "CheckedFile": "checks", "check": "checks", "check_file": "checks",
    "Document": "documents", "documents_of": "documents", "file_of": "documents",
    "issue": "documents", "own_file": "documents", "revoke": "documents",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Load what needs Django's tables only where it is asked for: commands import this door."""
    if name not in _LATER:
        raise AttributeError(name)
    return getattr(import_module(f"madang.records.{_LATER[name]}"), name)
