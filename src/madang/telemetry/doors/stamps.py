"""Reading many ISO 8601 stamps at once, where they are all written the same way.

A sender writes its stamps with one program, so they agree in length, separators and zone. Then the
digits of all of them are checked and read as one array; anything else is left to `rows.stamp`.
"""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np

_FORM = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)


def uniform_stamps(texts: list[str]) -> np.ndarray | None:
    """Return the stamps as int64 [ms since 1970-01-01 UTC], or None where they are not uniform.

    Parameters
    ----------
    texts : stamps such as ``2026-11-22T05:00:00Z`` or ``2026-11-22T14:00:00.250+09:00``.
    """
    form = _FORM.match(texts[0]) if texts else None
    if form is None:
        return None
    model, zone = texts[0], form[2]
    width, cut = len(model), len(model) - len(zone)
    raw = "".join(texts).encode()
    if set(map(len, texts)) != {width} or len(raw) != width * len(texts):
        return None
    table = np.frombuffer(raw, np.uint8).reshape(len(texts), width)
    free = np.array([at < cut and character.isdigit() for at, character in enumerate(model)])
    digits = table[:, free] - np.uint8(ord("0"))  # what is no digit wraps to above 9
    if (digits > 9).any() or (table[:, ~free] != table[0, ~free]).any():
        return None
    local = _milliseconds(digits.astype(np.int64))
    shift_ms = _shift_ms(zone)
    return None if local is None or shift_ms is None else local - shift_ms


def _shift_ms(zone: str) -> int | None:
    """Return the offset of a zone from UTC [ms], or None where it is none, such as +99:00."""
    try:
        shift = datetime.fromisoformat(f"2000-01-01T00:00:00{zone}").utcoffset()
    except ValueError:
        return None
    return None if shift is None else int(shift.total_seconds() * 1000)


def _milliseconds(digits: np.ndarray) -> np.ndarray | None:
    """Return (n, 14 to 20) digits of year, month, ... fraction as ms; None where one is no date."""
    year = digits[:, :4] @ np.array([1000, 100, 10, 1])
    month, day, hour, minute, second = (
        10 * digits[:, at] + digits[:, at + 1] for at in (4, 6, 8, 10, 12)
    )
    months = (year - 1970) * 12 + month - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    after = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    is_date = (year > 0) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= after - first)
    if not (is_date & (hour < 24) & (minute < 60) & (second < 60)).all():
        return None
    fraction = np.zeros(len(digits), np.int64)
    for at, weight in zip(range(14, digits.shape[1]), (100, 10, 1), strict=False):
        fraction += weight * digits[:, at]
    days = first + day - 1
    found: np.ndarray = (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + fraction
    return found
