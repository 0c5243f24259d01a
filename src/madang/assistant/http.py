"""The JSON API of the planner. Facts are read, planned with and forgotten; nothing is stored."""

from __future__ import annotations

from datetime import date as Day  # noqa: N812 - a field is called date
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from madang.assistant import api
from madang.assistant.plan_words import told
from madang.city.api import profile

router = Router(tags=["assistant"])
MOST_FACTS = 100
_OWN = ("event", "lang", "on", "format")


class PlanIn(Schema):
    """An event, facts by name, and the day as of which is asked; today without one."""

    event: str = Field(max_length=60)
    facts: dict[str, Any] = Field(default_factory=dict, max_length=MOST_FACTS)
    on: Day | None = None
    lang: str = Field(default="ko", max_length=20)


class QuestionOut(Schema):
    """A fact to ask for; `decides` are the steps that it can change."""

    fact: str
    ask: str
    title: str
    type: str
    choices: list[dict[str, str]]
    decides: list[str]


class StepOut(Schema):
    """A thing to do. `status` is `do`, or `maybe` while `open_facts` decide.

    due_by: `law`, or `advice` where no law sets the day.
    needed_by: last day of a step that waits for this one, where earlier.
    """

    id: str
    title: str
    note: str
    status: str
    due: Day | None
    opens: Day | None
    due_by: str | None
    needed_by: Day | None
    reckoning: str | None
    overdue: bool
    office: dict[str, str | None] | None
    documents: list[dict[str, Any]]
    fee: dict[str, Any] | None
    channels: list[dict[str, Any]]
    law: list[str]
    requires: list[str]
    reason: str
    reasons: list[dict[str, Any]]
    condition: str | None
    open_facts: list[str]
    service: str | None
    apply: str | None
    prefill: dict[str, Any]
    owner: str
    reviewed: Day
    review_by: Day
    check_with: str | None


class PlanOut(Schema):
    """Dated steps in the order in which they can be done, and what is still to be asked."""

    event: str
    title: str
    on: Day
    facts: dict[str, dict[str, Any]]
    questions: list[QuestionOut]
    steps: list[StepOut]
    warnings: list[str]


class EventOut(Schema):
    """A life event that can be planned, with the facts that it may ask for."""

    event: str
    title: str
    facts: list[dict[str, str]]


@router.get("/events", auth=None, response=list[EventOut], summary="Life events to plan")
def events(request: HttpRequest, lang: Annotated[str, Query(max_length=20)] = "ko") -> Any:
    """Return the life events of this city."""
    return [
        {
            "event": one.file.event,
            "title": told(one.file.names, lang),
            "facts": [
                {"fact": fact.id, "type": fact.type, "ask": told(fact.ask, lang)}
                for fact in one.facts.values()
            ],
        }
        for one in api.graphs()
    ]


@router.get("/plan", auth=None, response=PlanOut, summary="A plan, facts in the address")
def plan(
    request: HttpRequest,
    *,
    event: Annotated[str, Query(max_length=60)],
    on: Day | None = None,
    lang: Annotated[str, Query(max_length=20)] = "ko",
) -> Any:
    """Return what to do; every other parameter is a fact, such as `to=마포구&date=2026-12-20`."""
    facts = {name: request.GET[name] for name in request.GET if name not in _OWN}
    return _answer(PlanIn(event=event, facts=facts, on=on, lang=lang))


@router.post("/plan", auth=None, response=PlanOut, summary="A plan, facts in the body")
def plan_of_body(request: HttpRequest, body: PlanIn) -> Any:
    """Return what to do. Facts in the body stay out of the logs of proxies."""
    return _answer(body)


@router.post("/plan.ics", auth=None, summary="A plan as a calendar file (RFC 5545)")
def calendar_of_body(request: HttpRequest, body: PlanIn) -> HttpResponse:
    """Return the dated steps as a calendar."""
    found = api.plan(body.event, body.facts, on=body.on)
    return calendar_response(found, body.lang)


def _answer(asked: PlanIn) -> dict[str, Any]:
    return api.as_json(api.plan(asked.event, asked.facts, on=asked.on), asked.lang)


def calendar_response(plan: api.Plan, lang: str) -> HttpResponse:
    """Return a plan as a file for a calendar."""
    text = api.calendar(plan, lang, city=profile().name("en"))
    name = f"{plan.event}-{plan.on.isoformat()}.ics"
    return HttpResponse(
        text,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
