"""Whether a turn follows on from the one before: it names nothing new."""

from __future__ import annotations

import re
from collections.abc import Sequence

from madang.assistant.engine.cues import Cues

_WORD = re.compile(r"[^\W_]+")
_ENDINGS = re.compile(
    r"(?:입니까|합니까|습니까|됩니까|인가요|나요|까요|가요|려면|으면|면|돼요|되나요|해요|하나요|예요|이에요|요|죠|니)$"
)


def rest(text: str, about: Cues, this: Cues, filler: frozenset[str]) -> list[str]:
    """Return the words of a folded text that name something: not what is asked, nor filler.

    Examples
    --------
    >>> from madang.assistant.engine.cues import cues_of
    >>> about = cues_of({"fee": ["how much"]})
    >>> rest("and how much is it?", about, cues_of({"this": ["and", "it"]}), frozenset({"is"}))
    []
    """
    left = about.stripped(text, about.patterns)
    left = this.stripped(left, this.patterns)
    words = [_ENDINGS.sub("", word) for word in _WORD.findall(left)]
    return [word for word in words if word and word not in filler and len(word) > 1]


def follows(text: str, asked: Sequence[str], named: Sequence[str], points_back: bool) -> bool:
    """Return whether a turn asks of what was answered before.

    Parameters
    ----------
    asked : what it asks of a thing.
    named : words that name something.
    points_back : whether a word points back.
    """
    if not asked:
        return False
    return not named or (points_back and len(named) <= 1 and len(text) <= 40)
