"""Cutting a text into passages that a model can read at once and a person can be quoted."""

from __future__ import annotations

import re

_END = re.compile(r"(?<=[.!?。！？])\s+|\n+")


def passages(text: str, limit: int = 160, overlap: int = 20) -> list[str]:
    """Return passages of at most `limit` characters, cut where sentences end if one does.

    What has no end of sentence within the limit is cut at a space, else at the limit; then the
    passages share `overlap` characters, so that nothing stands on a border only.

    Examples
    --------
    >>> passages("One. Two is longer. Three.", limit=20)
    ['One. Two is longer.', 'Three.']
    """
    out: list[str] = []
    held = ""
    for sentence in filter(None, (" ".join(s.split()) for s in _END.split(text))):
        if held and len(held) + 1 + len(sentence) <= limit:
            held = f"{held} {sentence}"
            continue
        if held:
            out.append(held)
        *whole, held = _pieces(sentence, limit, overlap)
        out += whole
    return [*out, held] if held else out


def _pieces(sentence: str, limit: int, overlap: int) -> list[str]:
    out = []
    while len(sentence) > limit:
        cut = sentence.rfind(" ", limit // 2, limit)
        cut = limit if cut < 0 else cut
        out.append(sentence[:cut].strip())
        back = sentence.find(" ", max(cut - overlap, 1), cut)
        sentence = sentence[(cut if back < 0 else back) :].strip()
    return [*out, sentence]
