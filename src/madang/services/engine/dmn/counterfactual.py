"""The nearest change of a single fact that would have led to another outcome.

Candidates are the thresholds of the tables that the decision rests on, one step to either side of
each; numbers and dates are also probed in growing steps and then halved in, for thresholds that
lie behind a calculation. Every candidate is evaluated: what is returned has been tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from madang.services.engine.dmn.model import Node
from madang.services.engine.dmn.program import Outcome, Program
from madang.services.engine.dmn.reach import Path, facts_under, tables_under, with_fact
from madang.services.engine.feel import syntax
from madang.services.engine.feel.compiler import Compiler
from madang.services.engine.feel.dates import Date, from_ordinal
from madang.services.engine.feel.expression import unary_tests
from madang.services.engine.feel.values import MISSING, Env, FeelError, Notes

MOST_TRIALS = 3000
_DOUBLINGS = 24  # a number is probed up to 2^24 of its steps away, a date about 40,000 years
_DAYS_OF_A_YEAR = 365  # one year of a date weighs as much as a doubling of a number


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """One fact that is otherwise, and what follows; `distance` is relative to the fact's size."""

    path: Path
    value: Any
    instead: Any
    outcome: Any
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    distance: float


class _Trials:
    """Evaluates a decision for changed facts, up to a bound."""

    def __init__(self, program: Program, node: Node, facts: dict[str, Any], now: Any) -> None:
        self.program, self.node, self.facts, self.now = program, node, facts, now
        self.left = MOST_TRIALS
        self.actual = _seen(self._run(facts), node.name)

    def _run(self, facts: dict[str, Any]) -> Outcome:
        return self.program.evaluate(facts, [self.node.name], now=self.now, trace=True)

    def changed(self, path: Path, value: Any) -> Any:
        """Return what is seen with another fact, MISSING where it is the same or all is tried."""
        if self.left <= 0:
            return MISSING
        self.left -= 1
        seen = _seen(self._run(with_fact(self.facts, path, value)), self.node.name)
        return MISSING if seen[0] == self.actual[0] or seen[0] is None else seen


def _seen(outcome: Outcome, name: str) -> tuple[Any, tuple[tuple[str, tuple[int, ...]], ...]]:
    return outcome.values[name], tuple((hit.owner, hit.rows) for hit in outcome.hits)


def nearest_counterfactual(
    program: Program, name: str, facts: dict[str, Any], now: Any = None
) -> Counterfactual | None:
    """Return the nearest change of one fact that changes a decision; None where none was found."""
    node = program.by_name[name]
    trials = _Trials(program, node, facts, now)
    by_column = _thresholds(program, node)
    used = facts_under(program, node, facts)
    columns = {path_text(path) for path in used}
    # a column that looks at no fact itself looks at something reckoned from facts
    behind = [one for name, found in by_column.items() if name not in columns for one in found]
    best: Counterfactual | None = None
    for path, value in used.items():
        found = _nearest_of(trials, path, value, by_column.get(path_text(path), behind))
        if found is not None and (best is None or found.distance < best.distance):
            best = found
    return best


def _nearest_of(
    trials: _Trials, path: Path, value: Any, thresholds: list[Any]
) -> Counterfactual | None:
    candidates = sorted(
        ((_distance(value, one), i, one) for i, one in enumerate(_candidates(value, thresholds))),
        key=lambda item: item[:2],
    )
    best: Counterfactual | None = None
    for distance, _, instead in candidates:
        seen = trials.changed(path, instead)
        if seen is not MISSING:
            best = Counterfactual(path, value, instead, seen[0], seen[1], distance)
            break
    for instead in _probed(trials, path, value):
        distance = _distance(value, instead)
        if best is None or distance < best.distance:
            seen = trials.changed(path, instead)
            if seen is not MISSING:
                best = Counterfactual(path, value, instead, seen[0], seen[1], distance)
    return best


