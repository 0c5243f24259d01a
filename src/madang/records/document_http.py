"""Documents over HTTP: is this paper genuine?"""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Router, Schema

from madang.identity.api import client_address
from madang.records import patience
from madang.records.checks import Checked, check, check_file

router = Router(tags=["documents"])


class CheckedOut(Schema):
    """What is known of a document by its number; the holder's name is masked."""

    code: str
    state: str
    is_valid: bool
    kind: str
    title: dict[str, str]
    issuer: dict[str, str]
    holder: str
    issued: date
    expires: date | None
    since: date | None
    is_sample: bool


class CheckedFileOut(Schema):
    """What a file is: `genuine`, `altered`, `foreign`, `unsigned`, `locked` or `distrusted`.

    `seal_distrusted`: since when the seal on it is not trusted, null where it is.
    """

    finding: str
    document: CheckedOut | None
    seal_distrusted: datetime | None = None


@router.get("/{code}/verify", auth=None, response=CheckedOut, summary="Check a document")
def verify(request: HttpRequest, code: str) -> Checked:
    """Return whether the document with this number is genuine and valid today."""
    patience.NUMBERS.take(client_address(request))
    return check(code)


@router.post("/verify", auth=None, response=CheckedFileOut, summary="Check a PDF file")
def verify_file(request: HttpRequest) -> dict[str, object]:
    """Return what the PDF in the body is; it is not kept."""
    patience.FILES.take(client_address(request))
    found = check_file(request.body)
    return {
        "finding": str(found.finding),
        "document": found.document,
        "seal_distrusted": found.seal_distrusted,
    }
