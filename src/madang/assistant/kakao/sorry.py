"""What is shown where an answer cannot be given: words, and the city's number to call."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

from madang.assistant.engine.dialogue import Line
from madang.assistant.kakao.cards import apology
from madang.city.api import Profile, profile
from madang.kernel.language_marks import unmarked


def sorry(text: str, city: Profile | None = None) -> dict[str, Any]:
    """Return an apology with the numbers of the city's line."""
    where = city or profile()
    language = get_language() or where.city.default_language
    lines = [
        Line(one.number, unmarked(where.text(one.names, language)))
        for one in where.city.phones.numbers
        if one.city_line
    ]
    return apology(text, lines)
