"""The names an expression may use, and the longest of them that stands at a place.

A name of FEEL may hold spaces and the characters `. / - ' + *`; where it ends can only be told by
knowing which names there are.
"""

from __future__ import annotations

from collections.abc import Iterable

from madang.services.engine.feel.tokens import Token, name_tokens

JOINTS = frozenset("./-'+*")
Found = tuple[str, int]


class Names:
    """Names in force here, inside names in force around."""

    __slots__ = ("_by_first", "parent")

    def __init__(self, names: Iterable[str] = (), parent: Names | None = None) -> None:
        self._by_first: dict[str, dict[tuple[str, ...], str]] = {}
        self.parent = parent
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Make one more name known here."""
        parts = name_tokens(name)
        if parts:
            self._by_first.setdefault(parts[0], {}).setdefault(parts, name)

    def inner(self, names: Iterable[str]) -> Names:
        """Return these names inside mine."""
        return Names(names, self)

    def all(self) -> set[str]:
        """Return every name known here and around."""
        found = {name for group in self._by_first.values() for name in group.values()}
        return found | self.parent.all() if self.parent else found

    def longest(self, tokens: list[Token], at: int) -> Found | None:
        """Return the longest known name that begins at a token, with its number of tokens."""
        best: Found | None = None
        scope: Names | None = self
        while scope is not None:
            for parts, name in scope._by_first.get(tokens[at].text, {}).items():
                size = len(parts)
                if (best is None or size > best[1]) and _stands(parts, tokens, at):
                    best = (name, size)
            scope = scope.parent
        return best


def _stands(parts: tuple[str, ...], tokens: list[Token], at: int) -> bool:
    if at + len(parts) >= len(tokens) + 1:
        return False
    return all(tokens[at + i].text == part for i, part in enumerate(parts) if i) and (
        tokens[at].kind == "name" or len(parts) > 1
    )


def declared_until(tokens: list[Token], at: int, ends: frozenset[str]) -> int | None:
    """Return where a new name that begins at a token ends, before one of `ends`; None if none."""
    if tokens[at].kind != "name":
        return None
    here = at
    while tokens[here].text not in ends or tokens[here].kind == "str":
        token = tokens[here]
        if token.kind not in ("name", "num") and token.text not in JOINTS:
            return None
        here += 1
    return here if here > at else None


def keys_written(tokens: list[Token]) -> set[str]:
    """Return the keys of contexts written anywhere in an expression, by their looks."""
    found: set[str] = set()
    for i, token in enumerate(tokens):
        if token.text in ("{", ",") and token.kind == "op":
            end = declared_until(tokens, i + 1, frozenset(":"))
            if end is not None:
                found.add(text_between(tokens, i + 1, end))
    return found


def text_between(tokens: list[Token], at: int, end: int) -> str:
    """Return the name that some tokens spell, single spaces where they were apart."""
    text = ""
    for i in range(at, end):
        apart = i > at and tokens[i].start > tokens[i - 1].end
        text += (" " if apart else "") + tokens[i].text
    return text
