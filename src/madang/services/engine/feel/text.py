"""Values of FEEL written as text: what `string()` gives, and what people are shown."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from madang.services.engine.feel.date_text import (
    date_text,
    date_time_text,
    duration_text,
    time_text,
)
from madang.services.engine.feel.dates import Date, DateTime, DaysTime, Time, YearsMonths
from madang.services.engine.feel.values import Range

_PLAIN_KEY = re.compile(r"[^\W\d][\w ?]*")


def number_text(value: Decimal) -> str:
    """Return a number without an exponent and without zeros behind its last digit."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def moment_text(value: Any) -> str | None:
    """Return a date, time or duration as text; None for anything else."""
    if isinstance(value, Date):
        return date_text(value)
    if isinstance(value, Time):
        return time_text(value)
    if isinstance(value, DateTime):
        return date_time_text(value)
    if isinstance(value, DaysTime | YearsMonths):
        return duration_text(value)
    return None


def text_of(value: Any) -> str:
    """Return a value as `string()` prints it: a string is itself."""
    return value if isinstance(value, str) else literal(value, moments="{}")


def literal(value: Any, moments: str = '@"{}"') -> str:
    """Return a value as one would write it in FEEL; `moments` wraps dates and durations."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return "[" + ", ".join(literal(item, moments) for item in value) + "]"
    if isinstance(value, dict):
        entries = (f"{_key(key)}: {literal(item, moments)}" for key, item in value.items())
        return "{" + ", ".join(entries) + "}"
    if isinstance(value, Range):
        return _range_text(value, moments)
    moment = moment_text(value)
    return moments.format(moment) if moment is not None else _function_text(value)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _key(name: str) -> str:
    return name if _PLAIN_KEY.fullmatch(name) else _quoted(name)


def _range_text(value: Range, moments: str) -> str:
    low = "" if value.low is None else literal(value.low, moments)
    high = "" if value.high is None else literal(value.high, moments)
    return f"{'[' if value.low_closed else '('}{low}..{high}{']' if value.high_closed else ')'}"


def _function_text(value: Any) -> str:
    return f"function({', '.join(value.params)})"
