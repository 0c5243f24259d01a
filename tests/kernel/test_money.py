"""Money is exact, in two currencies and with the digits that people see."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.kernel.errors import Invalid
from madang.kernel.money import Currency, Money

WON = Currency("KRW", 0, 0, "down", 10)
RUPIAH = Currency("IDR", 2, 0)
DOLLAR = Currency("USD", 2, 2)
RIEL = Currency("KHR", 2, 0, cash_step=10_000)  # smallest note in use: 100 riel


@pytest.mark.parametrize(
    ("currency", "text", "minor"),
    [(WON, "12345", 12345), (RUPIAH, "12345", 1234500), (DOLLAR, "-0.05", -5), (DOLLAR, 3, 300)],
)
def test_amounts_are_whole_minor_units(currency, text, minor):
    assert currency.amount(text).minor == minor
    assert currency.amount(text).decimal() == Decimal(text)


@pytest.mark.parametrize("text", ["0.5", "abc", "", "NaN", "Infinity", "1,000"])
def test_what_is_no_amount_of_won_is_refused(text):
    with pytest.raises(Invalid, match="KRW"):
        WON.amount(text)


def test_currencies_do_not_mix():
    for mixed in (lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b, lambda a, b: a <= b):
        with pytest.raises(Invalid, match="not one currency"):
            mixed(WON.amount(1), DOLLAR.amount(1))


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [("half-up", [3, -3, 4]), ("half-even", [2, -2, 4]), ("down", [2, -2, 3])],
)
def test_ties_are_settled_by_the_currency(rounding, expected):
    currency = Currency("XTS", 0, 0, rounding)
    half = [Money(n, currency).times(Fraction(1, 2)).minor for n in (5, -5, 7)]
    assert half == expected


def test_a_float_is_no_factor():
    with pytest.raises(TypeError, match="float"):
        WON.amount(100).times(0.1)
    assert DOLLAR.amount("10.00").times(Decimal("0.1")).minor == 100


@given(st.integers(-(10**15), 10**15), st.lists(st.integers(0, 1000), min_size=1, max_size=9))
def test_parts_sum_to_the_whole_and_differ_by_less_than_one_unit(minor, weights):
    if sum(weights) == 0:
        with pytest.raises(Invalid):
            Money(minor, WON).shared(weights)
        return
    parts = Money(minor, WON).shared(weights)
    assert sum(part.minor for part in parts) == minor
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor - Fraction(minor * weight, sum(weights))) < 1


def test_cash_is_settled_to_the_smallest_note():
    assert WON.amount(12345).in_cash().minor == 12340
    assert RIEL.amount(4149).in_cash() == RIEL.amount(4100)
    assert RIEL.amount(4150).in_cash() == RIEL.amount(4200)


def test_two_currencies_are_exchanged_at_a_stated_rate():
    # 4,100 riel a dollar: the rate that shops of Phnom Penh use
    fee = DOLLAR.amount("2.50").exchanged(RIEL, Decimal(4100))
    assert fee == RIEL.amount(10250)
    assert RIEL.amount(10250).exchanged(DOLLAR, Fraction(1, 4100)) == DOLLAR.amount("2.50")
    assert DOLLAR.amount("2.50").exchanged(WON, Decimal("1391.7")).minor == 3479


@pytest.mark.parametrize(
    ("amount", "locale", "text"),
    [
        (WON.amount(1234567), "ko_KR", "₩1,234,567"),
        (RUPIAH.amount("1234567.89"), "id_ID", "Rp1.234.568"),
        (Currency("COP", 2, 0).amount(1234567), "es_CO", "$1.234.567"),
        (DOLLAR.amount("1234567.5"), "en_US", "$1,234,567.50"),
        (DOLLAR.amount("-0.5"), "en_US", "-$0.50"),
        (Currency("INR", 2, 2).amount(1234567), "en_IN", "₹12,34,567.00"),
    ],
)
def test_amounts_are_shown_with_the_digits_in_use(amount, locale, text):
    assert amount.format(locale).replace("\xa0", "") == text
