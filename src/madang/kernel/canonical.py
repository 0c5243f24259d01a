"""One byte sequence per JSON value (RFC 8785), so that a value can be hashed."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from madang.kernel.errors import Invalid

_EXACT = 2**53  # beyond it most integers are no doubles (RFC 7493 section 2.2)


def canonical(value: object) -> bytes:
    """Return `value` as canonical JSON.

    Raises
    ------
    Invalid
        For NaN, infinities, integers that are no doubles and anything that is not JSON.

    >>> canonical({"b": 1.0, "a": [True, None, 1e21]})
    b'{"a":[true,null,1e+21],"b":1}'
    """
    try:
        return _text(value).encode()
    except UnicodeEncodeError as error:
        raise Invalid("half a surrogate pair is no text") from error


def _text(value: object) -> str:
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        if abs(value) > _EXACT and not _is_double(value):
            raise Invalid(f"{value} is no double; write it as text")
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        pairs = sorted(_pairs(value), key=lambda pair: pair[0].encode("utf-16-be"))
        return "{" + ",".join(f"{_text(key)}:{_text(item)}" for key, item in pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_text(item) for item in value) + "]"
    raise Invalid(f"{type(value).__name__} is not a JSON value")


def _pairs(value: Mapping[object, object]) -> list[tuple[str, object]]:
    if not all(isinstance(key, str) for key in value):
        raise Invalid("the names in a JSON object are texts")
    return [(str(key), item) for key, item in value.items()]


def _is_double(value: int) -> bool:
    return abs(value) < 10**21 and _number(float(value)) == str(value)


def _number(value: float) -> str:
    """Return the number as ECMAScript prints it (ECMA-262, Number::toString)."""
    if not math.isfinite(value):
        raise Invalid(f"{value} is not a JSON number")
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits)).rstrip("0")
    point = len(digits) + exponent
    minus = "-" if sign else ""
    if len(text) <= point <= 21:
        return minus + text + "0" * (point - len(text))
    if 0 < point <= 21:
        return f"{minus}{text[:point]}.{text[point:]}"
    if -6 < point <= 0:
        return f"{minus}0.{'0' * -point}{text}"
    power = f"{'+' if point > 0 else '-'}{abs(point - 1)}"
    fraction = f".{text[1:]}" if len(text) > 1 else ""
    return f"{minus}{text[0]}{fraction}e{power}"


def utc_text(at: datetime) -> str:
    """Return a moment as ISO 8601 in UTC with exactly six decimals."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
