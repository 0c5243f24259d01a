"""Takes out of a question what could tell who asked it, before anything of it is kept.

Patterns only: numbers that name a person or a place, addresses, and names where the words beside
them say that they are names. A name that stands alone looks like any other word; that is why no
question is shown to others before several people have asked just the same.
"""

from __future__ import annotations

import re

MASK = "□"

_DIGIT = r"[0-9０-９]"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+",  # mail addresses
        r"https?://\S+|www\.\S+",  # links carry tokens
        r"(?<!\d)\d{6}[\s-]?[1-9](?:\d{6}|\*{6})",  # resident and foreigner numbers
        r"(?<!\d)(?:\d[\s-]?){13,19}(?!\d)",  # cards and accounts
        r"\+?\d{1,4}[\s.-]?\(?0?\d{1,3}\)?[\s.-]?\d{3,4}[\s.-]?\d{4}",  # phones
        r"\b[A-Z]{1,2}\d{6,9}\b",  # passports and the like
        # road and lot addresses, buildings and flats
        r"[가-힣0-9]+(?:대로|로|길)\s?\d+(?:-\d+)?(?:번?길\s?\d+(?:-\d+)?)?",
        r"[가-힣]+[동리가]\s?\d+(?:-\d+)?(?:번지)?",
        r"\d+\s?동\s?\d+\s?호|\d+\s?호(?=\s|$)|\d+(?:-\d+)?\s?번지",
        r"\b\d+\s+(?:[A-Z][\w'-]*\s){0,3}(?:street|st|road|rd|avenue|ave|lane|drive|ro|gil)\b",
        r"\d{2,3}\s?[가-힣]\s?\d{4}",  # number plates
        # names, where the words beside them say so
        r"(?:제|내|저의|본인|아들|딸|남편|아내|어머니|아버지)?\s?(?:이름은|성함은|성명은)\s?[가-힣]{2,5}",
        r"(?:저는|나는)\s?[가-힣]{2,4}(?=(?:입니다|이고|이라고|라고))",
        r"(?<![가-힣])[김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민류나진지엄채원천방공현함변염여추도소석선설마길연위표명기반라왕금옥육인맹제모]"
        r"[가-힣]{1,2}\s?(?:씨|님)(?![가-힣])",
        r"(?<![가-힣])[김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노][가-힣]{2}"
        r"(?=입니다|이에요|예요|인데요)",
        r"\b(?:my name is|i am called|i'm called)\s+[\w'-]+(?:\s+[A-Z][\w'-]*)?",
        r"\b(?:mr|mrs|ms|dr)\.?\s+[A-Z][\w'-]*(?:\s+[A-Z][\w'-]*)?",
        rf"{_DIGIT}{{5,}}",  # whatever long number is left: cases, accounts, dates of birth
        rf"{_DIGIT}{{4}}[.\-/년]\s?{_DIGIT}{{1,2}}[.\-/월]\s?{_DIGIT}{{1,2}}일?",
    )
)


def masked(text: str) -> str:
    """Return a question with `MASK` for whatever could tell who asked.

    Examples
    --------
    >>> masked("010-1234-5678로 연락 주세요"), masked("만 65세 이상 기초연금")
    ('□로 연락 주세요', '만 65세 이상 기초연금')
    """
    for pattern in _PATTERNS:
        text = pattern.sub(MASK, text)
    return text
