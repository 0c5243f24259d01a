"""What a hit shows of its text: the passage that fits the question, with its words marked."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable

from madang.search.found import Piece

PASSAGE = 180
"""Characters of a passage at most."""

_READ = 6_000
_SENTENCE = re.compile(r"[^\s.!?。！？][^\n.!?。！？]*[.!?。！？]*")


class Marking:
    """Finds the words of one question in texts.

    Latin words are found from the beginning of a word to its end: a stem stands for its forms.
    Single Latin letters and digits are not looked for: they would colour everything.

    Parameters
    ----------
    words : terms of the question.
    """

    def __init__(self, words: Iterable[str]) -> None:
        kept = {w for w in words if len(w) > 1 or (w and not w.isascii() and w.isalpha())}
        ordered = sorted(kept, key=lambda w: (-len(w), w))
        self._pattern = re.compile("|".join(map(_pattern, ordered))) if ordered else None

    def passage(self, body: str) -> str:
        """Return the sentences around the one that holds most of the words; bounded."""
        body = body[:_READ]
        spans = [found.span() for found in _SENTENCE.finditer(body)]
        if not spans:
            return ""
        at = self._best(_folded(body), [end for _, end in spans])
        text = body[slice(*spans[at])].strip()
        for start, end in spans[at + 1 :]:
            more = body[start:end].strip()
            if len(text) + len(more) >= PASSAGE:
                break
            text = f"{text} {more}"
        return text if len(text) <= PASSAGE else text[: PASSAGE - 1].rstrip() + "…"

    def _best(self, folded: str, ends: list[int]) -> int:
        """Return the number of the sentence with the most different words, the first of equals."""
        if self._pattern is None:
            return 0
        words: dict[int, set[str]] = {}
        for found in self._pattern.finditer(folded):
            at = bisect_right(ends, found.start())
            words.setdefault(at, set()).add(found[0])
        return max(words, key=lambda at: (len(words[at]), -at), default=0)

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """Return a text in runs, those that are one of the words marked."""
        folded = _folded(text)
        if self._pattern is None or len(folded) != len(text):
            return (Piece(text),) if text else ()
        pieces: list[Piece] = []
        at = 0
        for found in self._pattern.finditer(folded):
            if found.start() > at:
                pieces.append(Piece(text[at : found.start()]))
            pieces.append(Piece(text[found.start() : found.end()], is_match=True))
            at = found.end()
        if at < len(text):
            pieces.append(Piece(text[at:]))
        return tuple(pieces)


def _pattern(term: str) -> str:
    escaped = re.escape(term)
    is_latin = term[0].isascii() or "LATIN" in unicodedata.name(term[0], "")
    return rf"\b{escaped}\w*" if is_latin else escaped


def _folded(text: str) -> str:
    # One character for one: positions must stay those of the text.
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
