"""Days as people say them, in Korean and English: from a folded text and today's date."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
         "august aug", "september sep sept", "october oct", "november nov", "december dec"), 1,
    )
    for name in names.split()
}  # fmt: skip
_DAYS = {
    name: number
    for number, names in enumerate(
        ("monday mon 월", "tuesday tue 화", "wednesday wed 수", "thursday thu 목", "friday fri 금",
         "saturday sat 토", "sunday sun 일"),
    )
    for name in names.split()
}  # fmt: skip
_NUMBERS = {
    name: number
    for number, names in enumerate(
        ("one a an 한 일 하루", "two 두 이 이틀", "three 세 삼 사흘", "four 네 사 나흘",
         "five 다섯 오 닷새",
         "six 여섯", "seven", "eight", "nine", "ten 열 열흘"), 1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WEEKDAY = "|".join(name for name in sorted(_DAYS, key=len, reverse=True) if name.isascii())
_COUNT = r"\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|an?"
_SPAN = r"(?:day|week|month|year)s?"
_NO_SPAN = r"(?!\s?(?:이내|안에|동안|간|정도|이상|넘|후|뒤|전|내로|치))"


@dataclass(frozen=True, slots=True)
class DaySaid:
    """A day in a text: `day` is None where only a month was said.

    inferred: whether the month, or the year against habit, was added.
    """

    start: int
    end: int
    day: date | None
    month: tuple[int, int] | None = None
    inferred: bool = False


def days_said(text: str, today: date, month: tuple[int, int] | None = None) -> list[DaySaid]:
    """Return the days of a folded text in its order, none within another.

    A day without a year is the nearest to today; one without a month is in `month`, else the next
    to come.

    Parameters
    ----------
    month : (year, month) that was said before.

    Examples
    --------
    >>> today = date(2026, 11, 23)
    >>> [one.day.isoformat() for one in days_said("12월 20일에 이사, 계약은 어제", today)]
    ['2026-12-20', '2026-11-22']
    >>> days_said("next month", today)[0].month
    (2026, 12)
    """
    found: list[DaySaid] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            if any(match.start() < one.end and one.start < match.end() for one in found):
                continue
            try:
                said = read(match, today, month)
            except (ValueError, OverflowError):
                said = DaySaid(match.start(), match.end(), None)  # the 31st of a short month
            if said is not None:
                found.append(said)
    told = (one for one in found if one.day is not None or one.month is not None)
    return sorted(told, key=lambda one: one.start)


Reader = Callable[[re.Match[str], date, tuple[int, int] | None], DaySaid | None]


def _of(match: re.Match[str], day: date, *, inferred: bool = False) -> DaySaid:
    return DaySaid(match.start(), match.end(), day, None, inferred)


def _whole(match: re.Match[str], _today: date, _month: object) -> DaySaid:
    return _of(match, date(*(int(part) for part in match.groups())))


def _american(match: re.Match[str], _today: date, _month: object) -> DaySaid:
    return _of(match, date(int(match[3]), int(match[1]), int(match[2])))


def _day_of_month(match: re.Match[str], today: date, _month: object) -> DaySaid:
    """A month and a day, with a year or a word for one."""
    parts = match.groupdict()
    name = parts["month"]
    month = int(name) if name.isdigit() else _MONTHS[name]
    day = int(parts["day"])
    year = parts.get("year") or ""
    if year.isdigit():
        return _of(match, date(int(year), month, day))
    shift = {"내년": 1, "작년": -1, "올해": 0, "next year": 1, "last year": -1, "this year": 0}
    if year in shift:
        return _of(match, date(today.year + shift[year], month, day))
    return _of(match, nearest(month, day, today))


def nearest(month: int, day: int, today: date) -> date:
    """Return the day of the year before, this one or the next that is nearest to today."""
    around = []
    for year in (today.year - 1, today.year, today.year + 1):
        if day <= monthrange(year, month)[1]:
            around.append(date(year, month, day))
    if not around:
        raise ValueError(f"there is no day {month}-{day}")
    return min(around, key=lambda one: abs((one - today).days))


def _shift(word: str) -> int:
    words = {"다다음": 2, "다음": 1, "담": 1, "오는": 0, "이번": 0, "지난": -1, "저번": -1,
             "next": 1, "this": 0, "last": -1}  # fmt: skip
    return words[word]


def _month_shifted(today: date, shift: int) -> tuple[int, int]:
    years, month = divmod(today.month - 1 + shift, 12)
    return today.year + years, month + 1


def _in_month(match: re.Match[str], today: date, _month: object) -> DaySaid:
    year, month = _month_shifted(today, _shift(match[1]))
    if match[2] in ("말", "말일"):
        return _of(match, date(year, month, monthrange(year, month)[1]))
    return _of(match, date(year, month, int(match[2].removesuffix("일"))))


def _in_week(match: re.Match[str], today: date, _month: object) -> DaySaid:
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_shift(match[1]))
    return _of(match, monday + timedelta(days=_DAYS[match[2]]))


def _weekday(match: re.Match[str], today: date, _month: object) -> DaySaid:
    """A day of the week: of next week where that is said, else the next to come."""
    before, name = match.groups()
    ahead = (_DAYS[name] - today.weekday()) % 7
    if before == "last":
        return _of(match, today - timedelta(days=(today.weekday() - _DAYS[name]) % 7 or 7))
    if before == "next":
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=1)
        return _of(match, monday + timedelta(days=_DAYS[name]))
    return _of(match, today + timedelta(days=ahead), inferred=not before)


def _word(match: re.Match[str], today: date, _month: object) -> DaySaid:
    words = {"오늘": 0, "내일": 1, "모레": 2, "내일모레": 2, "글피": 3, "어제": -1, "그저께": -2,
             "그제": -2, "엊그제": -2, "today": 0, "tomorrow": 1, "yesterday": -1,
             "day after tomorrow": 2,
             "day before yesterday": -2, "tonight": 0}  # fmt: skip
    return _of(match, today + timedelta(days=words[match[0]]))


def _later(match: re.Match[str], today: date, _month: object) -> DaySaid | None:
    """So many days, weeks, months or years from now, or ago."""
    parts = match.groupdict()
    count = int(parts["n"]) if parts["n"].isdigit() else _NUMBERS[parts["n"]]
    unit = parts["unit"]
    sign = -1 if parts["way"] in ("전", "전에", "ago") else 1
    if unit in ("일", "") or unit.startswith("day"):
        return _of(match, today + timedelta(days=sign * count))
    if unit in ("주", "주일") or unit.startswith("week"):
        return _of(match, today + timedelta(weeks=sign * count))
    months = count * (12 if unit in ("년", "해") or unit.startswith("year") else 1)
    year, month = _month_shifted(today, sign * months)
    return _of(match, date(year, month, min(today.day, monthrange(year, month)[1])), inferred=True)


def _only_month(match: re.Match[str], today: date, _month: object) -> DaySaid:
    parts = match.groupdict()
    if parts.get("shift"):
        found = _month_shifted(today, _shift(parts["shift"]))
    else:
        name = parts["month"]
        number = int(name) if name.isdigit() else _MONTHS[name]
        if not 1 <= number <= 12:
            raise ValueError(name)
        around = [(year, number) for year in (today.year - 1, today.year, today.year + 1)]
        now = today.year * 12 + today.month
        found = min(around, key=lambda one: (abs(one[0] * 12 + one[1] - now), -one[0]))
        year = parts.get("year") or ""
        if year:
            found = (int(year) if year.isdigit() else today.year + 1, number)
    return DaySaid(match.start(), match.end(), None, found)


def _bare_day(match: re.Match[str], today: date, month: tuple[int, int] | None) -> DaySaid:
    day = int(match[1])
    if month is not None:
        return _of(match, date(month[0], month[1], day))
    year, number = today.year, today.month
    if day < today.day:
        year, number = _month_shifted(today, 1)
    return _of(match, date(year, number, day), inferred=True)


def _compiled() -> Iterator[tuple[re.Pattern[str], Reader]]:
    ordinal = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
    year = r"(?:,?\s+(?P<year>\d{4}|next year|last year))?"
    for text, reader in (
        (r"(?<!\d)(\d{4})\s?[년.\-/]\s?(\d{1,2})\s?[월.\-/]\s?(\d{1,2})일?(?!\d)", _whole),
        (r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)", _american),
        (r"(?:(?P<year>\d{4}|올해|내년|작년)년?\s?)?(?<!\d)(?P<month>\d{1,2})월\s?(?P<day>\d{1,2})일?(?!\d)",
         _day_of_month),
        (rf"\b(?P<month>{_MONTH})\.?\s+{ordinal}(?!\d){year}",
         _day_of_month),
        (rf"\b{ordinal}\s+(?:of\s+)?(?P<month>{_MONTH})\b{year}",
         _day_of_month),
        (r"(다다음|다음|담|이번|지난|저번)\s?달\s?(\d{1,2}일|말일?)", _in_month),
        (r"(다다음|다음|담|이번|지난|저번|오는)\s?주\s?([월화수목금토일])요일", _in_week),
        (r"(내일모레|오늘|내일|모레|글피|어제|그저께|그제|엊그제)", _word),
        (r"\b(day after tomorrow|day before yesterday|today|tomorrow|yesterday|tonight)\b", _word),
        (rf"\bin (?P<n>{_COUNT}) (?P<unit>{_SPAN})(?P<way>)\b", _later),
        (rf"\b(?P<n>{_COUNT}) (?P<unit>{_SPAN}) (?P<way>ago|from (?:now|today)|later)\b", _later),
        (r"(?<!\d)(?P<n>\d{1,3}|한|두|세|네|다섯|일|이|삼)\s?(?P<unit>일|주일?|달|개월|년)\s?(?P<way>전에?|후|뒤)",
         _later),
        (r"(?P<n>하루|이틀|사흘|나흘|닷새|열흘)(?P<unit>)\s?(?P<way>전에?|후|뒤)", _later),
        (rf"\b(?:on |by )?(next|this|last|coming|on) ({_WEEKDAY})\b", _weekday),
        (r"(이번|오는)?\s?([월화수목금토일])요일", _weekday),
        (r"(?P<shift>다다음|다음|담|이번|지난|저번)\s?달", _only_month),
        (r"\b(?P<shift>next|this|last) month\b", _only_month),
        (r"(?:(?P<year>\d{4}|내년)년?\s?)?(?<!\d)(?P<month>\d{1,2})월(?!\d)", _only_month),
        (rf"\b(?:in|during|early|mid|late|end of) (?P<month>{_MONTH})\b(?:,?\s+(?P<year>\d{{4}}))?",
         _only_month),
        (rf"(?<![\d월])(\d{{1,2}})일{_NO_SPAN}", _bare_day),
        (r"\b(?:the |on the )(\d{1,2})(?:st|nd|rd|th)\b", _bare_day),
        (r"^\W*(\d{1,2})(?:st|nd|rd|th)\W*$", _bare_day),
    ):  # fmt: skip
        yield re.compile(text), reader


_READERS = tuple(_compiled())
