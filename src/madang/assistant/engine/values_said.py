"""Values of facts as people say them: choices, yes and no, numbers and money."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from madang.assistant.engine.cues import Cues

_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_MONEY = re.compile(
    rf"(?:(?P<eok>{_NUMBER})\s?억\s?)?(?:(?P<cheon>{_NUMBER})\s?천\s?(?=만|\s|원|$))?"
    rf"(?:(?P<man>{_NUMBER})?\s?만\s?)?(?P<won>{_NUMBER})?\s?(?:원|won\b|krw\b)?"
)
_MILLION = re.compile(rf"(?P<n>{_NUMBER})\s?(?P<unit>million|billion|m\b|bn\b)")
_BETWEEN = re.compile(
    r"[\s:=]*(?:은|는|이|가|을|를|도|금은?|약|대략|is|of|was|are|about|around|at)?[\s:=]*(?:약|about|around)?\s*"
)
"""What may stand between the words that say what a number is, and the number."""

_NEAR = 30


@dataclass(frozen=True, slots=True)
class FactCues:
    """How the values of a fact are said.

    values: by value. after: words that a number follows. near: words that a date stands near.
    """

    values: Cues | None = None
    after: re.Pattern[str] | None = None
    near: re.Pattern[str] | None = None


def value_said(text: str, cues: FactCues) -> str:
    """Return the value that a folded text says; empty where it says none, or several.

    What is denied counts before what is said: ``no bulky waste`` holds both.
    """
    if cues.values is None:
        return ""
    found = cues.values.found(text)
    if "no" in found:
        return "no"
    return found[0] if found else ""


def number_said(text: str, cues: FactCues) -> int | None:
    """Return the number that follows a fact's words in a folded text; None where none does."""
    if cues.after is None:
        return None
    for match in cues.after.finditer(text):
        found = amount(text[match.end() : match.end() + _NEAR])
        if found is not None:
            return found
    return None


def amount(text: str) -> int | None:
    """Return the first number of a text, in words for large ones or in signs; None for none.

    Examples
    --------
    >>> amount("3억 5천만 원"), amount("은 50만원"), amount("300 million won"), amount("1억 2,000")
    (350000000, 500000, 300000000, 120000000)
    """
    start = re.search(r"\d", text)
    if start is None or not _BETWEEN.fullmatch(text[: start.start()]):
        return None
    rest = text[start.start() :]
    if found := _MILLION.match(rest):
        scale = 1_000_000 if found["unit"] in ("million", "m") else 1_000_000_000
        return round(_value(found["n"]) * scale)
    parts = _MONEY.match(rest)
    if parts is None or not any(parts.groups()):
        return None
    return _sum(parts.groupdict(), has_man="만" in parts[0])


def _sum(parts: Mapping[str, str | None], *, has_man: bool) -> int:
    eok, cheon, man, won = (parts[name] for name in ("eok", "cheon", "man", "won"))
    total = _value(eok) * 1e8
    total += _value(cheon) * (1e7 if has_man or eok else 1e3)
    total += _value(man) * 1e4
    after_eok = eok and won and not has_man and _value(won) < 10_000
    return round(total + _value(won) * (1e4 if after_eok else 1))


def _value(text: str | None) -> float:
    return float(text.replace(",", "")) if text else 0.0
