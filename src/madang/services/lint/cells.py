"""A column of a table cut into pieces within which no cell can tell values apart.

Each piece is stood for by one value, on which the cells are run as they are: what is found is
exact wherever cells compare the column with constants (numbers, days, texts, truths, parameters).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from madang.services.engine.feel import syntax
from madang.services.engine.feel.compiler import Compiler
from madang.services.engine.feel.dates import Date, from_ordinal
from madang.services.engine.feel.expression import Tests, unary_tests
from madang.services.engine.feel.values import Env, FeelError, Notes
from madang.services.lint.written import names_in

OTHER = "~"  # a text that no cell names
_HALF = Decimal("0.5")


class NotAnalysable(Exception):
    """A cell does more than compare its column with constants."""


@dataclass(frozen=True)
class Column:
    """A column: one value for each piece, and for each of them the rows that hold, as bits."""

    label: str
    values: tuple[Any, ...]
    held: tuple[int, ...]


@dataclass(frozen=True)
class Domain:
    """What limits the values of a column.

    type: type in FEEL.
    allowed: texts of unary tests, each of which must hold.
    only: the values there are, where they are counted.
    whole: whether numbers are whole.
    """

    type: str
    allowed: tuple[str, ...] = ()
    only: tuple[Any, ...] | None = None
    whole: bool = False


def column_of(label: str, cells: list[str], domain: Domain, known: Mapping[str, Any]) -> Column:
    """Return a column cut into pieces.

    Parameters
    ----------
    cells
        Unary tests, one for each row.
    known
        Values of FEEL of the names that cells may compare with: parameters in force.

    Raises
    ------
    NotAnalysable
        If a cell is more than a comparison with constants, or the type has no pieces.
    """
    names = tuple(known)
    tests = [None if cell in ("", "-") else unary_tests(cell, names) for cell in cells]
    limits = [unary_tests(text, names) for text in domain.allowed]
    constants = [value for test in (*tests, *limits) if test for value in _constants(test, known)]
    env = Env(dict(known), None, Notes())
    values = [
        value
        for value in _pieces(domain, constants)
        if all(test.holds(env, value) is True for test in limits)
    ]
    held = tuple(
        sum(1 << n for n, test in enumerate(tests) if test is None or test.holds(env, v) is True)
        for v in values
    )
    return Column(label, tuple(values), held)


def _constants(test: Tests, known: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the constants of a cell; raise where it is more than that."""
    tree = test.tree
    if not isinstance(tree, syntax.UnaryTests):
        raise NotAnalysable(test.text)
    for one in tree.tests:
        if isinstance(one, syntax.OpTest):
            yield from _value(one.end, known, test.text)
        elif one.about_input:
            raise NotAnalysable(test.text)
        else:
            for part in _ends(one.expression):
                yield from _value(part, known, test.text)


def _ends(node: syntax.Node) -> Iterator[syntax.Node]:
    if isinstance(node, syntax.RangeOfNodes):
        yield from (end for end in (node.low, node.high) if end is not None)
    elif isinstance(node, syntax.ListOfNodes):
        for item in node.items:
            yield from _ends(item)
    else:
        yield node


def _value(node: syntax.Node, known: Mapping[str, Any], text: str) -> Iterator[Any]:
    if any(name not in known for name in names_in(node)):
        raise NotAnalysable(text)
    notes = Notes()
    try:
        value = Compiler().closure(node)(Env(dict(known), None, notes))
    except FeelError as error:
        raise NotAnalysable(text) from error
    if notes.texts:
        raise NotAnalysable(text)
    yield from value if isinstance(value, list) else [value]


def _pieces(domain: Domain, constants: Iterable[Any]) -> list[Any]:
    found = [value for value in constants if value is not None]
    if domain.only is not None:
        return list(domain.only)
    if domain.type == "boolean":
        return [True, False]
    if domain.type == "number":
        return _of_numbers([v for v in found if isinstance(v, Decimal)], whole=domain.whole)
    if domain.type == "date":
        return _of_days([value for value in found if isinstance(value, Date)])
    if domain.type == "string":
        return [*dict.fromkeys(v for v in found if isinstance(v, str)), OTHER]
    raise NotAnalysable(domain.type)


def _of_numbers(constants: list[Decimal], *, whole: bool) -> list[Any]:
    ends = sorted(set(constants))
    if whole:
        near = {end.to_integral_value() + step for end in ends for step in (-1, 0, 1)}
        return sorted(near) or [Decimal(0)]
    if not ends:
        return [Decimal(0)]
    found = [ends[0] - 1]
    for here, there in zip(ends, [*ends[1:], None], strict=True):
        found += [here, here + 1 if there is None else (here + there) * _HALF]
    return found


def _of_days(constants: list[Date]) -> list[Any]:
    days = {end.ordinal + step for end in constants for step in (-1, 0, 1)}
    return [from_ordinal(day) for day in sorted(days)] or [from_ordinal(0)]
