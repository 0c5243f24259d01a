"""Money: whole minor units of a currency, never a float."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Decimal,
    InvalidOperation,
    localcontext,
)
from fractions import Fraction
from typing import Literal

from madang.kernel.errors import Invalid

Rounding = Literal["half-up", "half-even", "down"]
Factor = int | Fraction | Decimal

_MODES = {"half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN, "down": ROUND_DOWN}
_ENOUGH_DIGITS = 60  # of intermediate results; an amount of 2**63 has 19


@dataclass(frozen=True)
class Currency:
    """A currency as one city uses it.

    `minor_digits` is the exponent of ISO 4217 and fixes what an amount of 1 is worth;
    `shown_digits` is what people see; `cash_step` is the smallest amount paid, in minor units.
    """

    code: str
    minor_digits: int
    shown_digits: int
    rounding: Rounding = "half-up"
    cash_step: int = 1

    def amount(self, text: str | int | Decimal) -> Money:
        """Return an amount given in whole units, such as ``"12.50"``.

        Raises
        ------
        Invalid
            If it is no number, or has more digits than the currency has minor units.

        Examples
        --------
        >>> Currency("USD", 2, 2).amount("12.50").minor
        1250
        """
        try:
            number = Decimal(text).scaleb(self.minor_digits)
            whole = int(number)
        except (InvalidOperation, ValueError, OverflowError):
            raise Invalid(f"{text!r} is no amount of {self.code}") from None
        if number != whole:
            raise Invalid(f"{text} {self.code} has more than {self.minor_digits} decimals")
        return Money(whole, self)


@dataclass(frozen=True)
class Money:
    """An amount: `minor` whole minor units of a currency (won, cents)."""

    minor: int
    currency: Currency

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def times(self, factor: Factor) -> Money:
        """Return the amount times a number, settled by the currency's rounding.

        A float is no factor: say ``Decimal("0.1")`` or ``Fraction(1, 3)``.
        """
        if isinstance(factor, float):
            raise TypeError("a float is no exact factor; use Decimal or Fraction")
        return Money(_rounded(Fraction(factor) * self.minor, self.currency.rounding), self.currency)

    def in_cash(self) -> Money:
        """Return the amount settled to the smallest step that is paid."""
        step = self.currency.cash_step
        steps = _rounded(Fraction(self.minor, step), self.currency.rounding)
        return Money(steps * step, self.currency)

    def shared(self, weights: Sequence[int]) -> tuple[Money, ...]:
        """Return the amount split by weights; the parts sum to it exactly.

        What does not divide goes to the largest remainders, the earlier first.

        >>> [part.minor for part in Money(100, Currency("KRW", 0, 0)).shared([1, 1, 1])]
        [34, 33, 33]

        Raises
        ------
        Invalid
            If a weight is negative or all are 0.
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise Invalid("weights must not be negative, and not all 0")
        sign = -1 if self.minor < 0 else 1
        shares = [divmod(abs(self.minor) * weight, total) for weight in weights]
        left = abs(self.minor) - sum(whole for whole, _ in shares)
        by_remainder = sorted(range(len(shares)), key=lambda i: (-shares[i][1], i))
        extra = set(by_remainder[:left])
        return tuple(
            Money(sign * (whole + (i in extra)), self.currency)
            for i, (whole, _) in enumerate(shares)
        )

    def exchanged(self, currency: Currency, rate: Decimal | Fraction) -> Money:
        """Return the amount in another currency; `rate` is what one whole unit of ours buys."""
        scale = Fraction(10) ** (currency.minor_digits - self.currency.minor_digits)
        return Money(_rounded(Fraction(rate) * scale * self.minor, currency.rounding), currency)

    def decimal(self) -> Decimal:
        """Return the amount in whole units of the currency."""
        return Decimal(self.minor).scaleb(-self.currency.minor_digits)

    def shown(self) -> Decimal:
        """Return the amount in whole units with the digits that people see."""
        with localcontext(prec=_ENOUGH_DIGITS):
            step = Decimal(1).scaleb(-self.currency.shown_digits)
            return self.decimal().quantize(step, rounding=_MODES[self.currency.rounding])

    def format(self, locale: str) -> str:
        """Return the amount as written in a CLDR locale, with the digits that people see.

        >>> Money(12500, Currency("KRW", 0, 0)).format("ko_KR")
        '₩12,500'
        """
        from babel.numbers import format_currency

        digits = self.currency.shown_digits
        text: str = format_currency(
            self.shown(), self.currency.code, locale=locale, currency_digits=False,
            decimal_quantization=False, format=_pattern(locale, digits),
        )  # fmt: skip
        return text

    def _same(self, other: Money) -> None:
        if self.currency.code != other.currency.code:
            raise Invalid(f"{self.currency.code} and {other.currency.code} are not one currency")


def _pattern(locale: str, digits: int) -> str:
    """Return the locale's pattern of money with our number of decimals in place of its own."""
    from babel import Locale

    pattern: str = Locale.parse(locale).currency_formats["standard"].pattern
    decimals = "0." + "0" * digits if digits else "0"
    return re.sub(r"0(\.0+)?(?=[^0.]|$)", decimals, pattern)


def _rounded(value: Fraction, rounding: Rounding) -> int:
    """Return a whole number; ties go away from 0 or to even, or all fractions are dropped."""
    if rounding == "half-even":
        return round(value)
    size = abs(value)
    whole = int(size + Fraction(1, 2)) if rounding == "half-up" else int(size)
    return -whole if value < 0 else whole
