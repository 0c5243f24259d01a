"""Cues in words: which patterns of a lexicon stand in a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")


@dataclass(frozen=True)
class Cues:
    """Patterns by name; a name's patterns are alternatives, `without` those that undo it."""

    patterns: Mapping[str, re.Pattern[str]]
    without: Mapping[str, re.Pattern[str]] = field(default_factory=dict)

    def found(self, text: str) -> list[str]:
        """Return the names whose patterns stand in a folded text, in the lexicon's order."""
        return [name for name in self.patterns if self.stands(name, text)]

    def first(self, text: str) -> str:
        """Return the first of them; empty for none."""
        return next((name for name in self.patterns if self.stands(name, text)), "")

    def stands(self, name: str, text: str) -> bool:
        """Return whether a name's patterns stand in a text, and none that undoes them."""
        pattern = self.patterns.get(name)
        if pattern is None or not pattern.search(text):
            return False
        undone = self.without.get(name)
        return undone is None or not undone.search(text)

    def stripped(self, text: str, names: Iterable[str]) -> str:
        """Return a text without what the patterns of some names match."""
        for name in names:
            if name in self.patterns:
                text = self.patterns[name].sub(" ", text)
        return " ".join(text.split())


def cues_of(
    lists: Mapping[str, Sequence[str]], without: Mapping[str, Sequence[str]] | None = None
) -> Cues:
    """Return cues from lists of patterns.

    A pattern is a regular expression over folded text. One that begins with a Latin letter stands
    at the beginning of a word, one that ends with one at the end of a word; Korean words carry
    endings, so theirs stand anywhere.

    Raises
    ------
    re.error
        If one is no regular expression.

    Examples
    --------
    >>> cues_of({"fee": ["how much", "얼마"]}).found("and how much is it")
    ['fee']
    >>> cues_of({"fee": ["cost"]}).found("costume")
    []
    """
    compiled = {name: _alternatives(patterns) for name, patterns in lists.items() if patterns}
    undo = {name: _alternatives(patterns) for name, patterns in (without or {}).items()}
    return Cues(compiled, undo)


def _alternatives(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{_bounded(one)})" for one in patterns))


def _bounded(pattern: str) -> str:
    start = r"\b" if _LATIN.match(pattern) else ""
    end = r"\b" if _LATIN.match(pattern[-1]) else ""
    return f"{start}{pattern}{end}"
