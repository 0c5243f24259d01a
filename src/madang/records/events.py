"""What records announces."""

from __future__ import annotations

from typing import ClassVar

from madang.kernel.events import Event


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
