"""The residents' own page over HTTP: the same parts, as JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Router, Schema

from madang.identity.api import api_access, current_actor
from madang.kernel.own_page import OwnFact, OwnLink, OwnRow
from madang.web.context import own_page_name
from madang.web.my import SHOWN, Told, told, waiting_in
from madang.web.parts import Parts

router = Router(tags=["my"])


class FactOut(Schema):
    """A line of a row: a text, a moment (UTC) or a day."""

    label: str
    text: str
    at: datetime | date | None


class LinkOut(Schema):
    """Something to do: a page of the portal; with `fields`, a form that is sent there."""

    title: str
    url: str
    fields: dict[str, str]


class RowOut(Schema):
    """One thing of the reader's; `asks` is what they are asked to do, until `asks_by`."""

    id: str
    title: str
    language: str
    url: str
    state: str
    said: str
    facts: list[FactOut]
    asks: str
    asks_url: str
    asks_by: datetime | None
    is_late: bool
    links: list[LinkOut]


class PartOut(Schema):
    """What a room says; `has_more` where there are more rows than these, at `all_url`."""

    id: str
    title: str
    said: str
    empty: str
    rows: list[RowOut]
    has_more: bool
    all_url: str
    links: list[LinkOut]


class MyOut(Schema):
    """The page: ids of rows that wait for the reader, most urgent first, and all parts.

    `on_behalf_of` is the person whose things these are, where the reader acts for somebody.
    """

    title: str
    on_behalf_of: str
    waiting: list[str]
    parts: list[PartOut]
    failed: list[str]


@router.get("", auth=api_access("signed-in+represented"), response=MyOut, summary="My Madang")
def mine(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    """Return what is the reader's, or that of whom they act for as far as their mandate goes."""
    response["Cache-Control"] = "no-store"
    actor, parts = current_actor(request), Parts()
    found = told(actor, SHOWN, parts)
    return {
        "title": own_page_name(get_language() or ""),
        "on_behalf_of": actor.on_behalf_of,
        "waiting": [row.id for row in waiting_in(found)],
        "parts": [_part(one) for one in found],
        "failed": parts.failed,
    }


def _part(one: Told) -> dict[str, Any]:
    return {
        "id": one.name,
        "title": one.part.title,
        "said": one.part.said,
        "empty": "" if one.rows else one.part.empty,
        "rows": [_row(row) for row in one.rows],
        "has_more": one.has_more,
        "all_url": one.all_url,
        "links": [_link(link) for link in one.part.links],
    }


def _row(row: OwnRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "language": row.lang or get_language() or "",
        "url": row.url,
        "state": row.state,
        "said": row.said,
        "facts": [_fact(fact) for fact in row.facts],
        "asks": row.asks,
        "asks_url": row.asks_url,
        "asks_by": row.asks_by,
        "is_late": row.is_late,
        "links": [_link(link) for link in row.links],
    }


def _fact(fact: OwnFact) -> dict[str, Any]:
    return {"label": fact.label, "text": fact.text, "at": fact.at}


def _link(link: OwnLink) -> dict[str, Any]:
    return {"title": link.title, "url": link.url, "fields": dict(link.fields)}
