"""The conversation of a person in KakaoTalk: it goes on for half an hour, then a new one begins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction

from madang.assistant import conversations, throttle
from madang.assistant.engine.dialogue import Answered, AnswerStatus
from madang.assistant.errors import TextTooLong, UnknownConversation
from madang.assistant.kakao import cards
from madang.assistant.kakao.payload import SkillRequest
from madang.assistant.kakao.skill import person_key
from madang.assistant.kakao_models import KakaoTalk
from madang.assistant.models import Conversation
from madang.assistant.purposes import CONVERSE, opened
from madang.kernel import times
from madang.kernel.config import settings
from madang.kernel.errors import Invalid

QUIET = timedelta(minutes=30)
"""After so long a new conversation begins: the phone may have changed hands."""


def talked(request: SkillRequest, language: str) -> dict[str, Any]:
    """Return what Kakao shows for a request; the turn is kept as those of other channels are.

    Raises
    ------
    TextTooLong, Conflict, LimitReached
    """
    person = person_key(request)
    throttle.within_limit(f"kakao:{person}")
    known, offered, seen = _known(person)
    choice = request.choice or offered.get(request.utterance, "")
    answered = _turn(known, request.utterance, choice, language)
    if answered.conversation != known:
        seen = 0
    said: list[str] = []
    if answered.status is AnswerStatus.WITH_PERSON:
        turns = conversations.talk(answered.conversation, after=seen).said
        said = [one.text for one in turns if one.side == "operator"]
    _keep(person, answered)
    return cards.skill_response(answered, settings().public_origin, said)


def _known(person: str) -> tuple[str | None, dict[str, str], int]:
    """Return conversation, choices and turns shown of a person; those of nobody after a while."""
    with opened(CONVERSE):
        row = KakaoTalk.objects.filter(person=person).select_related("conversation").first()
        now = times.now()
        if row is None or row.conversation.kept_until < now:
            return None, {}, 0
        # who waits for a person may wait longer
        if now - row.at > QUIET and not row.conversation.ticket:
            return None, {}, 0
        return row.conversation.public, dict(row.offered), row.seen


def _turn(known: str | None, text: str, choice: str, language: str) -> Answered:
    told: dict[str, Any] = {"language": language, "channel": "kakao"}
    try:
        return conversations.turn(known, text, choice=choice, **told)
    except UnknownConversation:
        return conversations.turn(None, text, **told)
    except TextTooLong:
        raise
    except Invalid:
        if not choice:
            raise
        return conversations.turn(known, text, **told)  # the button is an old one


def _keep(person: str, answered: Answered) -> None:
    with opened(CONVERSE), transaction.atomic():
        row = Conversation.objects.get(public=answered.conversation)
        KakaoTalk.objects.update_or_create(
            person=person,
            defaults={
                "conversation": row,
                "offered": cards.offered(answered),
                "seen": answered.number,
                "at": times.now(),
            },
        )
