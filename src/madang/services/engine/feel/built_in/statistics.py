"""Built-in functions that make one number of many (DMN 1.5, table 74)."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from madang.services.engine.feel.built_in.lists import spread
from madang.services.engine.feel.dates import DaysTime, YearsMonths
from madang.services.engine.feel.operators import add
from madang.services.engine.feel.values import NUMBERS, FeelError, kind, number


def _numbers(items: list[Any]) -> list[Decimal]:
    for item in items:
        if not isinstance(item, Decimal):
            raise FeelError(f"the list holds a {kind(item)}, not only numbers")
    return items


@spread("sum")
def total(items: list[Any]) -> Any:
    """Return the sum of numbers or of durations of one kind, null for none."""
    if not items:
        return None
    if isinstance(items[0], DaysTime | YearsMonths):
        found = items[0]
        for item in items[1:]:
            if type(item) is not type(found):
                raise FeelError("sum: durations of one kind are wanted")
            found = add(found, item)
        return found
    return _sum(_numbers(items))


def _sum(items: list[Decimal]) -> Decimal:
    found = Decimal(0)
    for item in items:
        found = NUMBERS.add(found, item)
    return number(found)


@spread("mean")
def mean(items: list[Any]) -> Decimal | None:
    """Return the mean, null for none."""
    return NUMBERS.divide(_sum(_numbers(items)), Decimal(len(items))) if items else None


@spread("product")
def product(items: list[Any]) -> Decimal | None:
    """Return the product, null for none."""
    if not items:
        return None
    found = Decimal(1)
    for item in _numbers(items):
        found = NUMBERS.multiply(found, item)
    return number(found)


@spread("median")
def median(items: list[Any]) -> Decimal | None:
    """Return the middle number, or the mean of the two in the middle."""
    if not items:
        return None
    numbers = sorted(_numbers(items))
    half = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[half]
    return NUMBERS.divide(NUMBERS.add(numbers[half - 1], numbers[half]), Decimal(2))


@spread("stddev")
def stddev(items: list[Any]) -> Decimal:
    """Return the standard deviation of a sample."""
    numbers = _numbers(items)
    if len(numbers) < 2:
        raise FeelError("stddev: two numbers are needed")
    centre = NUMBERS.divide(_sum(numbers), Decimal(len(numbers)))
    squares = [NUMBERS.power(NUMBERS.subtract(n, centre), Decimal(2)) for n in numbers]
    return number(NUMBERS.sqrt(NUMBERS.divide(_sum(squares), Decimal(len(numbers) - 1))))


@spread("mode")
def mode(items: list[Any]) -> list[Decimal]:
    """Return the numbers that come most often, the least first."""
    counts = Counter(_numbers(items))
    most = max(counts.values(), default=0)
    return sorted(n for n, times in counts.items() if times == most)
