"""What in a text can be checked: dates, times, amounts, phones, shares, counts, addresses of pages.

Each is brought into one form, whichever way it is written: 3만 원 and 30,000원 are the same, so are
12월 20일 and December 20.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from madang.assistant.engine.numerals import in_digits
from madang.assistant.engine.plain_text import visible
from madang.assistant.engine.units_in_text import UNIT, bound_of, unit_of

Kind = Literal["url", "mail", "date", "month", "phone", "time", "number", "day", "weekday"]


@dataclass(frozen=True)
class Quantity:
    """Something exact that a text says.

    value: in one form: `2026-12-20`, `--12-20` without its year, `18:00`, `0221331234`, `30000`.
    unit: of a number, as a class (`day`, `won`, `%`, ...); "" without one.
    bound: `ge`, `gt`, `le`, `lt`, `over`, `under`, `within` where the text says so.
    text: as it stands there, digits made plain.
    """

    kind: Kind
    value: str
    text: str
    unit: str = ""
    bound: str = ""


_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAYS = (
    "월요일 monday lundi lunes montag 周一 星期一 月曜日"
    "|화요일 tuesday mardi martes dienstag 周二 星期二 火曜日|"
    "수요일 wednesday mercredi miércoles mittwoch 周三 星期三 水曜日|"
    "목요일 thursday jeudi jueves donnerstag 周四 星期四 木曜日|"
    "금요일 friday vendredi viernes freitag 周五 星期五 金曜日|"
    "토요일 saturday samedi sábado samstag 周六 星期六 土曜日|"
    "일요일 sunday dimanche domingo sonntag 周日 星期日 日曜日"
)
_WEEKDAY_OF = {
    word: number for number, words in enumerate(_WEEKDAYS.split("|")) for word in words.split(" ")
}
_NEAR_DAYS = {
    "오늘": "0", "today": "0", "금일": "0", "내일": "1", "tomorrow": "1", "익일": "1", "모레": "2",
    "어제": "-1", "yesterday": "-1", "다음 주": "week", "다음주": "week", "next week": "week",
    "다음 달": "month", "다음달": "month", "next month": "month",
    "내년": "year", "next year": "year",
}  # fmt: skip

_URL = re.compile(
    r"https?://[^\s<>\"'()\[\]、。，]+|\bwww\.[^\s<>\"'()\[\]]+|"
    r"\b(?:[a-z0-9-]+\.)+(?:go\.kr|or\.kr|co\.kr|re\.kr|ac\.kr|kr|com|net|org|gov|io|me|info|xyz)"
    r"(?:/[^\s<>\"'()\[\]]*)?(?![\w@])",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_DATES = (
    re.compile(r"(?<!\d)(\d{4})\s?(?:[-./]|년|年)\s?(\d{1,2})\s?(?:[-./]|월|月)\s?(\d{1,2})(?:일"
    r"|日|\.)?"
               r"(?![\d-])"),
    re.compile(r"(?<![\d])['’](\d\d)\.\s?(\d{1,2})\.\s?(\d{1,2})\.?(?!\d)"),
    re.compile(rf"\b{_MONTH}\s(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s(\d{{4}}))?(?!\d)", re.IGNORECASE),
    re.compile(rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}(?:,?\s(\d{{4}}))?\b",
               re.IGNORECASE),
    re.compile(r"(?<!\d)(\d{1,2})\s?[월月]\s?(\d{1,2})\s?[일日]"),
)  # fmt: skip
_MONTHLY = re.compile(r"(?:(\d{4})\s?[년年]\s?)?(?<!\d)(\d{1,2})\s?[월月](?!요일)")
_MONTH_NAME = re.compile(
    rf"\b(?:in|of|by|until|from|since|every)\s{_MONTH}(?:\s(\d{{4}}))?\b", re.IGNORECASE
)
_PHONE = re.compile(
    r"(?<![\d-])(?:\+\s?82[\s.)-]{0,2}\(?0?\)?[\s.-]?\d{1,2}|\(?0\d{1,2}\)?)[\s.)-]{1,2}\d{3,4}"
    r"(?:[\s.-]\d{4})?(?![\d-])|(?<![\d-])(?:1[5-8]\d\d[\s.-]\d{4}|0\d{8,10})(?![\d-])|"
    r"(?<![\d-])\+?\d{1,3}[\s.-]\d{3}[\s.-]\d{3}[\s.-]?\d{4}(?![\d-])"
)
_TIME = re.compile(
    r"(?:(오전|오후|새벽|아침|저녁|밤|낮|上午|下午|午前|午後)\s?)?(?<![\d.])(\d{1,2})"
    r"(?:\s?(?:시(?!간)|时|時(?!間)|點|点)\s?(?:(\d{1,2})\s?[분分]|(반))?|:(\d\d)(?::\d\d)?)"
    r"(?:\s?([ap])\.?\s?m\b\.?)?|(?<![\d.])(\d{1,2})\s?([ap])\.?\s?m\b\.?",
    re.IGNORECASE,
)
_AFTERNOON = frozenset({"오후", "저녁", "밤", "낮", "下午", "午後"})
_NOON = re.compile(r"정오|\bnoon\b|자정|\bmidnight\b", re.IGNORECASE)
_NUMBER = re.compile(
    r"([₩$€]|\bKRW\s?|\bUSD\s?)?(?<!\d)(\d{1,3}(?:,\d{3})+(?!\d)|\d+)(\.\d+)?",
    re.IGNORECASE,
)
_RANGE_SIGN = re.compile(r"\s?(?:~|-|to|에서|부터)\s?(?=\d)")
_WORDS = re.compile(
    "|".join(sorted(map(re.escape, (*_WEEKDAY_OF, *_NEAR_DAYS)), key=len, reverse=True)),
    re.IGNORECASE,
)
_SHORT_WEEKDAY = re.compile(r"\(([월화수목금토일])\)")

Reader = Callable[[re.Match[str]], Quantity | None]


def quantities(text: str) -> list[Quantity]:
    """Return everything exact that a text says; see `Quantity`.

    Examples
    --------
    >>> [(one.kind, one.value, one.unit) for one in quantities("12월 20일까지 3만 원, 02-120")]
    [('date', '--12-20', ''), ('phone', '02120', ''), ('number', '30000', 'won')]
    """
    found: list[Quantity] = []
    rest = in_digits(visible(text))
    rest = _taken(_URL, rest, _url, found)
    rest = _taken(_MAIL, rest, lambda m: Quantity("mail", m[0].casefold(), m[0]), found)
    for pattern, reader in zip(
        _DATES, (_ymd, _short_ymd, _month_first, _day_first, _md), strict=True
    ):
        rest = _taken(pattern, rest, reader, found)
    rest = _taken(_MONTHLY, rest, _month_of, found)
    rest = _taken(_MONTH_NAME, rest, _named_month, found)
    rest = _taken(_PHONE, rest, _phone, found)
    rest = _taken(_TIME, rest, _time, found)
    rest = _taken(_NOON, rest, _noon, found)
    found += _numbers(rest)
    _taken(_SHORT_WEEKDAY, rest, lambda m: _weekday(f"{m[1]}요일"), found)
    _taken(_WORDS, rest, _word, found)
    return found


def _taken(pattern: re.Pattern[str], text: str, read: Reader, found: list[Quantity]) -> str:
    """Add what a pattern reads; return the text with that blanked, so that it is not read twice."""

    def take(match: re.Match[str]) -> str:
        one = read(match)
        if one is None:
            return match[0]
        found.append(one)
        return " " * len(match[0])

    return pattern.sub(take, text)


def _url(match: re.Match[str]) -> Quantity:
    whole = match[0].rstrip(".,;:!?）)")
    bare = re.sub(r"^(?:https?://)?(?:www\.)?", "", whole, flags=re.IGNORECASE).rstrip("/")
    host, _, path = bare.partition("/")
    return Quantity("url", f"{host.casefold()}/{path}".rstrip("/"), whole)


def _date(year: str | None, month: int, day: int, text: str) -> Quantity | None:
    try:
        date(int(year or 2000), month, day)
    except ValueError:
        return None
    return Quantity("date", f"{year or '-'}-{month:02}-{day:02}", text.strip())


def _ymd(m: re.Match[str]) -> Quantity | None:
    return _date(m[1], int(m[2]), int(m[3]), m[0])


def _short_ymd(m: re.Match[str]) -> Quantity | None:
    return _date(f"20{m[1]}", int(m[2]), int(m[3]), m[0])


def _month_first(m: re.Match[str]) -> Quantity | None:
    return _date(m[3], _month_number(m[1]), int(m[2]), m[0])


def _day_first(m: re.Match[str]) -> Quantity | None:
    return _date(m[3], _month_number(m[2]), int(m[1]), m[0])


def _md(m: re.Match[str]) -> Quantity | None:
    return _date(None, int(m[1]), int(m[2]), m[0])


def _month_number(name: str) -> int:
    return _MONTHS.index(name[:3].casefold()) + 1


def _month_of(m: re.Match[str]) -> Quantity | None:
    month = int(m[2])
    return (
        Quantity("month", f"{m[1] or '-'}-{month:02}", m[0].strip()) if 1 <= month <= 12 else None
    )


def _named_month(m: re.Match[str]) -> Quantity:
    return Quantity("month", f"{m[2] or '-'}-{_month_number(m[1]):02}", m[0])


def _phone(m: re.Match[str]) -> Quantity:
    digits = re.sub(r"\D", "", m[0])
    if m[0].lstrip().startswith("+") and digits.startswith("82"):
        digits = "0" + digits[2:].lstrip("0")
    return Quantity("phone", digits, m[0].strip())


def _time(m: re.Match[str]) -> Quantity | None:
    period, hour, minute, half, colon, suffix, bare_hour, bare_suffix = m.groups()
    number = int(hour or bare_hour)
    minutes = 30 if half else int(minute or colon or 0)
    suffix = (suffix or bare_suffix or "").casefold()
    if number > 24 or minutes > 59:
        return None
    if (period in _AFTERNOON or suffix == "p") and number < 12:
        number += 12
    elif suffix == "a" and number == 12:
        number = 0
    return Quantity("time", f"{number:02}:{minutes:02}", m[0].strip())


def _noon(m: re.Match[str]) -> Quantity:
    midday = m[0].casefold() in ("정오", "noon")
    return Quantity("time", "12:00" if midday else "00:00", m[0])


def _numbers(text: str) -> Iterator[Quantity]:
    for match in _NUMBER.finditer(text):
        sign, whole, part = match.groups()
        value = whole.replace(",", "").lstrip("0") or "0"
        part = (part or "").rstrip("0").rstrip(".")
        end = match.end()
        other = _RANGE_SIGN.match(text, end)
        upper = _NUMBER.match(text, other.end()) if other else None
        unit, length = unit_of(text, match.start(), upper.end() if upper else end, sign or "")
        if upper and not unit:
            unit, length = unit_of(text, match.start(), end, sign or "")
        bound = "" if upper else bound_of(text, match.start(), end + length)
        yield Quantity(
            "number", value + part, text[match.start() : end + length].strip(), unit, bound
        )


def _word(m: re.Match[str]) -> Quantity:
    word = m[0].casefold()
    near = _NEAR_DAYS.get(word)
    return Quantity("day", near, m[0]) if near is not None else _weekday(word)


def _weekday(word: str) -> Quantity:
    return Quantity("weekday", str(_WEEKDAY_OF[word]), word)


__all__ = ["UNIT", "Kind", "Quantity", "quantities"]
