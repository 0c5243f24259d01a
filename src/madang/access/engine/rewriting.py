"""Texts put into an SQL statement, with their values at the right places among the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Insertion:
    """A text that replaces what stands from `start` to `end`.

    `marks` counts the statement's own placeholders before it; `closing` is a second text, without
    values, with its place.
    """

    start: int
    end: int
    marks: int
    text: str
    values: tuple[Any, ...] = ()
    closing: tuple[int, str] | None = None


def inserted(
    sql: str, params: Any, insertions: Iterable[Insertion], *, many: bool = False
) -> tuple[str, Any]:
    """Return the statement and its values with all insertions made.

    Parameters
    ----------
    params : values by position; with `many` a sequence of such; None for a statement without.

    >>> one = Insertion(14, 15, 0, "(SELECT id FROM t WHERE u = %s) t", ("kim",))
    >>> inserted("SELECT 1 FROM t WHERE id = %s", [7], [one])
    ('SELECT 1 FROM (SELECT id FROM t WHERE u = %s) t WHERE id = %s', ['kim', 7])
    """
    made = sorted(insertions, key=lambda one: (one.start, one.end))
    pieces = [(one.start, one.end, one.text) for one in made]
    pieces += [(one.closing[0], one.closing[0], one.closing[1]) for one in made if one.closing]
    pieces.sort(key=lambda piece: piece[0])
    has_values = params is not None
    text, at = [], 0
    for start, end, new in pieces:
        text += [_literal(sql[at:start], has_values), new]
        at = end
    text.append(_literal(sql[at:], has_values))
    if many:
        return "".join(text), [_with(values, made) for values in params]
    return "".join(text), _with(params or (), made)


def _literal(text: str, has_values: bool) -> str:
    """Return a text as it reads once values are filled in: without values, ``%`` is just a sign."""
    return text if has_values else text.replace("%", "%%")


def _with(params: Sequence[Any], insertions: Sequence[Insertion]) -> list[Any]:
    values, taken = [], 0
    for one in insertions:
        values += [*params[taken : one.marks], *one.values]
        taken = one.marks
    return [*values, *params[taken:]]
