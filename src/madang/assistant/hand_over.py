"""Handing a conversation to a person: to the desk where there is one, else by numbers to call."""

from __future__ import annotations

from dataclasses import replace

from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext as _

from madang.assistant.engine.dialogue import (
    Answered,
    AnswerStatus,
    HandOver,
    Line,
    State,
)
from madang.kernel.errors import MadangError
from madang.kernel.hand_over import HandOverFact, HandOverRequest, HandOverTicket
from madang.kernel.logs import logger
from madang.kernel.registry import HandOverDesk, load, registry

log = logger("assistant")


def desk() -> HandOverDesk | None:
    """Return the desk where people take conversations over; None where there is none."""
    return next(iter(registry().offers(HandOverDesk)), None)


def carried_out(answered: Answered) -> Answered:
    """Hand a stored conversation to the desk where its last turn asked for a person."""
    if answered.status is AnswerStatus.WITH_PERSON:
        _told(answered)
        return answered
    if answered.status is not AnswerStatus.HANDED_OVER:
        return answered
    ticket = _received(answered)
    with translation.override(answered.language):
        return _with_ticket(answered, ticket)


def with_person(state: State, text: str, language: str) -> Answered:
    """Return the answer to a turn of a conversation that a person has: the machine is silent."""
    del text
    with translation.override(language):
        words = _("A person reads this and answers here.")
        found = HandOver(ticket=state.ticket)
        ticket = _position(state.ticket)
        if ticket is not None:
            found = replace(found, position=ticket.position, wait_s=ticket.wait_s)
    number = state.number + 1
    return Answered(
        AnswerStatus.WITH_PERSON, words, speech=words, hand_over=found, language=language,
        number=number, state=replace(state, number=number, language=language),
    )  # fmt: skip


def call_back() -> str:
    """Return the address where one asks to be called; empty where the house has none."""
    try:
        return reverse("call-back")
    except NoReverseMatch:
        return ""


def offer(lines: tuple[Line, ...]) -> HandOver:
    """Return the ways to a person without a desk."""
    return HandOver(lines=lines, call_back=call_back())


def _received(answered: Answered) -> HandOverTicket | None:
    there = desk()
    if there is None:
        return None
    state = answered.state
    request = HandOverRequest(
        conversation=answered.conversation,
        language=answered.language,
        channel=state.channel,
        reason=answered.topic or "asked",
        topic=state.focus_title,
        facts=tuple(
            HandOverFact(one.name, one.label, one.shown, one.source) for one in answered.facts
        ),
        district=state.district,
    )
    try:
        ticket: HandOverTicket | None = load(there.receive)(request)
    except MadangError as error:
        log.warning("the desk took no conversation", problem=error.message)
        return None
    return ticket


def _position(ticket: str) -> HandOverTicket | None:
    there = desk()
    if there is None:
        return None
    found: HandOverTicket | None = load(there.position)(ticket)
    return found


def _told(answered: Answered) -> None:
    there = desk()
    if there is not None and there.said:
        load(there.said)(answered.conversation, answered.number)


def _with_ticket(answered: Answered, ticket: HandOverTicket | None) -> Answered:
    from madang.assistant.conversations import reworded, taken_over

    before = answered.hand_over or HandOver()
    if ticket is None:
        return answered
    taken_over(answered.conversation, ticket.id)
    words = _("A person takes over. They see what was said here and answer in this conversation.")
    found = replace(before, ticket=ticket.id, position=ticket.position, wait_s=ticket.wait_s)
    state = replace(answered.state, ticket=ticket.id)
    told = replace(answered, text=words, speech=words, lines=(), hand_over=found, state=state)
    reworded(told)
    return told
