"""Answers that hand over to a person: because they were asked to, or because only a person may."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from madang.assistant import hand_over
from madang.assistant.asking import Asking, Reply
from madang.assistant.engine.dialogue import Answered, AnswerStatus
from madang.assistant.lines import person_lines
from madang.assistant.plan_reply import state_facts


def reply(asking: Asking, reason: str) -> Reply:
    """Return the hand-over to a person; where no desk takes it, how to reach one.

    Parameters
    ----------
    reason : why, as `kernel.hand_over.HandOverRequest` has it.
    """
    lines = tuple(person_lines(asking))
    parts = [_("A person helps you.")]
    parts += [
        _("Call %(number)s (%(title)s).") % {"number": one.number, "title": one.title}
        for one in lines
    ]
    if hand_over.call_back():
        parts.append(_("Or leave your number, and we call you back."))
    text = " ".join(parts)
    answered = Answered(
        AnswerStatus.HANDED_OVER, text, lines=lines, topic=reason,
        hand_over=hand_over.offer(lines), facts=tuple(state_facts(asking)),
    )  # fmt: skip
    return Reply(answered, replace(asking.state, open_fact="", candidates=()))
