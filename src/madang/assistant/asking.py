"""One turn while it is being answered: what was written, in which state, for whom."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from madang.assistant.engine.dialogue import Answered, AnswerStatus, State
from madang.assistant.engine.gate import ANSWER_AT
from madang.assistant.errors import TextTooLong
from madang.search.api import folded, masked, visible

if TYPE_CHECKING:
    from madang.assistant.plugs import Llm
    from madang.city.api import Profile

_DAY = re.compile(r"(?<!\d)(\d{4})\s?[년.\-/]\s?\d{1,2}\s?[월.\-/]\s?\d{1,2}일?(?!\d)")
_YEARS_ABOUT = 1

LONGEST = 2_000
"""Characters of a turn; a longer one is refused, for nobody asks so."""


@dataclass(frozen=True)
class Asking:
    """A turn.

    text: as written, without what nobody sees. plain: folded. choice: the button that was pressed.
    answer_at: how sure search must be to answer.
    degraded: what did not work while it was answered; filled on the way.
    """

    text: str
    plain: str
    choice: str
    state: State
    language: str
    district: str
    city: Profile
    today: date
    llm: Llm | None = None
    answer_at: float = ANSWER_AT
    degraded: list[str] = field(default_factory=list)

    @property
    def is_korean(self) -> bool:
        """Whether rules for Korean apply: by the letters, not by the reader's setting."""
        return any("가" <= sign <= "힣" for sign in self.plain)


@dataclass(frozen=True)
class Reply:
    """What a step answers, and the state after it (without what every turn counts)."""

    answered: Answered
    state: State

    @property
    def status(self) -> AnswerStatus:
        """The status of the answer."""
        return self.answered.status


def read_text(text: str) -> str:
    """Return a text without what nobody sees.

    Raises
    ------
    TextTooLong
        If it is longer than `LONGEST`.
    """
    if len(text) > LONGEST:
        raise TextTooLong(len(text), LONGEST)
    return visible(text).strip()


def kept_text(text: str, today: date) -> str:
    """Return a text as it is kept: without what could tell who wrote it.

    Days about now stay, for they are what is planned with; others may be dates of birth.
    """
    pieces, at = [], 0
    for found in _DAY.finditer(text):
        if abs(int(found[1]) - today.year) <= _YEARS_ABOUT:
            pieces += [masked(text[at : found.start()]), found[0]]
            at = found.end()
    return "".join((*pieces, masked(text[at:])))


def plain_of(text: str) -> str:
    """Return the form in which words are looked for."""
    return folded(text)
