"""Numbers written in words, and in the digits of any script, as plain digits.

Only where words beside them say that they count something: 이 일 is "this matter", 십 일 ten days.
"""

from __future__ import annotations

import re
import unicodedata

_DIGITS = {"영": 0, "공": 0, "일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "육": 6, "칠": 7}
_DIGITS |= {"팔": 8, "구": 9}
_SMALL = {"십": 10, "백": 100, "천": 1_000}
_LARGE = {"만": 10_000, "억": 100_000_000, "조": 1_000_000_000_000}
_COUNTED = r"(?:원|퍼센트|프로|일|개월|년|세|명|시간|분|주|배|회|건|통|부|장)"
_SINO = re.compile(rf"(?<![가-힣\d])([일이삼사오육칠팔구십백천만억]+)(?=\s?{_COUNTED})")
# 1만, 3만 5천, 2만5,000, 1억 2천만, 1.5만: digits with Korean multipliers
_MIXED = re.compile(
    r"(?<![\d.,])((?:\d[\d,]*(?:\.\d+)?\s?[천백십]?\s?(?:[억만]|조(?=\s?[\d원]))\s?)+(?:\d[\d,]*\s?천?)?|"
    r"\d[\d,]*(?:\.\d+)?\s?천)(?=\s?(?:원|명|건|개|톤|㎡|평|달러|여|$|[^\w\s]|\s))"
)
_PART = re.compile(r"(\d[\d,]*(?:\.\d+)?)?\s?([천백십])?\s?([조억만])?")
_NATIVE = {
    "하나": 1, "한": 1, "두": 2, "둘": 2, "세": 3, "석": 3, "네": 4, "넉": 4, "다섯": 5, "여섯": 6,
    "일곱": 7, "여덟": 8, "아홉": 9, "열": 10, "열한": 11, "열두": 12, "스무": 20, "서른": 30,
}  # fmt: skip
_NATIVE_WORDS = "|".join(sorted(_NATIVE, key=len, reverse=True))
_NATIVE_COUNT = re.compile(
    rf"(?<![가-힣])({_NATIVE_WORDS})(?=\s?(?:달|시간|주|해|살|명|개월|개|가지|장|통|부|곳|차례|배|시)"
    r"(?:[은는이가을를에의만로도씩]|까지|부터|이내|안|동안|간|반|전|후|뒤|$|[^가-힣]))"
)
_ONE = re.compile(r"한\s?(?:달|시간|주|해|살|시)")
_DAYS = {
    "하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "이레": 7, "여드레": 8,
    "아흐레": 9, "열흘": 10, "보름": 15,
}  # fmt: skip
_DAY_WORDS = re.compile("(?<![가-힣])(" + "|".join(_DAYS) + r")(?!나무)")
_ENGLISH = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    "twenty",
]  # fmt: skip
_TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80}
_TENS |= {"twenty": 20, "ninety": 90}
_ENGLISH_VALUES = {word: number for number, word in enumerate(_ENGLISH)} | _TENS
_ENGLISH_COUNT = re.compile(
    rf"\b(?:({'|'.join(_TENS)})[- ])?({'|'.join(_ENGLISH_VALUES)})(?:\s?\(\d+\))?"
    r"(?=[\s-](?:(?:business|working|calendar|full)\s)?(?:day|week|month|year|hour|minute|percent|"
    r"per cent|won|thousand|million|hundred|times|copies|people|documents|children)s?\b)",
    re.IGNORECASE,
)
_ENGLISH_LARGE = re.compile(
    r"\b(\d[\d,]*(?:\.\d+)?)\s?(hundred|thousand|million|billion|trillion)\b", re.IGNORECASE
)
_TIMES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}


def in_digits(text: str) -> str:
    """Return a text with its numbers in plain digits, in ASCII.

    Examples
    --------
    >>> in_digits("수수료는 ３만 원, 이십 일 이내, 만 65세")
    '수수료는 30000 원, 20 일 이내, 만 65세'
    >>> in_digits("within fourteen days, 1.5 million won, 열흘")
    'within 14 days, 1500000 won, 10일'
    """
    text = "".join(_plain(sign) for sign in text)
    text = _SINO.sub(_sino, text)
    text = _MIXED.sub(_mixed, text)
    text = _DAY_WORDS.sub(lambda word: f"{_DAYS[word[1]]}일", text)
    text = _NATIVE_COUNT.sub(_native, text)
    text = _ENGLISH_COUNT.sub(_english, text)
    return _ENGLISH_LARGE.sub(_english_large, text)


def _plain(sign: str) -> str:
    if sign.isascii():
        return sign
    number = unicodedata.decimal(sign, None)
    if number is not None:
        return str(number)
    wide = unicodedata.normalize("NFKC", sign) if "\uff01" <= sign <= "\uff5e" else sign
    return {"〜": "~", "～": "~", "–": "-", "—": "-", "−": "-", "‑": "-", "₩": "₩"}.get(wide, wide)


def _sino(found: re.Match[str]) -> str:
    word = found[1]
    counts_money = found.string[found.end() :].lstrip()[:1] in "원명"
    if len(word) == 1 and not (counts_money and word in "십백천만억"):
        return word
    if not set(word) & set("십백천만억"):
        return word
    total = group = digit = 0
    for sign in word:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in _SMALL:
            group += (digit or 1) * _SMALL[sign]
            digit = 0
        else:
            total += (group + digit or 1) * _LARGE[sign]
            group = digit = 0
    return str(total + group + digit)


def _mixed(found: re.Match[str]) -> str:
    total = group = 0.0
    for part in _PART.finditer(found[1]):
        number, small, large = part.groups()
        if not any(part.groups()):
            continue
        value = float(number.replace(",", "")) if number else 1.0 if small else 0.0
        group += value * _SMALL.get(small or "", 1)
        if large:
            total += (group or 1) * _LARGE[large]
            group = 0.0
    total += group
    space = " " if found[1].endswith(" ") else ""
    return f"{int(total)}{space}" if total == int(total) else found[1]


def _native(found: re.Match[str]) -> str:
    word = found[1]
    if word == "한" and not _ONE.match(found.string, found.start()):
        return found[0]  # 한 가지, 한 번: as often "a" as "one"
    return str(_NATIVE[word])


def _english(found: re.Match[str]) -> str:
    tens, ones = (found[1] or "").casefold(), found[2].casefold()
    return str(_TENS.get(tens, 0) + _ENGLISH_VALUES[ones])


def _english_large(found: re.Match[str]) -> str:
    value = float(found[1].replace(",", "")) * _TIMES[found[2].casefold()]
    return str(int(value)) if value == int(value) else found[0]
