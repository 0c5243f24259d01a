"""Conversations that are kept: each turn is answered from the stored state and stored masked."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import transaction

from madang.assistant import answering, hand_over
from madang.assistant.asking import kept_text
from madang.assistant.engine.dialogue import Answered, AnswerStatus, State, as_values
from madang.assistant.errors import UnknownConversation
from madang.assistant.models import Conversation, Turn, new_public_id
from madang.assistant.purposes import CONVERSE, opened
from madang.assistant.review import experiments
from madang.city.api import profile
from madang.kernel import times
from madang.kernel.errors import Conflict, Invalid

CHANNELS = ("web", "app", "kakao", "phone", "chat")
KEPT = timedelta(days=35)
"""After the last turn; then words and facts are deleted. On the first of a month a sample of all
answers of the month before is drawn (`review.drawing`), so it is a little longer than a month."""

MOST_TURNS = 200
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Said:
    """A stored turn: `side` is resident (with the machine's answer), or operator."""

    number: int
    side: str
    text: str
    choice: str
    answer: dict[str, Any]
    status: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Talk:
    """A stored conversation as its owner sees it."""

    conversation: str
    channel: str
    language: str
    started: datetime
    kept_until: datetime
    ticket: str
    said: tuple[Said, ...]
    state: State


def turn(
    conversation: str | None,
    text: str,
    *,
    language: str,
    channel: str = "web",
    district: str = "",
    choice: str = "",
) -> Answered:
    """Answer a turn and keep both; a new conversation begins without an id.

    In a conversation that a person has taken over the turn is kept, and the machine is silent.

    Raises
    ------
    UnknownConversation
        If there is no such one, or it has been forgotten.
    Invalid, TextTooLong
        As `answering.answer`, and for a channel that is none.
    Conflict
        If other turns of it come in all the time.
    """
    if channel not in CHANNELS:
        raise Invalid(f"there is no channel {channel!r}", {"channel": ", ".join(CHANNELS)})
    for _try in range(_TRIES):
        known = _known(conversation) if conversation else None
        state = known.state if known else State(channel=channel)
        public = conversation or new_public_id()
        arm, change = experiments.arm_for(public)
        begun = time.perf_counter()
        answered = _answered(state, text, language, district, choice, change.answer_at)
        took = 1000.0 * (time.perf_counter() - begun)
        new = Conversation(public=public, channel=channel)
        kept = _kept(known or new, answered, text, choice, arm, took)
        if kept is not None:
            return hand_over.carried_out(kept)
    raise Conflict("another turn of this conversation is being answered; send it again")


def talk(conversation: str, after: int = 0) -> Talk:
    """Return a conversation with its turns after a number.

    Raises
    ------
    UnknownConversation
    """
    with opened(CONVERSE):
        row = _row(conversation)
        said = tuple(
            Said(one.number, one.side, one.text, one.choice, one.answer, one.status, one.at)
            for one in Turn.objects.filter(conversation=row, number__gt=after)
        )
        return Talk(
            row.public, row.channel, row.language, row.started, row.kept_until, row.ticket, said,
            _state(row),
        )  # fmt: skip


def operator_says(conversation: str, text: str, operator: str) -> int:
    """Keep what an operator writes to the resident; return the number of the turn.

    Raises
    ------
    UnknownConversation
    Conflict
        If no person has taken it over.
    """
    with opened(CONVERSE), transaction.atomic():
        row = _row(conversation, locked=True)
        if not row.ticket:
            raise Conflict("nobody has taken this conversation over")
        row.turns += 1
        row.kept_until = times.now() + KEPT
        row.save(update_fields=["turns", "kept_until"])
        Turn.objects.create(
            conversation=row, number=row.turns, side="operator", text=_kept_text(text),
            status=AnswerStatus.WITH_PERSON.value, language=row.language, by=operator[:64],
            at=times.now(),
        )  # fmt: skip
        return row.turns


def taken_over(conversation: str, ticket: str) -> None:
    """Note that a person has, or will have, a conversation; an empty ticket gives it back."""
    with opened(CONVERSE), transaction.atomic():
        row = _row(conversation, locked=True)
        row.ticket = ticket[:64]
        row.state = _packed(replace(_state(row), ticket=row.ticket))
        row.save(update_fields=["ticket", "state"])


def reworded(answered: Answered) -> None:
    """Keep what a stored turn answers after all; raises UnknownConversation."""
    with opened(CONVERSE), transaction.atomic():
        rows = Turn.objects.filter(
            conversation=_row(answered.conversation, locked=True), number=answered.number
        )
        rows.update(answer=as_values(answered))


def forgotten(conversation: str) -> None:
    """Delete a conversation at once, as its owner wishes; raises UnknownConversation."""
    with opened(CONVERSE), transaction.atomic():
        _row(conversation).delete()


def forget() -> int:
    """Delete what is past its time of keeping; return how many conversations."""
    from madang.assistant.purposes import FORGET

    with opened(FORGET):
        old = Conversation.objects.filter(kept_until__lt=times.now())
        return int(old.delete()[1].get("assistant.Conversation", 0))


def _kept_text(text: str) -> str:
    return kept_text(text, profile().today())


def _answered(  # noqa: PLR0917 - a turn is all of these
    state: State, text: str, language: str, district: str, choice: str, answer_at: float | None
) -> Answered:
    if state.ticket:
        return hand_over.with_person(state, text, language)
    return answering.answer(
        text, state, language=language, district=district, choice=choice, answer_at=answer_at
    )


@dataclass(frozen=True, slots=True)
class _Known:
    pk: int
    turns: int
    state: State


def _known(conversation: str) -> _Known:
    with opened(CONVERSE):
        row = _row(conversation)
        if row.turns >= MOST_TURNS:
            raise Conflict("this conversation has grown too long; begin a new one")
        return _Known(row.pk, row.turns, _state(row))


def _row(conversation: str, *, locked: bool = False) -> Conversation:
    rows = Conversation.objects.filter(public=conversation, kept_until__gte=times.now())
    row = (rows.select_for_update() if locked else rows).first()
    if row is None:
        raise UnknownConversation
    return row


def _kept(  # noqa: PLR0917 - a turn is all of these
    known: _Known | Conversation, answered: Answered, text: str, choice: str, arm: str, took: float
) -> Answered | None:
    """Store a turn of a known or a new conversation; None where another one came first."""
    now = times.now()
    with opened(CONVERSE), transaction.atomic():
        if isinstance(known, Conversation):
            row = known
            row.started = now
        else:
            found = Conversation.objects.select_for_update().filter(pk=known.pk).first()
            if found is None:
                raise UnknownConversation
            row = found
            if row.turns != known.turns:
                return None
        row.turns += 1
        row.language = answered.language
        row.state = _packed(replace(answered.state, number=row.turns))
        row.kept_until = now + KEPT
        row.save()
        kept = replace(answered, conversation=row.public, number=row.turns)
        Turn.objects.create(
            conversation=row, number=row.turns, text=_kept_text(text), choice=choice[:120],
            answer=as_values(kept), status=kept.status.value, topic=kept.topic[:40],
            language=kept.language, sure=kept.sure, cited=_cited(kept), latency_ms=round(took, 1),
            arm=arm, at=now,
        )  # fmt: skip
        return kept


def _cited(answered: Answered) -> list[dict[str, str]]:
    passages: Sequence[Any] = [
        *answered.passages, *(one for side in answered.sides for one in side.passages)
    ]  # fmt: skip
    sources = {one.source.key: one.source for one in passages}
    return [{"key": one.key, "version": one.version} for one in sources.values()]


def _state(row: Conversation) -> State:
    return msgspec.convert(row.state, State)


def _packed(state: State) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(state)
    return found
