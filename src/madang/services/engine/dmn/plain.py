"""Values of FEEL from plain ones (JSON, text), guided by types, and back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from madang.services.engine.feel.date_text import (
    read_date,
    read_date_time,
    read_duration,
    read_time,
)
from madang.services.engine.feel.text import literal, moment_text
from madang.services.engine.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS_TIME,
    NUMBER,
    STRING,
    TIME,
    YEARS_MONTHS,
    ContextOf,
    ListOf,
    Type,
)
from madang.services.engine.feel.values import NUMBERS, FeelError

LARGEST_EXACT = 2**53  # whole numbers that every reader of JSON keeps


class Unfit(Exception):
    """A plain value does not fit where it stands; `path` says where."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.reason = message


_READERS: dict[Type, Callable[[str], Any]] = {
    DATE: read_date,
    TIME: read_time,
    DATE_TIME: read_date_time,
    DAYS_TIME: read_duration,
    YEARS_MONTHS: read_duration,
}


def from_plain(value: Any, type_: Type, path: str) -> Any:
    """Return the value of FEEL for a value of JSON; entries that are not there become null."""
    bare = type_.bare()
    if value is None:
        return None
    if isinstance(value, list):
        item = bare.item if isinstance(bare, ListOf) else bare
        return [from_plain(one, item, f"{path}[{i}]") for i, one in enumerate(value)]
    if isinstance(bare, ListOf):
        return [from_plain(value, bare.item, path)]
    if isinstance(value, dict):
        return _context(value, bare, path)
    return _scalar(value, bare, path)


def _context(value: dict[str, Any], bare: Type, path: str) -> dict[str, Any]:
    fields = bare.fields if isinstance(bare, ContextOf) else {}
    if bare in (NUMBER, STRING, BOOLEAN, *_READERS):
        raise Unfit(path, f"an object, but a {bare.name} is wanted")
    found = {str(key): from_plain(one, fields.get(key, ANY), f"{path}.{key}")
             for key, one in value.items()}  # fmt: skip
    return found | {key: None for key in fields if key not in value}


def _scalar(value: Any, bare: Type, path: str) -> Any:
    if isinstance(bare, ContextOf):
        raise Unfit(path, f"{value!r} is no object, but a {bare.name} is wanted")
    if isinstance(value, str) and bare in _READERS:
        try:
            found = _READERS[bare](value)
        except FeelError as error:
            raise Unfit(path, str(error)) from error
    else:
        found = _number(value, path)
    if bare in (NUMBER, STRING, BOOLEAN, *_READERS) and not bare.has(found):
        raise Unfit(path, f"{value!r} is no {bare.name}")
    return found


def _number(value: Any, path: str) -> Any:
    if isinstance(value, bool | str):
        return value
    try:
        found = NUMBERS.create_decimal(str(value) if isinstance(value, float) else value)
    except (InvalidOperation, TypeError, ValueError) as error:
        raise Unfit(path, f"{value!r} is no value of FEEL") from error
    if not found.is_finite():
        raise Unfit(path, f"{value!r} is no number")
    return found


def to_plain(value: Any) -> Any:
    """Return a value for JSON: dates and durations as ISO text, ranges and functions as FEEL."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal):
        return _plain_number(value)
    if isinstance(value, list):
        return [to_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    moment = moment_text(value)
    return moment if moment is not None else literal(value)


def _plain_number(value: Decimal) -> int | float:
    if value == value.to_integral_value() and abs(value) <= LARGEST_EXACT:
        return int(value)
    return float(value)
