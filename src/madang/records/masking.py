"""Names with most of them hidden: enough to see that a paper is one's own."""

from __future__ import annotations

import unicodedata

_HANGUL = ("가", "힣")


def masked(name: str) -> str:
    """Return a name with most of it hidden.

    A Korean name keeps its first and last syllable, as the privacy guide of public offices asks;
    of others each word keeps its first letter.

    >>> masked("김철수"), masked("김훈"), masked("남궁민수"), masked("Maria del Carmen")
    ('김*수', '김*', '남**수', 'M**** d** C*****')
    """
    words = unicodedata.normalize("NFC", name).split()
    if len(words) == 1 and all(_HANGUL[0] <= sign <= _HANGUL[1] for sign in words[0]):
        only = words[0]
        last = only[-1] if len(only) > 2 else ""
        return only[0] + "*" * (len(only) - 1 - len(last)) + last
    return " ".join(word[0] + "*" * (len(word) - 1) for word in words)
