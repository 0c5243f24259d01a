"""Values of a notice that depend on the reader's language: kept as data, worded when it is sent.

A value is text, a number, or one of these: a unit of the city, names by language, a moment, a text
of a catalogue, a number with decimals.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from madang.city.api import profile
from madang.kernel.errors import Invalid, NotFound

Value = str | int | float | None | dict[str, Any]
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
PERSONAL = "@@"  # marks the places of personal links; no value may hold it


def unit(code: str) -> Value:
    """Return a value that reads as the unit's name; the whole city for an empty code."""
    return {"unit": code}


def names(texts: Mapping[str, str]) -> Value:
    """Return a value that reads as the text in the reader's language, or its fallback."""
    return {"names": dict(texts)}


def moment(at: datetime) -> Value:
    """Return a value that reads as day and time by the city's calendar and clock."""
    return {"moment": at.isoformat()}


def message(text: str) -> Value:
    """Return a value that reads as a text of the catalogues (mark it with `gettext_noop`)."""
    return {"message": text}


def number(value: float, decimals: int) -> Value:
    """Return a value that reads as a number in the city's way."""
    return {"number": value, "decimals": decimals}


def worded(value: Value, language: str) -> str | int | float | None:
    """Return the value in words; the language is active while this runs."""
    if isinstance(value, str):
        return clean(value)
    if not isinstance(value, dict):
        return value
    return clean(_worded(value, language))


def _worded(value: Mapping[str, Any], language: str) -> str:
    city = profile()
    if "unit" in value:
        return _unit_name(value["unit"], language)
    if "names" in value:
        return city.text(value["names"], language)
    if "moment" in value:
        at = datetime.fromisoformat(value["moment"])
        day = city.date_text(city.local(at).date(), language)
        return f"{day} {city.time_text(at, language)}"
    if "message" in value:
        found: str = value["message"]
        return gettext(found)
    if "number" in value:
        from decimal import Decimal

        return city.number_text(Decimal(repr(value["number"])), decimals=value["decimals"])
    raise Invalid(f"no value of a notice has the form {sorted(value)}")


def _unit_name(code: str, language: str) -> str:
    city = profile()
    if not code:
        return city.name(language)
    try:
        return city.unit(code).name(language)
    except NotFound:  # a unit of an older profile
        return code


def clean(text: str) -> str:
    """Return a value without control characters and without marks of personal places."""
    return _CONTROL.sub(" ", text).replace(PERSONAL, "@")
