"""What every answer ends with: the way to a person where it is due, the words for a voice."""

from __future__ import annotations

import re
from dataclasses import replace

from django.utils.translation import gettext as _

from madang.assistant.asking import Asking, Reply
from madang.assistant.engine.dialogue import (
    FOR_A_PERSON,
    Answered,
    AnswerStatus,
    Choice,
)
from madang.assistant.lines import person_lines

FAILED_TURNS = 2
"""After so many turns that helped nobody, a person is offered."""

PERSON = "person"
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+")


def ended(asking: Asking, reply: Reply) -> Answered:
    """Return the whole answer: with the offer of a person where one is due."""
    found, state = reply.answered, reply.state
    offered = _is_person_due(found.status, state.failed)
    choices = found.choices
    text = found.text
    if offered:
        choices = (*choices, Choice(PERSON, _("Talk to a person")))
        if state.failed >= FAILED_TURNS:
            text += "\n" + _("Shall a person take over?")
    lines = found.lines or (tuple(person_lines(asking)) if offered else ())
    return replace(
        found,
        text=text,
        speech=_ADDRESS.sub("", text).strip(),
        choices=choices,
        lines=lines,
        degraded=tuple(dict.fromkeys(asking.degraded)),
        language=asking.language,
        number=state.number,
        state=replace(state, person_offered=offered),
    )


def _is_person_due(status: AnswerStatus, failed: int) -> bool:
    return (
        status in FOR_A_PERSON
        or status in (AnswerStatus.NO_ANSWER, AnswerStatus.DEGRADED_SEARCH)
        or failed >= FAILED_TURNS
    )
