"""How a resident sounds, by a list of words: no more than a hint that a supervisor may listen in.

The list is ours and short, Korean and English. It knows no irony, no dialect and no other
language; a line without a word of it counts as neither good nor bad. No decision hangs on it.
"""

from __future__ import annotations

import re

# stems (Korean) and whole words (English) with what they weigh, -1 to 1
LEXICON: dict[str, float] = {
    "화나": -0.8, "화가 나": -0.8, "짜증": -0.7, "답답": -0.5, "어이없": -0.7, "어이가 없": -0.7,
    "억울": -0.6, "불친절": -0.8, "장난하": -0.8, "장난쳐": -0.8, "책임자": -0.5, "신고하겠": -0.6,
    "고소": -0.7, "언론": -0.4, "최악": -0.9, "실망": -0.6, "말이 안 되": -0.5, "말이 되": -0.4,
    "몇 번째": -0.5, "몇번째": -0.5, "도대체": -0.6, "당장": -0.4, "그만하": -0.4, "무시하": -0.6,
    "죽고 싶": -1.0, "살기 싫": -1.0, "힘들": -0.3, "급해": -0.2, "불편": -0.3, "기다리게": -0.3,
    "감사": 0.6, "고맙": 0.6, "친절": 0.5, "도움이 됐": 0.7, "도움이 되": 0.6, "알겠습니다": 0.2,
    "다행": 0.4, "수고하": 0.4, "좋네": 0.4, "좋습니다": 0.4, "해결": 0.4,
    "angry": -0.8, "furious": -0.9, "ridiculous": -0.8, "unacceptable": -0.8, "useless": -0.8,
    "terrible": -0.8, "worst": -0.9, "annoying": -0.6, "annoyed": -0.6, "frustrated": -0.6,
    "frustrating": -0.6, "complaint": -0.4, "complain": -0.4, "lawyer": -0.5, "supervisor": -0.4,
    "disappointed": -0.6, "rude": -0.8, "nonsense": -0.6, "again and again": -0.4, "fed up": -0.7,
    "waste of time": -0.7, "kill myself": -1.0, "upset": -0.5, "ignored": -0.5,
    "thank": 0.6, "thanks": 0.6, "great": 0.5, "helpful": 0.7, "perfect": 0.6, "kind": 0.4,
    "appreciate": 0.6, "good": 0.3, "solved": 0.5,
}  # fmt: skip
ALERT = -0.45
"""Below it a supervisor's page marks a contact: one line of the worst words, or two bad ones."""
_NEWEST = 0.6  # weight of the newest line
_NOT_BEFORE = re.compile(r"(?:\bnot|n't|\bno)\s+(?:\w+\s+){0,1}$")
_NOT_AFTER = re.compile(r"^[가-힣]{0,3}(?:지 않|지는 않|지 못|지가 않)")
_PATTERNS = tuple(
    (re.compile(rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word)), weight)
    for word, weight in LEXICON.items()
)


def line_mood(text: str) -> float:
    """Return the mood of a line, -1 to 1: the mean of its words' weights, turned round by a not.

    Examples
    --------
    >>> line_mood("정말 짜증 나고 어이없네요"), line_mood("친절하지 않아요")
    (-0.7, -0.5)
    """
    folded = text.casefold()
    found = []
    for pattern, weight in _PATTERNS:
        for hit in pattern.finditer(folded):
            is_turned = _NOT_BEFORE.search(folded[: hit.start()]) or _NOT_AFTER.search(
                folded[hit.end() :]
            )
            found.append(-weight if is_turned else weight)
    return round(sum(found) / len(found), 3) if found else 0.0


def moved(before: float, line: float) -> float:
    """Return the mood of a contact after one more line of the resident.

    Examples
    --------
    >>> moved(0.0, -0.8), moved(moved(0.0, -0.8), 0.0)
    (-0.48, -0.192)
    """
    return round((1 - _NEWEST) * before + _NEWEST * line, 4)


def is_alert(mood: float) -> bool:
    """Return whether a supervisor is to look."""
    return mood <= ALERT
