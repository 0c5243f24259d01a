"""The JSON API of the assistant's conversations.

A conversation is opened by its id, which nobody can guess and which stands in no list. What a
resident writes is masked before it is kept.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from madang.assistant import api, throttle
from madang.assistant.asking import LONGEST
from madang.city.api import profile
from madang.identity.api import client_address

router = Router(tags=["assistant"])
_ID = 64


class TurnIn(Schema):
    """A turn: words, or the `key` of a choice that was offered.

    conversation: of the turn before; a new one begins without.
    channel: web, app, kakao, phone or chat.
    district: code of where the resident lives, where known.
    """

    text: str = Field(default="", max_length=LONGEST)
    choice: str = Field(default="", max_length=200)
    conversation: str = Field(default="", max_length=_ID)
    language: str = Field(default="", max_length=20)
    channel: str = Field(default="web", max_length=8)
    district: str = Field(default="", max_length=20)


class SourceOut(Schema):
    """Where a passage stands; version and date are empty where the source has none."""

    key: str
    title: str
    url: str
    version: str
    date: str
    office: str


class PassageOut(Schema):
    """Words of a source as they stand there, under a heading of it."""

    section: str
    lines: list[str]
    source: SourceOut


class ChoiceOut(Schema):
    """A button: its `key` is the choice of the next turn; without one, `url` is where it leads."""

    key: str
    label: str
    url: str


class FactOut(Schema):
    """A fact that is known: said, profile (with consent) or inferred; it can be corrected."""

    name: str
    label: str
    value: str
    shown: str
    source: str


class AskedOut(Schema):
    """The one fact that is asked for; `why` are the steps that it decides."""

    name: str
    ask: str
    type: str
    options: list[ChoiceOut]
    why: list[str]


class StepLineOut(Schema):
    """A step of a plan in a line."""

    id: str
    title: str
    due: str
    due_text: str
    office: str
    apply: str


class PlanCardOut(Schema):
    """The plan so far; the forms at `url` and `ics` take `facts` by POST."""

    event: str
    title: str
    url: str
    ics: str
    facts: list[tuple[str, str]]
    steps: list[StepLineOut]
    maybe: int


class SideOut(Schema):
    """One of several answers that hold side by side: of a district, or of a service."""

    label: str
    passages: list[PassageOut]


class LineOut(Schema):
    """A number to call."""

    number: str
    title: str
    hours: str
    source: str


class HandOverOut(Schema):
    """The way to a person: a place in the queue, or numbers to call."""

    ticket: str
    position: int | None
    wait_s: float | None
    lines: list[LineOut]
    call_back: str


class TurnOut(Schema):
    """An answer. `status` says what became of the turn; `sure` how likely right it is, 0 to 1."""

    conversation: str
    number: int
    status: str
    text: str
    speech: str
    language: str
    sure: float | None
    topic: str
    passages: list[PassageOut]
    sides: list[SideOut]
    choices: list[ChoiceOut]
    facts: list[FactOut]
    question: AskedOut | None
    plan: PlanCardOut | None
    lines: list[LineOut]
    hand_over: HandOverOut | None
    degraded: list[str]


class SaidOut(Schema):
    """A stored turn; `answer` is the machine's, empty where an operator wrote."""

    number: int
    side: str
    text: str
    status: str
    at: datetime
    answer: dict[str, Any]


class TalkOut(Schema):
    """A stored conversation; it is deleted after `kept_until`."""

    conversation: str
    channel: str
    language: str
    started: datetime
    kept_until: datetime
    with_person: bool
    said: list[SaidOut]


class FactIn(Schema):
    """The value of a fact, as it would be said."""

    value: str = Field(max_length=200)


class HelpfulIn(Schema):
    """Whether an answer helped."""

    is_helpful: bool


@router.post("/turns", auth=None, response=TurnOut, summary="Say something to the assistant")
def turn(request: HttpRequest, body: TurnIn) -> Any:
    """Answer a turn: from the city's own texts, cited, or by its planner; never by guessing."""
    throttle.within_limit(client_address(request))
    return api.as_values(
        api.turn(
            body.conversation or None, body.text, language=_language(body.language),
            channel=body.channel, district=body.district, choice=body.choice,
        )
    )  # fmt: skip


@router.get("/conversations/{conversation}", auth=None, response=TalkOut, summary="A conversation")
def conversation(
    request: HttpRequest, conversation: str, after: Annotated[int, Query(ge=0)] = 0
) -> Any:
    """Return the turns after a number."""
    throttle.within_limit(client_address(request))
    found = api.transcript(conversation, after=after)
    return {
        "conversation": found.conversation, "channel": found.channel, "language": found.language,
        "started": found.started, "kept_until": found.kept_until,
        "with_person": bool(found.ticket),
        "said": [
            {"number": one.number, "side": one.side, "text": one.text, "status": one.status,
             "at": one.at, "answer": one.answer}
            for one in found.said
        ],
    }  # fmt: skip


@router.delete(
    "/conversations/{conversation}", auth=None, response={204: None}, summary="Forget it at once"
)
def forget(request: HttpRequest, conversation: str) -> Any:
    """Delete a conversation with all that was said in it."""
    throttle.within_limit(client_address(request))
    api.forget(conversation)
    return Status(204, None)


@router.put(
    "/conversations/{conversation}/facts/{fact}", auth=None, response=TurnOut,
    summary="Correct a fact",
)  # fmt: skip
def correct(request: HttpRequest, conversation: str, fact: str, body: FactIn) -> Any:
    """Say a fact anew; what was planned is planned anew."""
    throttle.within_limit(client_address(request))
    return _pressed(conversation, f"fact:{fact}={body.value}")


@router.delete(
    "/conversations/{conversation}/facts/{fact}", auth=None, response=TurnOut,
    summary="Forget a fact",
)  # fmt: skip
def forget_fact(request: HttpRequest, conversation: str, fact: str) -> Any:
    """Forget a fact; what was planned is planned anew, and it is not asked for again."""
    throttle.within_limit(client_address(request))
    return _pressed(conversation, f"forget:{fact}")


@router.post(
    "/conversations/{conversation}/person", auth=None, response=TurnOut,
    summary="Ask for a person",
)  # fmt: skip
def person(request: HttpRequest, conversation: str) -> Any:
    """Hand the conversation to a person; numbers to call where nobody can take it now."""
    throttle.within_limit(client_address(request))
    return _pressed(conversation, "person")


@router.put(
    "/conversations/{conversation}/turns/{number}/helpful", auth=None, response={204: None},
    summary="Say whether an answer helped",
)  # fmt: skip
def helpful(request: HttpRequest, conversation: str, number: int, body: HelpfulIn) -> Any:
    """Keep whether an answer helped; the last word counts, and it goes with the conversation."""
    throttle.within_limit(client_address(request))
    api.helped(conversation, number, is_helpful=body.is_helpful)
    return Status(204, None)


def _pressed(conversation: str, choice: str) -> dict[str, Any]:
    found = api.transcript(conversation)
    return api.as_values(
        api.turn(conversation, "", language=found.language, channel=found.channel, choice=choice)
    )


def _language(lang: str) -> str:
    city = profile()
    known = {language.code.lower(): language.code for language in city.languages}
    return known.get(lang.lower()) or city.city.default_language
