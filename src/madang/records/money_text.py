"""Amounts as people read them."""

from __future__ import annotations

from babel.numbers import get_currency_precision

from madang.city.api import profile
from madang.kernel.money import Currency, Money
from madang.kernel.writing import money_text as written_money


def money_text(minor: int, currency: str, language: str) -> str:
    """Return minor units of a currency as written in a language, as the city shows its own."""
    own = {one.code: one for one in profile().currencies}
    digits = get_currency_precision(currency)
    shown = own.get(currency) or Currency(currency, digits, digits)
    return written_money(Money(minor, shown), language)
