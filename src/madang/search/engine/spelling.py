"""Did you mean: the known word nearest to an unknown one, counted in typed letters.

A Korean syllable is two to four keystrokes, so distance is counted in letters [1]_: 주민등럭 is one
letter from 주민등록. Frequency decides between words of one distance.

References
----------
.. [1] F. J. Damerau, "A technique for computer detection and correction of spelling errors", 1964.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import log1p

from madang.search.engine.keyboard import letters

_SHORTEST = 4
_LETTERS_A_FAULT = 4
_MOST_FAULTS = 3
# What Korean hangs on a noun, the longest first: the fault is in the noun.
_PARTICLES = ("에서는", "으로는", "에서", "으로", "까지", "부터", "하고", "이랑", "은", "는", "이",
              "가", "을", "를", "에", "의", "로", "와", "과", "도", "만")  # fmt: skip


class Spelling:
    """Known words, ready to be compared with.

    Parameters
    ----------
    words : how often each known word stands in the texts; folded.
    """

    def __init__(self, words: Mapping[str, int]) -> None:
        self._words = [w for w in words if len(letters(w)) >= _SHORTEST and not w.isdigit()]
        self._letters = [letters(word) for word in self._words]
        self._counts = dict(words)

    def __len__(self) -> int:
        return len(self._words)

    def knows(self, word: str) -> bool:
        """Return whether a word is known as it stands."""
        return word in self._counts

    def nearest(self, word: str) -> str | None:
        """Return the known word that a folded one was probably meant to be; None for none near.

        One fault is allowed for each four letters, three at most; short words allow none.
        """
        for stem, ending in _parted(word):
            found = self._closest(stem)
            if found is not None:
                return found + ending
        return None

    def _closest(self, word: str) -> str | None:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        typed = letters(word)
        most = min(_MOST_FAULTS, len(typed) // _LETTERS_A_FAULT)
        if most == 0 or any(c.isdigit() for c in word):
            return None
        found = process.extract(
            typed, self._letters, scorer=OSA.distance, score_cutoff=most, limit=20, processor=None
        )
        near = [(faults, self._words[at]) for _, faults, at in found]
        best = min(((n, -log1p(self._counts[w]), w) for n, w in near), default=None)
        return best[2] if best is not None and best[2] != word else None


def _parted(word: str) -> Iterable[tuple[str, str]]:
    yield word, ""
    for particle in _PARTICLES:
        if word.endswith(particle) and len(word) > len(particle) + 1:
            yield word.removesuffix(particle), particle
            return
