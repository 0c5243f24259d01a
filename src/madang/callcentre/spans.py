"""Lengths of time and targets as people type them: 30m, 8h, 240, 80/20."""

from __future__ import annotations

import re

from madang.kernel.errors import Invalid

_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(s|sec|m|min|h)?", re.IGNORECASE)
_SECONDS = {"": 1.0, "s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_TARGET = re.compile(r"(\d+(?:\.\d+)?)\s*%?\s*/\s*(\d+(?:\.\d+)?)\s*s?")


def seconds(text: str) -> float:
    """Return a length of time [s]: ``30m``, ``8h``, ``1800s`` or ``1800``.

    >>> seconds("30m")
    1800.0

    Raises
    ------
    Invalid
        If the text is no such length, or zero.
    """
    match = _SPAN.fullmatch(text.strip())
    found = float(match[1]) * _SECONDS[(match[2] or "").lower()] if match else 0.0
    if found <= 0:
        raise Invalid(f"{text!r} is no length of time such as 30m, 8h or 240s")
    return found


def target(text: str) -> tuple[float, float]:
    """Return share and seconds of a target: ``80/20`` is 80 % within 20 seconds; so is ``0.8/20``.

    >>> target("80/20")
    (0.8, 20.0)
    >>> target("0.8/20")
    (0.8, 20.0)

    Raises
    ------
    Invalid
        If the text is no such target; 100 % of calls cannot be promised.
    """
    match = _TARGET.fullmatch(text.strip())
    if match is None:
        raise Invalid(f"{text!r} is no target such as 80/20 (80 % within 20 seconds)")
    percent, within = float(match[1]), float(match[2])
    if 0 < percent < 1 and "%" not in text:
        percent *= 100.0  # written as a share
    if not 0 < percent < 100:
        raise Invalid(f"target {text!r}: {percent:g} % cannot be promised; above 0, below 100")
    return percent / 100.0, within
