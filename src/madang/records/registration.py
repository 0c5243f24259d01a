"""What the records room offers the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import Offer
from madang.records.document_registration import document_offers


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield from document_offers()
