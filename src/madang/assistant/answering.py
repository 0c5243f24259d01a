"""One turn of a conversation: steps are asked in order, the first that has an answer gives it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.utils import translation

from madang.assistant import (
    correction_reply,
    crisis_reply,
    event_reply,
    found_reply,
    pressed,
    route_reply,
)
from madang.assistant.asking import Asking, Reply, kept_text, plain_of, read_text
from madang.assistant.ending import ended
from madang.assistant.engine.dialogue import FAILED, Answered, AnswerStatus, Exchange, State
from madang.assistant.engine.gate import ANSWER_AT
from madang.assistant.plugs import llm
from madang.assistant.with_model import in_words, standalone
from madang.city.api import Profile, profile
from madang.kernel.errors import Invalid

Step = Callable[[Asking], Reply | None]

FIRST: tuple[Step, ...] = (
    pressed.reply,
    crisis_reply.reply,
    route_reply.injection,
    route_reply.person,
)
"""Asked of what was written itself: no model rewords danger."""

STEPS: tuple[Step, ...] = (
    correction_reply.reply,
    event_reply.told,
    route_reply.scope,
    route_reply.talk,
    route_reply.nothing_said,
    found_reply.follow_up,
    event_reply.goes_on,
    found_reply.looked_up,
)
"""In this order; the last one always answers."""

REMEMBERED = 4


def answer(
    text: str,
    state: State | None = None,
    *,
    language: str,
    district: str = "",
    choice: str = "",
    city: Profile | None = None,
    answer_at: float | None = None,
) -> Answered:
    """Return the answer to one turn; nothing is stored.

    Parameters
    ----------
    text : as it was written; may be empty where a choice was pressed.
    state : that of the turn before (``Answered.state``); None begins anew.
    language : of the reader: a tag of the city's languages.
    district : code of where the reader lives, if known.
    choice : key of the choice that was pressed.
    city : its profile; this instance's without one.
    answer_at : how sure search must be to answer, 0 to 1; as it is set without one.

    Raises
    ------
    TextTooLong
        If it is longer than anybody asks.
    Invalid
        If there is neither text nor choice.
    """
    read = read_text(text)
    if not read and not choice:
        raise Invalid("write something", {"text": "empty"})
    before = state or State()
    where = city or profile()
    before = replace(before, language=language, district=district or before.district)
    asking = Asking(
        read, plain_of(read), choice, before, language, before.district, where, where.today(),
        llm(), ANSWER_AT if answer_at is None else answer_at,
    )  # fmt: skip
    with translation.override(language):
        reply = _first(FIRST, asking)
        if reply is None:
            asking = standalone(asking)
            reply = _first(STEPS, asking)
        assert reply is not None
        reply = in_words(asking, reply)
        return ended(asking, _counted(asking, reply))


def _first(steps: tuple[Step, ...], asking: Asking) -> Reply | None:
    return next((found for step in steps if (found := step(asking)) is not None), None)


def _counted(asking: Asking, reply: Reply) -> Reply:
    """Return a reply whose state counts the turn, and knows how the last ones went."""
    before, status = asking.state, reply.status
    failed = before.failed + 1 if status in FAILED else 0
    about = reply.state.event or reply.state.focus
    now = Exchange(kept_text(asking.text, asking.today), status.value, about)
    state = replace(
        reply.state,
        number=before.number + 1,
        failed=failed,
        recent=(*before.recent, now)[-REMEMBERED:],
    )
    return Reply(replace(reply.answered, state=state), state)


__all__ = ["AnswerStatus", "answer"]
