"""How pages write values, times and spans: by the reader's language and the city's habits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, tzinfo

from madang.city.api import profile
from madang.kernel import writing
from madang.kernel.writing import locale_of, utc_stamp

__all__ = ["locale_of", "utc_stamp"]


def moment_text(moment: datetime, language: str, zone: tzinfo, today: date) -> str:
    """Return day and time as people write them; the year only where it is another one."""
    return writing.moment_text(moment, language, zone, today, profile().habits(language))


def day_text(moment: datetime, language: str, zone: tzinfo) -> str:
    """Return a day without its year, as short as an axis wants it."""
    return writing.day_text(moment, language, zone, profile().habits(language))


def weekday_text(local: datetime, language: str) -> str:
    """Return a day of the city with its weekday, with the year where it is another one."""
    city = profile()
    return writing.weekday_text(local, language, city.today(), city.habits(language))


def clock_text(moment: datetime, language: str, zone: tzinfo) -> str:
    """Return the time of day."""
    return writing.clock_text(moment, language, zone, profile().habits(language))


def hour_text(moment: datetime, language: str, zone: tzinfo) -> str:
    """Return a full hour as short as an axis wants it."""
    return writing.hour_text(moment, language, zone, profile().habits(language))


def span_text(seconds: float, language: str) -> str:
    """Return a span in its largest fitting unit."""
    return writing.span_text(seconds, language, profile().habits(language))


def number_text(value: float, decimals: int, language: str) -> str:
    """Return a number with the language's separators and exactly that many decimals."""
    return writing.number_text(value, decimals, language, profile().habits(language))


def percent_text(share: float, language: str, decimals: int = 0) -> str:
    """Return a share as a percentage."""
    return writing.percent_text(share, language, decimals, profile().habits(language))


def list_text(items: Sequence[str], language: str) -> str:
    """Return items as a list in a sentence."""
    return writing.list_text(items, language, profile().habits(language))
