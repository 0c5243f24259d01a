"""The city's assistant on the telephone: its words for a voice, its choices by keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from madang.assistant import api as assistant
from madang.assistant.api import Answered, AnswerStatus
from madang.callcentre.voice.answering import (
    ANSWERED,
    ASKED,
    CHOICES,
    NOTHING,
    PERSON,
    Spoken,
    speakable,
)
from madang.city.api import Profile

_STATUS = {
    AnswerStatus.CHOICES: CHOICES,
    AnswerStatus.ASKED_FACT: ASKED,
    AnswerStatus.NO_ANSWER: NOTHING,
    AnswerStatus.UNCLEAR: NOTHING,
    AnswerStatus.DEGRADED_SEARCH: NOTHING,
    AnswerStatus.HANDED_OVER: PERSON,
    AnswerStatus.WITH_PERSON: PERSON,
    AnswerStatus.CRISIS: PERSON,
    AnswerStatus.REFUSED_OTHERS_DATA: PERSON,
    AnswerStatus.REFUSED_ACCOUNT_DATA: PERSON,
    AnswerStatus.REFUSED_DISPUTE: PERSON,
}
"""All others are answers; whom only a person may help is passed on after what is to be said."""

_MOST_KEYS = 9


class AssistantAnswerer:
    """Asks the assistant turn by turn; nothing is stored there, for the contact holds the words.

    Parameters
    ----------
    afterwards : called in the thread of each turn, to let go of its database connection.
    """

    name = "the city's assistant"

    def __init__(self, city: Profile, afterwards: Callable[[], None] = lambda: None) -> None:
        self._city, self._afterwards = city, afterwards

    async def answer(self, text: str, language: str, state: Any = None, choice: str = "") -> Spoken:
        """See `Answerer.answer`."""
        return await asyncio.to_thread(self._turn, text, language, state, choice)

    def _turn(self, text: str, language: str, state: Any, choice: str) -> Spoken:
        before = state or assistant.State(language=language, channel="phone")
        try:
            found = assistant.answer(
                text, before, language=language, choice=choice, city=self._city
            )
        finally:
            self._afterwards()
        return spoken(found, language)


def spoken(found: Answered, language: str) -> Spoken:
    """Return an answer of the assistant as a voice says it."""
    status = _STATUS.get(found.status, ANSWERED)
    options = found.question.options if found.question else found.choices
    keys = tuple((one.key, one.label) for one in options if one.key and not one.url)
    text = found.speech or speakable(found.text)
    if status == PERSON and found.status is AnswerStatus.HANDED_OVER:
        text = ""  # the line says itself whom it connects, and what happens where nobody is there
    return Spoken(
        text,
        found.language or language,
        status,
        tuple(one.source.key for one in found.passages),
        keys[:_MOST_KEYS] if len(keys) <= _MOST_KEYS and status in (CHOICES, ASKED) else (),
        found.sure,
        found.state,
    )
