"""What a condition says while not all facts are known: yes, no, or it depends, and on what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from madang.assistant.engine.model import Condition, Facts, FactSpec

MOST_CASES = 20_000


def outcome(
    condition: Condition | None, facts: Facts, specs: Mapping[str, FactSpec]
) -> bool | None:
    """Return whether a condition holds; None where what is not known decides it.

    All values that the unknown facts can have are tried, so that a condition that holds whatever
    they are is not open. Beyond `MOST_CASES` combinations it is taken as open.
    """
    if condition is None:
        return True
    found: set[bool | None] = set()
    for one in _completions(condition, facts, specs):
        found.add(condition.holds(one))
        if len(found) > 1 or None in found:
            return None
    return found.pop() if found else None


def deciding(condition: Condition, facts: Facts, specs: Mapping[str, FactSpec]) -> tuple[str, ...]:
    """Return the unknown facts that can change a condition, in the order of their specs."""
    unknown = _unknown(condition, facts, specs)
    return tuple(name for name in unknown if _matters(name, condition, facts, specs))


def grounds(condition: Condition, facts: Facts, specs: Mapping[str, FactSpec]) -> tuple[str, ...]:
    """Return the known facts without which a decided condition would not be decided so."""
    known = [name for name in specs if name in condition.names and name in facts]
    needed = []
    for name in known:
        without = {key: value for key, value in facts.items() if key != name}
        if outcome(condition, without, specs) is None:
            needed.append(name)
    return tuple(needed or known)


def _matters(name: str, condition: Condition, facts: Facts, specs: Mapping[str, FactSpec]) -> bool:
    values = _values(name, condition, specs)
    if not values:
        # an endless fact is open as long as the others leave the condition open
        return outcome(condition, facts, specs) is None
    others = [one for one in _unknown(condition, facts, specs) if one != name]
    for rest in _combined(others, condition, facts, specs):
        found = {condition.holds({**rest, name: value}) for value in values}
        if len(found) > 1 or None in found:
            return True
    return False


def _unknown(condition: Condition, facts: Facts, specs: Mapping[str, FactSpec]) -> list[str]:
    return [name for name in specs if name in condition.names and name not in facts]


def _values(name: str, condition: Condition, specs: Mapping[str, FactSpec]) -> tuple[Any, ...]:
    return specs[name].values or condition.samples.get(name, ())


def _completions(
    condition: Condition, facts: Facts, specs: Mapping[str, FactSpec]
) -> Iterator[Facts]:
    return _combined(_unknown(condition, facts, specs), condition, facts, specs)


def _combined(
    names: Sequence[str], condition: Condition, facts: Facts, specs: Mapping[str, FactSpec]
) -> Iterator[Facts]:
    """Yield the known facts with each combination of values of others; endless ones stay out."""
    finite = [(name, _values(name, condition, specs)) for name in names]
    finite = [(name, values) for name, values in finite if values]
    if _size(values for _, values in finite) > MOST_CASES:
        finite = []
    for values in product(*(values for _, values in finite)):
        yield {**facts, **dict(zip((name for name, _ in finite), values, strict=True))}


def _size(all_values: Iterable[Sequence[Any]]) -> int:
    size = 1
    for values in all_values:
        size *= len(values)
    return size
