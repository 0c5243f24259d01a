"""What a question was probably meant to be: the other keyboard, the nearest known words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from madang.search.engine.keyboard import hangul_of_keys, keys_of_hangul
from madang.search.engine.spelling import Spelling
from madang.search.engine.text import folded
from madang.search.held import HeldEntry

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Repair:
    """Another question that may have been meant, and what kind of fault it mends."""

    text: str
    kind: str


class Repairs:
    """Knows the words of titles and other names, as they are written."""

    def __init__(self, entries: Iterable[HeldEntry]) -> None:
        counts: Counter[str] = Counter()
        for entry in entries:
            names = [title for title, _body in entry.texts.values()] + list(entry.aliases)
            counts.update(_WORD.findall(folded("\n".join(names))))
        self._spelling = Spelling(counts)

    def of(self, asked: str, is_known: Callable[[str], bool]) -> list[Repair]:
        """Return what a folded question may have been meant to be, best first.

        Parameters
        ----------
        is_known : whether a word can be found as it stands; such are left alone.
        """
        switched = self._switched(asked, is_known)
        spelled = self._spelled(asked, is_known)
        both = self._spelled(switched, is_known) if switched != asked else asked
        found = [
            Repair(switched, "keyboard"), Repair(spelled, "spelling"), Repair(both, "keyboard")
        ]  # fmt: skip
        return [one for one in dict.fromkeys(found) if one.text != asked]

    def _switched(self, asked: str, is_known: Callable[[str], bool]) -> str:
        """Return the question with words of the other keyboard read as they were meant."""

        def meant(found: re.Match[str]) -> str:
            word = found[0]
            if is_known(word) or self._spelling.knows(word):
                return word
            if word.isascii():
                return hangul_of_keys(word) or word
            keys = keys_of_hangul(word)
            return keys if keys is not None and self._spelling.knows(keys) else word

        return _WORD.sub(meant, asked)

    def _spelled(self, asked: str, is_known: Callable[[str], bool]) -> str:
        def nearest(found: re.Match[str]) -> str:
            word = found[0]
            if is_known(word) or self._spelling.knows(word):
                return word
            return self._spelling.nearest(word) or word

        return _WORD.sub(nearest, asked)
