"""The JSON API of search: questions, suggestions, and what was chosen."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from madang.city.api import profile
from madang.identity.api import client_address
from madang.kernel.errors import Invalid
from madang.search import api
from madang.search.found import KINDS, MOST, Asker, shown
from madang.search.limits import within_limit

router = Router(tags=["search"])
suggestions = Router(tags=["search"])

LONGEST = 2_000
"""Characters of a question; a longer one is refused, for nobody asks so."""


class HitOut(Schema):
    """One thing that was found; `probability`: that it is right, if anything found is."""

    id: str
    kind: str
    title: str
    language: str
    passage: str
    url: str
    version: str | None
    changed: str | None
    probability: float
    facets: dict[str, list[str]]


class FoundOut(Schema):
    """The answer to a question.

    answered: the question that the hits answer; differs from `question` where that was repaired.
    repair: `keyboard` or `spelling`; null where nothing was repaired.
    sure: id of the first hit where it can stand as the answer.
    by_meaning: whether a model of meaning took part; false is words only.
    next: the cursor of the following page.
    """

    question: str
    answered: str
    repair: str | None
    language: str
    total: int
    sure: str | None
    by_meaning: bool
    hits: list[HitOut]
    facets: dict[str, dict[str, int]]
    next: str | None


class SuggestionOut(Schema):
    """A text to type; `url` where it is the title of a page."""

    text: str
    language: str
    kind: str
    url: str


class SuggestedOut(Schema):
    """Suggestions, best first."""

    suggestions: list[SuggestionOut]


class ChosenIn(Schema):
    """What was chosen for a question: the `id` of a hit."""

    question: str = Field(max_length=LONGEST)
    id: str = Field(max_length=200)


@router.get("", auth=None, response=FoundOut, summary="Search")
def search(
    request: HttpRequest,
    *,
    q: Annotated[str, Query(max_length=LONGEST)],
    lang: str = "",
    kind: str = "",
    district: str = "",
    limit: Annotated[int, Query(ge=1, le=MOST)] = 10,
    cursor: Annotated[str, Query(max_length=40)] = "",
    exact: bool = False,
) -> Any:
    """Return what answers a question, best first.

    `district` is where the asker lives: what belongs there comes first. With `exact` the question
    is taken as typed.
    """
    within_limit(client_address(request))
    if not q.strip():
        raise Invalid("ask something", {"q": "empty"})
    if kind and kind not in KINDS:
        raise Invalid(f"there is no kind {kind!r}", {"kind": f"one of {', '.join(KINDS)}"})
    found = api.find(
        q, _language(lang), kind=kind, district=district, limit=limit, cursor=cursor, exact=exact
    )
    return _tagged(request, shown(found))


@suggestions.get("", auth=None, response=SuggestedOut, summary="Suggestions while typing")
def suggest(
    request: HttpRequest, *, q: Annotated[str, Query(max_length=LONGEST)], lang: str = ""
) -> Any:
    """Return what begins so: by typed letters, by first consonants, on the other keyboard."""
    within_limit(client_address(request))
    found = api.suggest(q, _language(lang))
    rows = [{"text": s.text, "language": s.language, "kind": s.kind, "url": s.url}
            for s in found.suggestions]  # fmt: skip
    return _tagged(request, {"suggestions": rows})


@router.post("/chosen", auth=None, response={204: None}, summary="Say what was chosen")
def chosen(request: HttpRequest, body: ChosenIn) -> Any:
    """Count what was chosen for a question, so that it comes first for who asks just the same.

    The question is masked before it is counted; who asked is not kept.
    """
    within_limit(client_address(request))
    api.chosen(body.question, body.id, asker_of(request))
    return Status(204, None)


def asker_of(request: HttpRequest) -> Asker:
    """Return who asks, as far as counting different people needs it."""
    address = client_address(request)
    return Asker(address, f"{address} {request.headers.get('User-Agent', '')[:300]}")


def _language(lang: str) -> str:
    city = profile()
    known = {language.code.lower(): language.code for language in city.languages}
    return known.get(lang.lower()) or city.city.default_language


def _tagged(request: HttpRequest, answer: dict[str, Any]) -> HttpResponse:
    """Return an answer with its ETag, or 304 where the caller has it."""
    body = json.dumps(answer, ensure_ascii=False).encode()
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
    if tag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(body, content_type="application/json", headers=headers)
