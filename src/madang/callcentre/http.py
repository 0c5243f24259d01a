"""The transcript of a contact over HTTP, for the operator who has it."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from madang.callcentre.desk import transcript
from madang.identity.api import api_access, current_actor

router = Router(tags=["callcentre"])


class LineOut(Schema):
    """What somebody said, masked; a line that is not final may still change."""

    number: int
    side: str
    text: str
    final: bool
    at: datetime


@router.get("/contacts/{contact}/lines", response=list[LineOut], auth=api_access("role:clerk"))
def lines(request: HttpRequest, contact: str, after: int = 0) -> list[LineOut]:
    """Return the lines of a contact of yours after a number."""
    found = transcript(current_actor(request), contact, after)
    return [LineOut(number=one.number, side=one.side, text=one.text, final=one.final, at=one.at)
            for one in found]  # fmt: skip
