"""Where a turn uses the language model that is plugged in: before the steps, and after them.

Without one nothing changes; where it fails, `degraded` of the answer says so, and the city's own
words stand.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from madang.assistant.asking import Asking, Reply, plain_of, read_text
from madang.assistant.engine.dialogue import AnswerStatus
from madang.assistant.errors import TextTooLong
from madang.assistant.llm.client import in_a_hurry
from madang.kernel.errors import Unavailable

DEGRADED = "llm"
_PATIENCE_S = {"phone": 1.5}
"""Who listens to silence waits less: in all, by channel."""


def standalone(asking: Asking) -> Asking:
    """Return a turn whose words stand without those before, as far as a model can say so.

    Only where nothing is planned or asked: there the turn is a fact, not a question.
    """
    state = asking.state
    if asking.llm is None or asking.choice or not state.recent or state.event or state.open_fact:
        return asking
    try:
        with _patience(asking):
            text = asking.llm.rewrite(asking.text, state.recent, language=asking.language)
        text = read_text(text) if text else ""
    except (Unavailable, TextTooLong):
        asking.degraded.append(DEGRADED)
        return asking
    return replace(asking, text=text, plain=plain_of(text)) if text else asking


def in_words(asking: Asking, reply: Reply) -> Reply:
    """Return a reply whose text is worded from its passages; they stay with it.

    What the city's text does not say is said by rules alone: only a whole answer is worded.
    """
    found = reply.answered
    if asking.llm is None or found.status is not AnswerStatus.ANSWERED or not found.passages:
        return reply
    question = asking.state.asked if asking.choice else asking.text
    if not question:
        return reply
    try:
        with _patience(asking):
            worded = asking.llm.word(question, found.passages, language=asking.language)
    except Unavailable:
        asking.degraded.append(DEGRADED)
        return reply
    if worded is None:
        return reply
    status = AnswerStatus.PARTLY if worded.is_partial else found.status
    return replace(reply, answered=replace(found, text=worded.text, status=status))


def _patience(asking: Asking) -> AbstractContextManager[None]:
    seconds = _PATIENCE_S.get(asking.state.channel)
    return nullcontext() if seconds is None else in_a_hurry(seconds)
