"""Where a turn uses the language model that is plugged in: before the steps, and after them.

Without one nothing changes; where it fails, `degraded` of the answer says so, and the city's own
words stand.
"""

from __future__ import annotations

from dataclasses import replace

from madang.assistant.asking import Asking, Reply, plain_of, read_text
from madang.assistant.engine.dialogue import AnswerStatus
from madang.assistant.errors import TextTooLong
from madang.kernel.errors import Unavailable

DEGRADED = "llm"
_WORDED = frozenset({AnswerStatus.ANSWERED, AnswerStatus.PARTLY})


def standalone(asking: Asking) -> Asking:
    """Return a turn whose words stand without those before, as far as a model can say so.

    Only where nothing is planned or asked: there the turn is a fact, not a question.
    """
    state = asking.state
    if asking.llm is None or asking.choice or not state.recent or state.event or state.open_fact:
        return asking
    try:
        text = asking.llm.rewrite(asking.text, state.recent, language=asking.language)
        text = read_text(text) if text else ""
    except (Unavailable, TextTooLong):
        asking.degraded.append(DEGRADED)
        return asking
    return replace(asking, text=text, plain=plain_of(text)) if text else asking


def in_words(asking: Asking, reply: Reply) -> Reply:
    """Return a reply whose text is worded from its passages; they stay with it."""
    found = reply.answered
    if asking.llm is None or found.status not in _WORDED or not found.passages or not asking.text:
        return reply
    question = asking.state.asked or asking.text if asking.choice else asking.text
    try:
        text = asking.llm.word(question, found.passages, language=asking.language)
    except Unavailable:
        asking.degraded.append(DEGRADED)
        return reply
    return replace(reply, answered=replace(found, text=text)) if text else reply
