"""Pairs of neighbouring characters: what still agrees when a word is misspelt or unknown."""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+")


def pairs(text: str) -> list[str]:
    """Return the character pairs of each word of a folded text; a word of one character is itself.

    Examples
    --------
    >>> pairs("등본 발급 a")
    ['등본', '발급', 'a']
    >>> pairs("주민등록")
    ['주민', '민등', '등록']
    """
    out: list[str] = []
    for word in _WORD.findall(text):
        if len(word) == 1:
            out.append(word)
        out += [word[i : i + 2] for i in range(len(word) - 1)]
    return out
