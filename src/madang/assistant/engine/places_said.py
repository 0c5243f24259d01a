"""Places as people say them: which, and whether one comes from there, goes there or lives there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Role = Literal["from", "to", "at", ""]

_AFTER = (
    (
        "from",
        re.compile(
            r"\s?(?:에서|서|부터)(?!\s?(?:살|거주|사는|사업|장사|열|운영))|\s?(?:출발|→|->|~)"
        ),
    ),
    (
        "to",
        re.compile(
            r"\s?(?:으로|로|에|까지)\s?(?:이사|옮|가|갑|갈|간|전입|들어|입주|넘어|와|왔|올)"
        ),
    ),
    (
        "at",
        re.compile(
            r"\s?(?:에서|에|서)\s?(?:살|거주|사는|있|사업|장사|열|운영|개업)|\s?(?:주민|사람|거주|살)"
        ),
    ),
    ("to", re.compile(r"\s?(?:으로|로)(?![가-힣])|\s?(?:으로|로)\s")),
    ("at", re.compile(r"\s?에(?![가-힣])")),
)
_BEFORE = (
    ("from", re.compile(
        r"\b(?:from|out of|leaving|leave|old (?:home|place) (?:is |was )?in)\s+(?:the\s+)?$")),
    ("to", re.compile(
        r"\b(?:to|into|towards?|new (?:home|place|house|flat|apartment) (?:is |will be )?in)\s+"
        r"(?:the\s+)?$|(?:→|->|~)\s?$")),
    ("to", re.compile(
        r"(?:이사\s?(?:갈|가는)\s?곳|새\s?집|도착지?|가는\s?곳|옮길\s?곳)[은는이가]?\s?$")),
    ("from", re.compile(
        r"(?:지금\s?사는\s?곳|살던\s?곳|현재\s?집|출발지?|지금\s?집)[은는이가]?\s?$")),
    ("at", re.compile(r"\b(?:in|at|near|around|of|live in|living in|based in)\s+(?:the\s+)?$")),
)  # fmt: skip
_ENDING = r"(?:-?gu|구)?"


@dataclass(frozen=True, slots=True)
class PlaceSaid:
    """A place in a text: `name` as the caller knows it."""

    start: int
    end: int
    name: str
    role: Role


def places_said(text: str, forms: Mapping[str, str]) -> list[PlaceSaid]:
    """Return the places of a folded text in its order.

    Parameters
    ----------
    forms : what a place is called, folded and without endings for districts, by what to return.

    Examples
    --------
    >>> forms = {"강남": "Gangnam", "마포": "Mapo", "gangnam": "Gangnam", "mapo": "Mapo"}
    >>> [(one.name, one.role) for one in places_said("강남구에서 마포로 이사해요", forms)]
    [('Gangnam', 'from'), ('Mapo', 'to')]
    >>> [(one.name, one.role) for one in places_said("moving from gangnam-gu to mapo", forms)]
    [('Gangnam', 'from'), ('Mapo', 'to')]
    """
    found = []
    for match in _pattern(tuple(sorted(forms, key=len, reverse=True))).finditer(text):
        found.append(
            PlaceSaid(match.start(), match.end(), forms[match["name"]], _role(text, match))
        )
    return found


def _role(text: str, match: re.Match[str]) -> Role:
    before, after = text[: match.start()], text[match.end() :]
    for role, pattern in _BEFORE:
        if pattern.search(before):
            return role  # type: ignore[return-value]
    for role, pattern in _AFTER:
        if pattern.match(after):
            return role  # type: ignore[return-value]
    return ""


@lru_cache(maxsize=8)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    latin = "|".join(re.escape(name) for name in names if name.isascii())
    other = "|".join(re.escape(name) for name in names if not name.isascii())
    parts = []
    if latin:
        parts.append(rf"(?<![a-z])(?:{latin})(?=-?gu\b|\b)")
    if other:
        parts.append(rf"(?<![가-힣])(?:{other})")
    return re.compile(rf"(?P<name>{'|'.join(parts) or '(?!)'}){_ENDING}")
