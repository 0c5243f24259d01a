"""How values, times and spans are written for people, by language. Pure; see DESIGN section 5."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_datetime, format_skeleton, format_time, format_timedelta
from babel.numbers import format_decimal

# languages whose habit differs from the short skeleton of CLDR; others follow CLDR
_DAY = {"ko": "M월 d일(EEE)", "en": "EEE d MMM"}
_DAY_OF_YEAR = {"ko": "y년 M월 d일(EEE)", "en": "EEE d MMM y"}
_CLOCK = {"en": "HH:mm"}


def locale_of(language: str) -> Locale:
    """Return the CLDR locale of a language code, English where CLDR has none."""
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def moment_text(moment: datetime, language: str, zone: tzinfo, today: date) -> str:
    """Return day and time as people write them; the year only where it is another one.

    >>> from zoneinfo import ZoneInfo
    >>> moment_text(datetime(2026, 11, 22, 5, tzinfo=UTC), "ko", ZoneInfo("Asia/Seoul"),
    ...             date(2026, 11, 22))
    '11월 22일(일) 오후 2시'
    """
    local = moment.astimezone(zone)
    patterns, skeleton = (_DAY, "MMMEd") if local.year == today.year else (_DAY_OF_YEAR, "yMMMEd")
    locale = locale_of(language)
    if language in patterns:
        day = format_datetime(local, patterns[language], locale=locale)
    else:
        day = format_skeleton(skeleton, local, locale=locale)
    return f"{day} {clock_text(moment, language, zone)}"


def day_text(moment: datetime, language: str, zone: tzinfo) -> str:
    """Return a day without its year, as short as an axis wants it.

    >>> day_text(datetime(2026, 11, 22, 5, tzinfo=UTC), "ko", UTC)
    '11월 22일'
    """
    local = moment.astimezone(zone)
    if language == "ko":
        return f"{local.month}월 {local.day}일"
    return str(format_skeleton("MMMd", local, locale=locale_of(language)))


def clock_text(moment: datetime, language: str, zone: tzinfo) -> str:
    """Return the time of day; Korean leaves out minutes of a full hour.

    >>> clock_text(datetime(2026, 11, 22, 5, 5, tzinfo=UTC), "en", UTC)
    '05:05'
    """
    local = moment.astimezone(zone)
    if language == "ko":
        return _korean_clock(local)
    locale = locale_of(language)
    if language in _CLOCK:
        return str(format_datetime(local, _CLOCK[language], locale=locale))
    return str(format_time(local, "short", locale=locale))


def _korean_clock(local: datetime) -> str:
    """Return the hour as spoken: 0시, 오전 9시, 낮 12시, 오후 2시 5분."""
    half = {0: "", 12: "낮 "}.get(local.hour, "오전 " if local.hour < 12 else "오후 ")
    hour = local.hour if local.hour <= 12 else local.hour - 12
    return f"{half}{hour}시" + (f" {local.minute}분" if local.minute else "")


def hour_text(moment: datetime, language: str, zone: tzinfo) -> str:
    """Return a full hour as short as an axis wants it.

    >>> hour_text(datetime(2026, 11, 22, 5, tzinfo=UTC), "ko", UTC)
    '5시'
    """
    local = moment.astimezone(zone)
    return f"{local.hour}시" if language == "ko" else f"{local:%H:%M}"


def span_text(seconds: float, language: str) -> str:
    """Return a span in its largest fitting unit: ``3 minutes``, ``3분``.

    >>> span_text(200, "en"), span_text(45, "ko")
    ('3 minutes', '45초')
    """
    return str(format_timedelta(int(seconds), locale=locale_of(language), threshold=1.5))


def number_text(value: float, decimals: int, language: str) -> str:
    """Return a number with the language's separators and exactly that many decimals.

    >>> number_text(1234.5, 1, "en")
    '1,234.5'
    """
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(value, format=pattern, locale=locale_of(language)))


def utc_stamp(moment: datetime) -> str:
    """Return the machine's form for ``<time datetime>``.

    >>> utc_stamp(datetime(2026, 11, 22, 5, tzinfo=UTC))
    '2026-11-22T05:00:00Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
