"""Built-in functions on truth and sameness (DMN 1.5, tables 72 and 79)."""

from __future__ import annotations

from typing import Any

from madang.services.engine.feel.built_in.signature import builtin
from madang.services.engine.feel.compare import equal
from madang.services.engine.feel.dates import Date, DateTime, Time


@builtin("not", "negand: any")
def negation(value: Any) -> bool | None:
    """Return the opposite, null where there is none."""
    return not value if isinstance(value, bool) else None


@builtin("is", "value1: any, value2: any")
def same(a: Any, b: Any) -> bool | None:
    """Return whether two values are the same part by part: moments by clock and zone."""
    if type(a) is not type(b):
        return False
    if isinstance(a, Date | Time | DateTime):
        return bool(a == b)
    return equal(a, b)
