"""How values, times and spans are written for people, by language and by the habits of a city.

Languages follow CLDR (through Babel); Korean and English have their own short day and clock after
the house style. A city's habits add what CLDR leaves open: the Ethiopian calendar and clock, native
digits. Nothing here is read back by a program: machines get ISO 8601 and plain numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_datetime, format_skeleton, format_time, format_timedelta
from babel.dates import get_day_names as day_names
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent

from madang.kernel.calendars import EthiopianDate, EthiopianTime
from madang.kernel.habits import USUAL, Habits, in_digits
from madang.kernel.money import Money

# languages whose habit differs from the short skeleton of CLDR; others follow CLDR
_DAY = {"ko": "M월 d일(EEE)", "en": "EEE d MMM"}
_DAY_OF_YEAR = {"ko": "y년 M월 d일(EEE)", "en": "EEE d MMM y"}
_SHORT_DAY = {"ko": "M월 d일", "en": "d MMM"}
_CLOCK = {"en": "HH:mm"}


@lru_cache(maxsize=256)
def locale_of(language: str) -> Locale:
    """Return the CLDR locale of a language tag, English where CLDR has none."""
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def language_text(code: str, language: str) -> str:
    """Return what a language is called in another (CLDR); its code where nobody knows it.

    >>> language_text("zh-Hans", "ko"), language_text("fil", "en")
    ('중국어 (간체)', 'Filipino')
    """
    try:
        named = Locale.parse(code.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return code
    return named.get_display_name(locale_of(language)) or code


def moment_text(
    moment: datetime, language: str, zone: tzinfo, today: date, habits: Habits = USUAL
) -> str:
    """Return day and time as people write them; the year only where it is another one.

    >>> from zoneinfo import ZoneInfo
    >>> moment_text(datetime(2026, 11, 22, 5, tzinfo=UTC), "ko", ZoneInfo("Asia/Seoul"),
    ...             date(2026, 11, 22))
    '11월 22일(일) 오후 2시'
    """
    local = moment.astimezone(zone)
    day = weekday_text(local, language, today, habits)
    return f"{day} {clock_text(moment, language, zone, habits)}"


def weekday_text(local: datetime, language: str, today: date, habits: Habits = USUAL) -> str:
    """Return a local day with its weekday; the year only where it is another than today's."""
    if habits.calendar == "ethiopian":
        shown = EthiopianDate.of(local.date())
        weekday = day_names("wide", locale=_locale(language, habits))[local.weekday()]
        day = shown.text(language, with_year=shown.year != EthiopianDate.of(today).year)
        return in_digits(f"{weekday} {day}", habits.digits)
    same_year = local.year == today.year
    patterns, skeleton = (_DAY, "MMMEd") if same_year else (_DAY_OF_YEAR, "yMMMEd")
    return _dated(local, language, patterns.get(language), skeleton, habits)


def day_text(moment: datetime, language: str, zone: tzinfo, habits: Habits = USUAL) -> str:
    """Return a day without its year, as short as an axis wants it.

    >>> day_text(datetime(2026, 11, 22, 5, tzinfo=UTC), "ko", UTC)
    '11월 22일'
    """
    local = moment.astimezone(zone)
    if habits.calendar == "ethiopian":
        shown = EthiopianDate.of(local.date())
        return in_digits(shown.text(language, with_year=False), habits.digits)
    return _dated(local, language, _SHORT_DAY.get(language), "MMMd", habits)


def clock_text(moment: datetime, language: str, zone: tzinfo, habits: Habits = USUAL) -> str:
    """Return the time of day; Korean leaves out minutes of a full hour.

    >>> clock_text(datetime(2026, 11, 22, 5, 5, tzinfo=UTC), "en", UTC)
    '05:05'
    """
    local = moment.astimezone(zone)
    if habits.clock == "ethiopian":
        return in_digits(EthiopianTime.of(local.time()).text(language), habits.digits)
    if language == "ko":
        return _korean_clock(local)
    locale = _locale(language, habits)
    if language in _CLOCK:
        return str(format_datetime(local, _CLOCK[language], locale=locale))
    return in_digits(str(format_time(local, "short", locale=locale)), habits.digits)


