"""How wrong a transcript is: characters put in, left out and exchanged, for each that was said."""

from __future__ import annotations

import unicodedata

from rapidfuzz.distance import Levenshtein


def spoken(text: str) -> str:
    """Return what can be heard of a text: composed letters and figures, no case, no signs.

    >>> spoken("최근 답변된 내용이 없습니다.")
    '최근답변된내용이없습니다'
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LNM")


def error_rate(said: str, heard: str) -> float:
    """Return the character error rate of a transcript; 0 is perfect, above 1 is possible.

    Korean leaves the space between words to the writer, so spaces do not count.

    >>> error_rate("복지 정책", "복지정책.")
    0.0
    >>> error_rate("살 먹자", "살 목자")
    0.3333333333333333
    """
    right = spoken(said)
    if not right:
        return 0.0 if not spoken(heard) else 1.0
    return Levenshtein.distance(right, spoken(heard)) / len(right)
