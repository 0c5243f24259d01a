"""Registers send facts over HTTP, each system with the key of its register."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from madang.cases.register_feed import Sent, checked_key, take_in
from madang.identity.api import api_access
from madang.kernel.errors import Unauthenticated

router = Router(tags=["registers"])


class FactIn(Schema):
    """What a register says of a person; `as_of` has an offset."""

    subject: Annotated[str, Field(min_length=1, max_length=36)]
    field: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
    value: Any
    as_of: datetime


class FactsIn(Schema):
    """Facts, at most 1,000 at once."""

    facts: Annotated[list[FactIn], Field(max_length=1000)]


class TakenOut(Schema):
    """How many facts were new or newer; the same sent again changes nothing."""

    newer: int


@router.post("/{source}/facts", response=TakenOut, auth=api_access("key"))
def facts(request: HttpRequest, source: str, payload: FactsIn) -> TakenOut:
    """Take in what a register says; the key comes as ``Authorization: Bearer``."""
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise Unauthenticated("send the register's key as Authorization: Bearer")
    row = checked_key(source, key.strip())
    sent = [Sent(one.subject, one.field, one.value, one.as_of) for one in payload.facts]
    return TakenOut(newer=take_in(source, sent, row.owner))
