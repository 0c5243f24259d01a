"""FEEL text cut into tokens."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from madang.services.engine.feel.values import FeelError

LONGEST_TEXT = 200_000  # characters of one expression

# The grammar's rules 28 (name start char), 29 (name part char) and 61 (white space).
_START = (
    "?A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
_SPACE = (
    "\u0009-\u000d\u0020\u0085\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_TOKEN = re.compile(
    rf"(?P<space>[{_SPACE}]+|//[^\n\r]*|/\*(?:.|\n)*?\*/)"
    rf"|(?P<num>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+(?![{_PART}]))?)"
    r'|(?P<at>@"[^"\n]*")'
    r'|(?P<str>"(?:\\.|[^"\\])*")'
    rf"|(?P<name>[{_START}][{_PART}]*)"
    r"|(?P<op>\.\.|\*\*|!=|<=|>=|->|[^\"])",
    re.ASCII | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Token:
    """One token: what it is, its text, and where it stands."""

    kind: str
    text: str
    start: int
    end: int


class InvalidExpression(FeelError):
    """A text is no FEEL."""


def tokens(text: str) -> list[Token]:
    """Return the tokens of a text, with one of the kind `end` behind the last."""
    if len(text) > LONGEST_TEXT:
        raise InvalidExpression(f"longer than {LONGEST_TEXT} characters")
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise InvalidExpression(f"a string is not closed (character {at + 1})")
        label = match.lastgroup or "op"
        # A decimal number cannot begin with its point right behind something that has members.
        if label == "num" and text[at] == "." and found and _has_members(found[-1]):
            found.append(Token("op", ".", at, at + 1))
            at += 1
            continue
        if label != "space":
            found.append(Token(label, match.group(), at, match.end()))
        at = match.end()
    found.append(Token("end", "", at, at))
    return found


def _has_members(token: Token) -> bool:
    return token.kind in ("name", "str", "at") or token.text in (")", "]", "}")


def string_value(text: str) -> str:
    """Return what a string literal, quotes included, stands for."""
    plain = _ESCAPE.sub(_unescaped, text[1:-1]) if "\\" in text else text[1:-1]
    if any("\ud800" <= char <= "\udfff" for char in plain):
        plain = plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return plain


def _unescaped(match: re.Match[str]) -> str:
    escape = match.group(1)
    if escape[0] in "uU" and len(escape) > 1:
        code = int(escape[1:], 16)
        return chr(code) if code <= 0x10FFFF else "\ufffd"
    return _ESCAPED.get(escape, match.group())


@functools.lru_cache(maxsize=4096)
def name_tokens(name: str) -> tuple[str, ...]:
    """Return a name as the texts of its tokens, so that white space in it does not count."""
    try:
        return tuple(token.text for token in tokens(name) if token.kind != "end")
    except InvalidExpression:
        return (name,)


def plain_name(name: str) -> str:
    """Return a name with its white space made single."""
    return " ".join(name.split())