def hour_text(moment: datetime, language: str, zone: tzinfo, habits: Habits = USUAL) -> str:
    """Return a full hour as short as an axis wants it.

    >>> hour_text(datetime(2026, 11, 22, 5, tzinfo=UTC), "ko", UTC)
    '5시'
    """
    local = moment.astimezone(zone)
    if habits.clock == "ethiopian":
        told = EthiopianTime.of(local.time())
        return in_digits(told.text(language, with_minute=False), habits.digits)
    return f"{local.hour}시" if language == "ko" else in_digits(f"{local:%H:%M}", habits.digits)


def span_text(seconds: float, language: str, habits: Habits = USUAL) -> str:
    """Return a span in its largest fitting unit: ``3 minutes``, ``3분``.

    >>> span_text(200, "en"), span_text(45, "ko")
    ('3 minutes', '45초')
    """
    text = format_timedelta(int(seconds), locale=_locale(language, habits), threshold=1.5)
    return in_digits(str(text), habits.digits)


def number_text(value: float, decimals: int, language: str, habits: Habits = USUAL) -> str:
    """Return a number with the language's separators and exactly that many decimals.

    >>> number_text(1234.5, 1, "en"), number_text(1234.5, 1, "km", Habits(digits="khmr"))
    ('1,234.5', '១,២៣៤.៥')
    """
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return _number(value, pattern, language, habits)


def short_number_text(value: float, language: str, habits: Habits = USUAL) -> str:
    """Return a number with the decimals that it has, four at most.

    >>> short_number_text(52.5, "es", Habits(locale="es_CO")), short_number_text(50.0, "ko")
    ('52,5', '50')
    """
    return _number(value, "#,##0.####", language, habits)


def percent_text(share: float, language: str, decimals: int = 0, habits: Habits = USUAL) -> str:
    """Return a share as a percentage, with the sign where the language puts it.

    >>> percent_text(0.805, "fr", 1), percent_text(0.8, "ko")
    ('80,5\\xa0%', '80%')
    """
    locale = _locale(language, habits)
    pattern = str(locale.percent_formats[None].pattern)
    pattern = pattern.replace("#,##0", "#,##0" + ("." + "0" * decimals if decimals else ""))
    return in_digits(str(format_percent(share, format=pattern, locale=locale)), habits.digits)


def list_text(items: Sequence[str], language: str, habits: Habits = USUAL) -> str:
    """Return items as a list in a sentence.

    >>> list_text(["PM2.5", "PM10", "O3"], "en"), list_text(["A", "B"], "vi")
    ('PM2.5, PM10, and O3', 'A và B')
    """
    return str(format_list(list(items), locale=_locale(language, habits)))


def utc_stamp(moment: datetime) -> str:
    """Return the machine's form for ``<time datetime>``.

    >>> utc_stamp(datetime(2026, 11, 22, 5, tzinfo=UTC))
    '2026-11-22T05:00:00Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _locale(language: str, habits: Habits) -> Locale:
    return locale_of(habits.locale or language)


def _number(value: float, pattern: str, language: str, habits: Habits) -> str:
    if habits.decimal:
        text = str(format_decimal(value, format=pattern, locale="en"))
        text = text.translate({ord(","): habits.group, ord("."): habits.decimal})
    else:
        text = str(format_decimal(value, format=pattern, locale=_locale(language, habits)))
    return in_digits(text, habits.digits)


def _dated(
    local: datetime, language: str, pattern: str | None, skeleton: str, habits: Habits
) -> str:
    locale = _locale(language, habits)
    if pattern is not None:
        return str(format_datetime(local, pattern, locale=locale))
    return in_digits(str(format_skeleton(skeleton, local, locale=locale)), habits.digits)


def _korean_clock(local: datetime) -> str:
    """Return the hour as spoken: 0시, 오전 9시, 낮 12시, 오후 2시 5분."""
    half = {0: "", 12: "낮 "}.get(local.hour, "오전 " if local.hour < 12 else "오후 ")
    hour = local.hour if local.hour <= 12 else local.hour - 12
    return f"{half}{hour}시" + (f" {local.minute}분" if local.minute else "")


def money_text(money: Money, language: str, habits: Habits = USUAL) -> str:
    """Return an amount as people write it in a language: won in Korean by their word, not a sign.

    >>> from madang.kernel.money import Currency
    >>> won = Currency("KRW", 0, 0)
    >>> money_text(Money(28000, won), "ko"), money_text(Money(28000, won), "en")
    ('28,000원', '₩28,000')
    """
    if money.currency.code == "KRW" and language.split("-", maxsplit=1)[0] == "ko":
        return f"{money.shown():,}원"
    return money.format(str(_locale(language, habits)))
