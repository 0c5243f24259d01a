"""Suggestions while somebody types: texts that begin so, by typed letters or by first consonants.

Spaces do not count, a syllable may be half typed, and a keyboard that was not switched is read as
if it had been.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from madang.search.engine.keyboard import are_initials, initials, letters, letters_of_keys

_SPACES = re.compile(r"\s+")
_LONGEST = 60
_LOOKED_AT = 400


@dataclass(frozen=True, slots=True)
class Suggestable:
    """A text that may be suggested.

    Parameters
    ----------
    weight : how much it is wished for; of two that begin alike the heavier comes first.
    thing : what it stands for; the same thing is suggested once.
    """

    text: str
    language: str
    thing: str
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class _Row:
    typed: str
    at: int
    is_start: bool


class Suggestions:
    """Texts sorted by what is typed for them, from each of their words on."""

    def __init__(self, texts: Iterable[Suggestable]) -> None:
        self._texts = list(texts)
        rows: list[_Row] = []
        shorts: list[_Row] = []
        for at, one in enumerate(self._texts):
            words = _SPACES.split(_cleaned(one.text))
            for start in range(len(words)):
                rest = "".join(words[start:])
                rows.append(_Row(letters(rest), at, start == 0))
                if rest != initials(rest):
                    shorts.append(_Row(initials(rest), at, start == 0))
        self._rows = sorted(rows, key=lambda row: row.typed)
        self._shorts = sorted(shorts, key=lambda row: row.typed)

    def __len__(self) -> int:
        return len(self._texts)

    def beginning_with(self, prefix: str, language: str, limit: int = 8) -> list[Suggestable]:
        """Return texts that begin so: those of the language first, heavy before light.

        Parameters
        ----------
        prefix : as typed; of a long one only the first 60 characters count.
        """
        asked = "".join(_SPACES.split(_cleaned(prefix[:_LONGEST])))
        if not asked:
            return []
        found = self._under(self._rows, letters(asked))
        if are_initials(asked) and len(asked) > 1:
            found += self._under(self._shorts, asked)
        # Latin letters may be Korean ones on the other keyboard, half a syllable included.
        keys = "".join(_SPACES.split(prefix[:_LONGEST]))
        for pressed in (keys, keys.lower()):  # with the capitals' key held by mistake, too
            typed = letters_of_keys(pressed)
            if not found and typed is not None and len(typed) > 1:
                found = self._under(self._rows, typed)
        base = language.partition("-")[0]
        found.sort(key=lambda row: self._rank(row, base))
        once: dict[str, Suggestable] = {}
        for row in found:
            one = self._texts[row.at]
            once.setdefault(one.thing, one)
        return list(once.values())[:limit]

    def _rank(self, row: _Row, base: str) -> tuple[bool, bool, float, int, str]:
        one = self._texts[row.at]
        is_other = one.language.partition("-")[0] != base
        return is_other, not row.is_start, -one.weight, len(one.text), one.text

    def _under(self, rows: list[_Row], typed: str) -> list[_Row]:
        at = bisect_left(rows, typed, key=lambda row: row.typed)
        found: list[_Row] = []
        while at < len(rows) and rows[at].typed.startswith(typed) and len(found) < _LOOKED_AT:
            found.append(rows[at])
            at += 1
        return found


def _cleaned(text: str) -> str:
    # Not compatible forms (NFKC): these would turn typed letters into parts of syllables.
    return unicodedata.normalize("NFC", text).casefold().strip()
