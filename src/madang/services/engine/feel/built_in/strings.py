"""Built-in functions on strings (DMN 1.5, table 73); places count characters, not bytes."""

from __future__ import annotations

import re
from decimal import Decimal

from madang.services.engine.feel.built_in.signature import builtin
from madang.services.engine.feel.values import FeelError, whole
from madang.services.engine.feel.xpath_regex import compiled

LONGEST_RESULT = 10_000_000  # characters


@builtin("substring", "string: string, start position: number, length?: number")
def substring(text: str, start: Decimal, length: Decimal | None = None) -> str:
    """Return the part that begins at a place, counted from 1, or from the end below 0."""
    at = whole(start)
    if at == 0 or abs(at) > len(text):
        raise FeelError(f"substring: there is no position {at} in {len(text)} characters")
    begin = at - 1 if at > 0 else len(text) + at
    if length is None:
        return text[begin:]
    if length < 1:
        raise FeelError("substring: length must be at least 1")
    return text[begin : begin + whole(length)]


@builtin("string length", "string: string")
def string_length(text: str) -> Decimal:
    """Return the number of characters."""
    return Decimal(len(text))


@builtin("upper case", "string: string")
def upper_case(text: str) -> str:
    """Return the text in capitals."""
    return text.upper()


@builtin("lower case", "string: string")
def lower_case(text: str) -> str:
    """Return the text in small letters."""
    return text.lower()


@builtin("substring before", "string: string, match: string")
def substring_before(text: str, match: str) -> str:
    """Return what stands before the first match, nothing where there is none."""
    return text.partition(match)[0] if match and match in text else ""


@builtin("substring after", "string: string, match: string")
def substring_after(text: str, match: str) -> str:
    """Return what stands behind the first match, nothing where there is none."""
    if not match:
        return text
    return text.partition(match)[2]


@builtin("contains", "string: string, match: string")
def contains(text: str, match: str) -> bool:
    """Return whether the match stands anywhere."""
    return match in text


@builtin("starts with", "string: string, match: string")
def starts_with(text: str, match: str) -> bool:
    """Return whether the text begins with the match."""
    return text.startswith(match)


@builtin("ends with", "string: string, match: string")
def ends_with(text: str, match: str) -> bool:
    """Return whether the text ends with the match."""
    return text.endswith(match)


@builtin("matches", "input: string, pattern: string, flags?: string")
def matches(text: str, pattern: str, flags: str | None = None) -> bool:
    """Return whether the pattern is found anywhere."""
    return compiled(pattern, flags or "").search(text) is not None


@builtin("replace", "input: string, pattern: string, replacement: string, flags?: string")
def replace(text: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    """Return the text with every match replaced; `$1` is the first group."""
    found = compiled(pattern, flags or "")
    if found.search("") is not None:
        raise FeelError("replace: the pattern matches nothing at all")
    parts = [replacement] if "q" in (flags or "") else _parts(replacement, found.groups)

    def filled(match: re.Match[str]) -> str:
        return "".join(p if isinstance(p, str) else (match.group(p) or "") for p in parts)

    return found.sub(filled, text)


def _parts(replacement: str, groups: int) -> list[str | int]:
    parts: list[str | int] = []
    at = 0
    while at < len(replacement):
        char = replacement[at]
        if char == "\\":
            following = replacement[at + 1 : at + 2]
            if following not in ("\\", "$"):
                raise FeelError("replace: a backslash stands before $ or another one")
            parts.append(following)
            at += 2
        elif char == "$":
            number, at = _group_number(replacement, at + 1, groups)
            parts.append(number if number <= groups else "")
        else:
            parts.append(char)
            at += 1
    return parts


def _group_number(replacement: str, at: int, groups: int) -> tuple[int, int]:
    if not replacement[at : at + 1].isdigit():
        raise FeelError("replace: $ is followed by the number of a group")
    number = int(replacement[at])
    at += 1
    while replacement[at : at + 1].isdigit() and number * 10 + int(replacement[at]) <= groups:
        number = number * 10 + int(replacement[at])
        at += 1
    return number, at


@builtin("split", "string: string, delimiter: string")
def split(text: str, delimiter: str) -> list[str]:
    """Return the parts between the matches of a pattern."""
    pattern = compiled(delimiter)
    parts, at = [], 0
    for match in pattern.finditer(text):
        if match.end() == match.start() and match.start() in (0, len(text)):
            continue
        parts.append(text[at : match.start()])
        at = match.end()
    return [*parts, text[at:]]


@builtin(
    "string join",
    "list: list, delimiter?: string, prefix?: string, suffix?: string",
)
def string_join(
    items: list[str | None],
    delimiter: str | None = None,
    prefix: str | None = None,
    suffix: str | None = None,
) -> str:
    """Return the strings in one; null ones are left out."""
    strings = [item for item in items if item is not None]
    if not all(isinstance(item, str) for item in strings):
        raise FeelError("string join: the list holds something else than strings")
    joined = (delimiter or "").join(strings)
    if len(joined) > LONGEST_RESULT:
        raise FeelError("string join: the result is too long")
    return (prefix or "") + joined + (suffix or "")
