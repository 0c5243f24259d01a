"""Units and bounds as texts of several languages write them beside a number."""

from __future__ import annotations

import re

# Longest meaning first: 개월 before 개, "years old" before "years".
_UNITS: tuple[tuple[str, str], ...] = (
    ("won", r"원(?!본|칙)|won\b|KRW\b|韩元|韓元|ウォン"),
    ("usd", r"달러|dollars?\b|USD\b"),
    ("%", r"%p?|퍼센트|프로(?!그램|젝트)|percent\b|per cent\b|％"),
    ("age", r"세(?!대|트|금|부)|살|years? old\b|years? of age\b|-year-olds?\b|岁|歲|歳|tuổi\b"),
    ("month", r"개월|달(?!러)|months?\b|个月|個月|[かヶカ]月|tháng\b|mes(?:es)?\b|mois\b"
    r"|monaten?\b|"
              r"bulan\b|месяц\w*"),
    ("week", r"주(?:일|간)?(?!소|민|택|차|거|무)|weeks?\b|周|週間?|tuần\b|semanas?\b|semaines?\b"
    r"|wochen?\b|"
             r"minggu\b|недел\w*"),
    ("day", r"(?:영업|근무)?일(?!반|부|시|정|자리|괄|회)|(?:business |working |calendar "
    r"|full )?days?\b|"
            r"个?工作日|营业日|日|天|ngày\b|días?\b|jours?\b|tag(?:en?)?\b|hari\b|дн(?:я|ей)\b"
            r"|день\b|วัน"),
    ("hour", r"시간|hours?\b|hrs?\b|小时|小時|時間|giờ\b|horas?\b|heures?\b|stunden?\b|jam\b"
    r"|час\w*"),
    ("minute", r"분(?!기|의|류|양|만)|minutes?\b|mins?\b|分钟|分鐘|分|phút\b|minutos?\b|минут\w*"),
    ("year", r"년(?:간|도)?|years?\b|年|năm\b|años?\b|ans?\b|jahren?\b|tahun\b|год\w*|лет\b"),
    ("person", r"명|인(?!감|터|근|증)|people\b|persons?\b|人|名|người\b|personas?\b"),
    ("time", r"번(?!지|호|길)|회(?!사|의|원)|차례|times\b|次|回|lần\b"),
    ("article", r"조(?!원|건)"),
    ("paragraph", r"항"),
    ("item", r"가지|개(?!월|인)|건|종(?!로)|통(?!장)|부(?!터)|장(?!애)|매|곳|items?\b|documents?\b|"
             r"cop(?:y|ies)\b|件|份|种|種"),
    ("line", r"호선|line\b|号线|號線"),
    ("grade", r"등급|급(?!여)|grades?\b|levels?\b"),
    ("km", r"km\b|킬로미터|kilomet(?:er|re)s?\b"),
    ("kg", r"kg\b|킬로그램|kilograms?\b"),
    ("m2", r"㎡|m2\b|제곱미터|square met(?:er|re)s?\b"),
    ("floor", r"층|th floor\b"),
    ("house", r"번지|호(?!선|적)"),
    ("household", r"가구|세대|households?\b"),
)  # fmt: skip
UNIT = tuple(name for name, _ in _UNITS)
_COMPILED = tuple(
    (name, re.compile(rf"[\s-]?(?:{words})", re.IGNORECASE)) for name, words in _UNITS
)
_SIGNS = {"₩": "won", "krw": "won", "$": "usd", "usd": "usd", "€": "eur"}
_BEFORE_UNIT = re.compile(
    r"(?:(\barticle\s|\bart\.\s?)|(\baged?\s|\bage of\s)|(\bline\s))$", re.IGNORECASE
)
_BEFORE_NAMES = ("article", "age", "line")

_AFTER = (
    (
        "ge",
        re.compile(r"\s?(?:이상|or (?:more|older|over|above|longer)|and (?:over|older|above|up))"),
    ),
    (
        "le",
        re.compile(
            r"\s?(?:이하|or (?:less|fewer|younger|under|below)|and (?:under|below|younger))"
        ),
    ),
    ("gt", re.compile(r"\s?(?:초과|을 넘|를 넘|이 넘|가 넘)")),
    ("lt", re.compile(r"\s?미만")),
    ("within", re.compile(r"\s?(?:이내|내에|안에|以内|以內)")),
)
_BEFORE = (
    ("ge", re.compile(r"(?:at least|no less than|not less than|a? ?minimum(?: of)?|최소"
    r"|적어도)\s$", re.I)),
    ("le", re.compile(r"(?:at most|up to|no more than|not more than|a? ?maximum(?: of)?|최대"
    r"|많아야)\s$",
                      re.I)),
    ("over", re.compile(r"(?:over|above|more than|older than|exceeding|longer than)\s$", re.I)),
    ("under", re.compile(r"(?:under|below|less than|younger than|fewer than"
    r"|shorter than)\s$", re.I)),
    ("within", re.compile(r"(?:within|inside of)\s(?:the (?:first|next) )?$", re.I)),
)  # fmt: skip
_LOOK_BACK = 24


def unit_of(text: str, start: int, end: int, sign: str) -> tuple[str, int]:
    """Return the class of the unit of the number at `start:end`, and how many signs it takes."""
    if sign.strip():
        return _SIGNS.get(sign.strip().casefold(), sign), 0
    for name, words in _COMPILED:
        match = words.match(text, end)
        if match:
            return name, len(match[0])
    before = _BEFORE_UNIT.search(text[max(0, start - _LOOK_BACK) : start])
    if before:
        return next(
            name for name, word in zip(_BEFORE_NAMES, before.groups(), strict=True) if word
        ), 0
    return "", 0


def bound_of(text: str, start: int, end: int) -> str:
    """Return whether a number is a limit, and which; see `Quantity.bound`."""
    for name, words in _AFTER:
        if words.match(text, end):
            return name
    before = text[max(0, start - _LOOK_BACK) : start]
    return next((name for name, words in _BEFORE if words.search(before)), "")
