"""The JSON API of the services: finding, reading, and asking what the rules would say.

Asking for eligibility stores nothing: the facts are read, evaluated and forgotten.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date as Day  # noqa: N812 - a field is called date
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from madang.city.api import profile
from madang.kernel import times
from madang.kernel.config import settings
from madang.kernel.errors import Invalid
from madang.kernel.language_marks import unmarked
from madang.services.catalogue import Wish, catalogue, in_language
from madang.services.cpsv import MEDIA_TYPE
from madang.services.entries import Entry
from madang.services.exports import exported
from madang.services.packages.packing import plain
from madang.services.shown_service import due
from madang.services.versions import current

router = Router(tags=["services"])
MOST_FACTS = 500


class ServiceOut(Schema):
    """A service in a list; `deadline` is the office's time limit, `hash` names the version."""

    id: str
    version: str
    hash: str
    language: str
    title: str
    summary: str
    life_events: list[str]
    audience: list[str]
    department: str
    channels: list[str]
    deadline: str
    free: bool
    automatic: bool
    synthetic: bool


class ServicesOut(Schema):
    """A page of services; `next` is the cursor of the following one, null at the end."""

    total: int
    services: list[ServiceOut]
    next: str | None


class EligibilityIn(Schema):
    """Facts by name, and the day as of which is asked; today without one."""

    facts: dict[str, Any] = Field(max_length=MOST_FACTS)
    date: Day | None = None
    district: str = ""


class EligibilityOut(Schema):
    """What the rules say. No decision: a refusal is always a person's.

    outcome: `grant`, `refuse` or `refer` (a person looks at it).
    fee: minor units of `currency`.
    rows: rows that held, as `table.row`.
    missing: facts that nobody has told and the rules need.
    doubts: why a person would have to look.
    automatic: whether the law lets a machine grant just that.
    """

    service: str
    version: str
    hash: str
    date: Day
    outcome: Literal["grant", "refuse", "refer"]
    fee: int
    currency: str
    due: str | None
    automatic: bool
    rows: list[str]
    missing: list[str]
    doubts: list[str]
    values: dict[str, Any]
    parameters: dict[str, Any]
    reasons: dict[str, Any]


@router.get("", auth=None, response=ServicesOut, summary="Services")
def services(
    request: HttpRequest,
    response: HttpResponse,
    *,
    q: Annotated[str, Query(max_length=100)] = "",
    life_event: str = "",
    audience: str = "",
    department: str = "",
    channel: str = "",
    lang: str = "",
    cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Any:
    """Return services by title; each parameter that is given must hold.

    `cursor` is `next` of the answer before: the id of its last service.
    """
    known = catalogue()
    wish = Wish(q, life_event, audience, department, channel)
    language = lang or profile().city.default_language
    found = known.found(wish, language)
    begin = _after(found, cursor)
    page = found[begin : begin + limit]
    rest = begin + limit < len(found)
    answer = {
        "total": len(found),
        "services": [_line(entry, language) for entry in page],
        "next": page[-1].id if rest else None,
    }
    return _tagged(request, json.dumps(answer, ensure_ascii=False).encode(), "application/json")


@router.get("/{slug:service}", auth=None, summary="One service")
def service(request: HttpRequest, service: str, district: str = "") -> HttpResponse:
    """Return the whole package that is in force: metadata, questions, rules, process, texts."""
    found = current(service, district)
    document = {"hash": found.hash, "package": plain(found.package)}
    body = json.dumps(document, ensure_ascii=False, default=str).encode()
    return _tagged(request, body, "application/json")


@router.get("/{slug:service}.jsonld", auth=None, summary="A service as CPSV-AP 3.2")
def linked_data(request: HttpRequest, service: str, district: str = "") -> HttpResponse:
    """Return the service as CPSV-AP 3.2 in JSON-LD, with the concepts that it uses."""
    return _exported(request, service, district, "jsonld", MEDIA_TYPE)


@router.get("/{slug:service}.dmn", auth=None, summary="The rules of a service as DMN 1.5")
def rules(request: HttpRequest, service: str, district: str = "") -> HttpResponse:
    """Return the rules as a decision model; values that the law sets are decisions by date."""
    return _exported(request, service, district, "dmn", "application/xml")


@router.post(
    "/{slug:service}/eligibility",
    auth=None,
    response=EligibilityOut,
    summary="What rules would say",
)
def eligibility(request: HttpRequest, service: str, body: EligibilityIn) -> Any:
    """Return what the rules say for facts on a day; nothing is stored.

    Facts are values of JSON by the names of the package; dates are ISO texts.
    """
    found = current(service, body.district)
    day = body.date or profile().today()
    said = found.rules.evaluate(body.facts, day, explain=True)
    unknown = sorted(set(body.facts) - set(found.package.facts))
    if unknown:
        fields = {f"facts.{name}": "is no fact of this service" for name in unknown}
        raise Invalid(f"{service} knows no fact {unknown[0]!r}", fields)
    automation = found.package.process.automation
    ends = due(found.package, times.now())
    suffix = ": is not known"
    missing = [doubt.removesuffix(suffix) for doubt in said.doubts if doubt.endswith(suffix)]
    return {
        "service": service,
        "version": found.package.service.version,
        "hash": found.hash,
        "date": day,
        "outcome": said.outcome,
        "fee": said.fee,
        "currency": profile().currency.code,
        "due": ends.at.isoformat() if ends.at else None,
        "automatic": bool(automation and automation.basis and not automation.discretion)
        and said.outcome == "grant"
        and not said.doubts,
        "rows": list(said.rows),
        "missing": missing,
        "doubts": [doubt for doubt in said.doubts if not doubt.endswith(suffix)],
        "values": dict(said.values),
        "parameters": dict(said.parameters),
        "reasons": dict(said.reasons or {}),
    }


def _after(found: Sequence[Entry], cursor: str) -> int:
    """Return the place after the service that the cursor names; raises Invalid for another."""
    if not cursor:
        return 0
    for number, entry in enumerate(found):
        if entry.id == cursor:
            return number + 1
    raise Invalid("begin again without a cursor: the list has changed", {"cursor": "unknown"})


def _line(entry: Entry, language: str) -> dict[str, Any]:
    texts = {"title": entry.titles, "summary": entry.summaries}
    return {
        "id": entry.id,
        "version": entry.version,
        "hash": entry.hash,
        "language": next(
            (tag for tag in profile().chain(language) if tag in entry.titles), entry.language
        ),
        **{n: unmarked(in_language(t, entry.language, language)) for n, t in texts.items()},
        "life_events": list(entry.life_events),
        "audience": list(entry.audience),
        "department": entry.department,
        "channels": list(entry.channels),
        "deadline": entry.deadline,
        "free": entry.free,
        "automatic": entry.automatic,
        "synthetic": entry.synthetic,
    }


def _exported(
    request: HttpRequest, service: str, district: str, form: str, media: str
) -> HttpResponse:
    found = current(service, district)
    body = exported(found.package, form, profile(), settings().public_origin)
    return _tagged(request, body, media)


def _tagged(request: HttpRequest, body: bytes, media: str) -> HttpResponse:
    """Return an answer with its ETag, or 304 where the caller has it."""
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
    if tag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(body, content_type=media, headers=headers)
