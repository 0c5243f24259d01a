"""The work of officers over HTTP: finding a case, one act on many."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Router, Schema

from madang.cases import case_search, queues
from madang.cases.case_acting import Asked
from madang.identity.api import api_access, current_actor

router = Router(tags=["casework"])
_officers = api_access("role:officer,department-head")


class SearchIn(Schema):
    """What is searched, and why: contact, paper, work or complaint."""

    text: Annotated[str, Field(max_length=100)]
    why: str


class HitOut(Schema):
    """A case that was found."""

    number: str
    service: str
    title: str
    state: str
    received_at: datetime
    closed_at: datetime | None
    district: str
    assignee: str


class FoundOut(Schema):
    """What a search found; `kind` is as what the text was read."""

    kind: str
    hits: list[HitOut]
    is_cut: bool


class ChosenIn(Schema):
    """One case of many; `version` is the one that was seen."""

    number: Annotated[str, Field(max_length=20)]
    version: int | None = None


class ManyIn(Schema):
    """A kind of verb for many cases: assign, ask, forward, complete or close."""

    kind: str
    cases: Annotated[list[ChosenIn], Field(max_length=queues.MOST_AT_ONCE)]
    reasons: Annotated[str, Field(max_length=4000)] = ""
    target: Annotated[str, Field(max_length=120)] = ""


class OneOfMany(Schema):
    """What became of one case; `problem` is empty where it was done."""

    number: str
    problem: str
    note: str


@router.post("/search", response=FoundOut, auth=_officers)
def search(request: HttpRequest, payload: SearchIn) -> FoundOut:
    """Find cases where one works, by number, document's code, telephone number or whole name."""
    found = case_search.find(current_actor(request), payload.text, payload.why)
    return FoundOut(**asdict(found))


@router.post("/bulk", response=list[OneOfMany], auth=_officers)
def bulk(request: HttpRequest, payload: ManyIn) -> list[OneOfMany]:
    """Do one thing to many cases, each on its own; nothing is refused this way."""
    versions = {one.number: one.version for one in payload.cases if one.version is not None}
    done = queues.bulk(
        current_actor(request), [one.number for one in payload.cases], payload.kind,
        Asked(reasons=payload.reasons, target=payload.target), versions=versions,
    )  # fmt: skip
    return [OneOfMany(**asdict(one)) for one in done]
