"""Residents say whether an answer helped."""

from __future__ import annotations

from madang.assistant.errors import UnknownConversation
from madang.assistant.models import Turn
from madang.assistant.purposes import CONVERSE, opened
from madang.assistant.review.kinds import kind_of
from madang.assistant.review.models import Helpful
from madang.kernel import times
from madang.kernel.errors import Conflict


def helped(conversation: str, number: int, *, is_helpful: bool) -> None:
    """Keep whether an answer helped; the last word counts.

    Raises
    ------
    UnknownConversation
        If there is no such conversation or turn, or it has been forgotten.
    Conflict
        If that turn answers nothing.
    """
    with opened(CONVERSE):
        turn = Turn.objects.filter(
            conversation__public=conversation, conversation__kept_until__gte=times.now(),
            number=number, side="resident",
        ).first()  # fmt: skip
        if turn is None:
            raise UnknownConversation
        if not kind_of(turn.status):
            raise Conflict("that turn answers nothing that could help")
        Helpful.objects.update_or_create(
            turn_id=turn.pk, defaults={"is_helpful": is_helpful, "at": times.now()}
        )
