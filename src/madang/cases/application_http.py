"""Applications over HTTP: the same questions, checks and case as on the pages.

An application is named by its key, which nobody can guess; one that an account owns opens only to
that account. Reads answer with an ETag; a change may say which version it means (`If-Match`), and
`Idempotency-Key` makes sending it twice safe.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema
from ninja.decorators import decorate_view

from madang.cases import application_parts as parts
from madang.cases import drafts
from madang.cases.application_errors import ChangedElsewhere
from madang.cases.application_knowing import looked
from madang.cases.application_sending import (
    Sight,
    case_of,
    due_if_sent_now,
    fee_if_sent_now,
    require_level,
    send,
    sight,
)
from madang.cases.case_versions import version_for
from madang.cases.drafts import Content, Open
from madang.city.api import profile
from madang.identity.api import api_access, current_actor
from madang.kernel.errors import Conflict, Invalid, NotFound
from madang.kernel.idempotency import idempotent
from madang.services import api as services

router = Router(tags=["applications"])


class NewApplication(Schema):
    """Which service, whether registers may be asked; the district where versions differ."""

    service: str
    may_look: bool | None = None
    language: str = "ko"
    district: str = ""


class Answers(Schema):
    """Answers of one page: values by fact, lists on a repeated page; null deletes one."""

    answers: dict[str, Any]


class Sending(Schema):
    """What is declared with the application."""

    consents: bool
    wants_person: bool = False
    may_look: bool | None = None


class ProposedOut(Schema):
    """What the question is filled in with: who says so, since when, whether it can be changed."""

    value: Any
    source: str
    as_of: datetime
    fixed: bool


class QuestionOut(Schema):
    """A question that is asked now; `answer` null while it is open."""

    id: str
    ask: str
    required: bool
    answer: Any = None
    fault: str = ""
    proposed: ProposedOut | None = None


class PageOut(Schema):
    """A page that is asked now."""

    id: str
    title: str
    repeats: bool
    answered: bool
    questions: list[QuestionOut]


class ApplicationOut(Schema):
    """An application: its pages as they follow from the answers so far."""

    id: str
    service: str
    package: str
    version: int
    expires: datetime
    pages: list[PageOut]
    next_page: str | None
    missing_papers: list[str]
    fee: int
    due: datetime | None
    case: str


class CaseOut(Schema):
    """The case that an application became."""

    case: str
    state: str
    outcome: str
    due: datetime | None
    fee: int
    pay_url: str


def _actor_id(request: HttpRequest) -> str:
    return current_actor(request).id


@router.post(
    "", auth=api_access("public"), response={201: ApplicationOut}, summary="Begin an application"
)
@decorate_view(idempotent(_actor_id))
def begin(request: HttpRequest, given: NewApplication) -> HttpResponse:
    """Begin an application for a service that is in force."""
    actor = current_actor(request)
    asked = version_for(given.service, asked=given.district, subject=drafts.subject_of(actor))
    form = services.form_in(asked.hash, given.language)
    draft = drafts.begin(
        actor, given.service, channel=parts.channel_of(actor, form), language=given.language,
        content=Content(may_look=given.may_look, district=given.district), version=asked,
    )  # fmt: skip
    response = _answer(sight(looked(actor, draft), given.language), status=201)
    response["Location"] = f"/api/v1/applications/{draft.row.key}"
    return response


@router.get("/{application}", auth=None, response=ApplicationOut, summary="One application")
def read(request: HttpRequest, application: str) -> HttpResponse:
    """Return an application with the pages that are asked."""
    draft = _opened(request, application)
    if request.headers.get("If-None-Match") == _etag(draft):
        return HttpResponse(status=304, headers={"ETag": _etag(draft)})
    return _answer(sight(draft, draft.row.language))


@router.put(
    "/{application}/pages/{page}",
    auth=api_access("public"),
    response=ApplicationOut,
    summary="Answer a page",
)
@decorate_view(idempotent(_actor_id))
def put_page(request: HttpRequest, application: str, page: str, given: Answers) -> HttpResponse:
    """Keep the answers of a page; 422 names those that do not fit, and then nothing is kept."""
    draft = _unchanged(request, _opened(request, application))
    seen = sight(draft, draft.row.language)
    asked = next((one for one in seen.form.package.pages.pages if one.id == page), None)
    if asked is None:
        raise NotFound(f"the service has no page {page!r}")
    unknown = {name: "is not asked on this page" for name in given.answers
               if name not in asked.questions}  # fmt: skip
    if unknown:
        raise Invalid("answers that this page does not ask for", unknown)
    answers = {**draft.content.answers, **given.answers}
    fixed = {name: _("A register says this; have it corrected there.") for name in given.answers
             if name in seen.proposed and seen.proposed[name].is_fixed}  # fmt: skip
    if fixed:
        raise Invalid("answers that cannot be changed here", fixed)
    after = seen.form.flow(answers, profile().today(), known=seen.known)
    step = after.step(page)
    faults = step.faults if step else ()
    wrong = {
        _path(fault.question, fault.item): services.fault_text(fault, seen.form.package.questions[
            fault.question])
        for fault in faults if fault.question in given.answers
    }  # fmt: skip
    if wrong:
        raise Invalid("some answers do not fit; nothing was changed", wrong)
    saved = drafts.save(draft, replace(draft.content, answers=answers, consents=False))
    return _answer(sight(saved, saved.row.language))


@router.post(
    "/{application}/submit",
    auth=api_access("public"),
    response={201: CaseOut},
    summary="Send the application",
)
@decorate_view(idempotent(_actor_id))
def submit(request: HttpRequest, application: str, given: Sending) -> HttpResponse:
    """Open the case; sent again, the answer is the same case."""
    actor = current_actor(request)
    draft = drafts.one(actor, application)
    if not draft.is_sent:
        draft = _unchanged(request, draft)
        look = draft.content.may_look if given.may_look is None else given.may_look
        content = replace(draft.content, consents=given.consents, may_look=look,
                          wants_person=given.wants_person)  # fmt: skip
        draft = looked(actor, drafts.save(draft, content))
        seen = sight(draft, draft.row.language)
        require_level(actor, seen.form)
        send(actor, seen, channel=draft.row.channel)
    case = case_of(draft)
    body = {
        "case": case.number, "state": case.state, "outcome": case.outcome,
        "due": case.due.isoformat() if case.due else None, "fee": case.fee,
        "pay_url": case.pay_url,
    }  # fmt: skip
    return JsonResponse(body, status=201)


def _opened(request: HttpRequest, application: str) -> Open:
    actor = current_actor(request)
    return looked(actor, drafts.one(actor, application))


def _unchanged(request: HttpRequest, draft: Open) -> Open:
    if draft.is_sent:
        raise Conflict(f"this application was sent; its case is {draft.row.number}")
    wanted = request.headers.get("If-Match")
    if wanted not in (None, "*", _etag(draft)):
        raise ChangedElsewhere("the application was changed since this version; read it again")
    return draft


def _etag(draft: Open) -> str:
    return f'"{draft.row.version}-{draft.row.number}"'


def _path(question: str, item: int | None) -> str:
    return question if item is None else f"{question}.{item}"


def _answer(seen: Sight, status: int = 200) -> HttpResponse:
    draft, flow = seen.draft, seen.flow
    due = due_if_sent_now(seen.form)
    body = {
        "id": draft.row.key, "service": draft.row.service, "package": draft.row.package,
        "version": draft.row.version, "expires": draft.row.expires.isoformat(),
        "pages": [_page(seen, number) for number in range(len(flow.steps))],
        "next_page": flow.next_open.key if flow.next_open else None,
        "missing_papers": seen.missing_papers, "fee": fee_if_sent_now(seen),
        "due": due.isoformat() if due else None, "case": draft.row.number,
    }  # fmt: skip
    response = JsonResponse(body, status=status)
    response["ETag"] = _etag(draft)
    return response


def _proposed(seen: Sight, name: str) -> dict[str, Any] | None:
    one = seen.proposed.get(name)
    if one is None:
        return None
    return {"value": one.value, "source": one.source, "as_of": one.as_of.isoformat(),
            "fixed": one.is_fixed}  # fmt: skip


def _page(seen: Sight, number: int) -> dict[str, Any]:
    step = seen.flow.steps[number]
    faults = {fault.question: fault for fault in step.faults}
    return {
        "id": step.key, "title": step.page.title, "repeats": step.page.repeat is not None,
        "answered": step.is_answered,
        "questions": [
            {
                "id": one.id, "ask": one.ask, "required": not one.optional,
                "answer": seen.flow.answers.get(one.id),
                "fault": services.fault_text(faults[one.id], one) if one.id in faults else "",
                "proposed": _proposed(seen, one.id),
            }
            for one in step.questions
        ],
    }  # fmt: skip