def _distance(value: Any, other: Any) -> float:
    if isinstance(value, Decimal) and isinstance(other, Decimal):
        return float(abs(other - value) / max(abs(value), Decimal(1)))
    if isinstance(value, Date) and isinstance(other, Date):
        return abs(other.ordinal - value.ordinal) / _DAYS_OF_A_YEAR
    return 1.0


def _candidates(value: Any, thresholds: list[Any]) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value
        return
    for threshold in thresholds:
        if value is None or type(threshold) is type(value):
            for one in (threshold, *_beside(threshold, value)):
                if one != value:
                    yield one
    if value is None:
        yield from (True, False)


def _step(*numbers: Any) -> Decimal:
    """Return the least step that the numbers are written in."""
    exponents = [n.normalize().as_tuple().exponent for n in numbers if isinstance(n, Decimal)]
    least = min((e for e in exponents if isinstance(e, int)), default=0)
    return Decimal(1).scaleb(min(least, 0))


def _beside(threshold: Any, value: Any) -> tuple[Any, ...]:
    try:
        if isinstance(threshold, Decimal):
            step = _step(threshold, value)
            return threshold - step, threshold + step
        if isinstance(threshold, Date):
            return from_ordinal(threshold.ordinal - 1), from_ordinal(threshold.ordinal + 1)
    except FeelError:
        pass  # the first and the last day of all have one neighbour only; they are no threshold
    return ()


def _probed(trials: _Trials, path: Path, value: Any) -> Iterator[Any]:
    if isinstance(value, Decimal):
        step = _step(value)
        yield from _both_ways(trials, path, lambda n: value + step * n)
    elif isinstance(value, Date):
        yield from _both_ways(trials, path, lambda n: from_ordinal(value.ordinal + n))


def _both_ways(trials: _Trials, path: Path, at: Callable[[int], Any]) -> Iterator[Any]:
    for sign in (1, -1):
        same = 0
        for power in range(_DOUBLINGS):
            away = 1 << power
            if trials.changed(path, at(sign * away)) is not MISSING:
                yield at(sign * _halved(trials, path, _on_side(at, sign), same, away))
                break
            same = away


def _on_side(at: Callable[[int], Any], sign: int) -> Callable[[int], Any]:
    return lambda n: at(sign * n)


def _halved(trials: _Trials, path: Path, at: Callable[[int], Any], same: int, other: int) -> int:
    while other - same > 1:
        middle = (same + other) // 2
        if trials.changed(path, at(middle)) is MISSING:
            same = middle
        else:
            other = middle
    return other


def _thresholds(program: Program, node: Node) -> dict[str, list[Any]]:
    """Return the constants that tables compare with, by what their columns look at."""
    found: dict[str, dict[tuple[type, Any], Any]] = {}
    for table, target in tables_under(program, node):
        for i, column in enumerate(table.inputs):
            texts = [rule.tests[i] for rule in table.rules if i < len(rule.tests)]
            of_column = found.setdefault(" ".join(column.expression.split()), {})
            for text in dict.fromkeys([*texts, column.allowed or "-"]):
                for value in _constants(text, target.program):
                    of_column.setdefault((type(value), value), value)
    return {name: list(values.values()) for name, values in found.items()}


def _constants(text: str, program: Program) -> Iterator[Any]:
    if text in ("-", ""):
        return
    try:
        tree = unary_tests(text, (), program.members, program.types).tree
    except FeelError:
        return
    for test in tree.tests:
        node = test.end if isinstance(test, syntax.OpTest) else test.expression
        ends = (node.low, node.high) if isinstance(node, syntax.RangeOfNodes) else (node,)
        for end in ends:
            value = _constant(end, program) if end is not None else None
            if isinstance(value, Decimal | str | Date):
                yield value


def _constant(node: syntax.Node, program: Program) -> Any:
    notes = Notes()
    value = Compiler(program.types).closure(node)(Env({}, None, notes))
    return None if notes.texts else value


def path_text(path: Path) -> str:
    """Return a path as one would write it."""
    return ".".join(path)
