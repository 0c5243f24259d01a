"""Terms of law against hand counts and the examples of the Civil Act's articles."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.assistant.engine.model import Term
from madang.assistant.engine.terms import dated, term_end

DAYS = st.dates(date(1950, 1, 1), date(2150, 1, 1))


def _weekend(day: date) -> bool:
    return day.weekday() >= 5


@pytest.mark.parametrize(
    ("anchor", "term", "end"),
    [
        # Civil Act art. 157: the day itself does not count
        (date(2026, 12, 20), Term("x", 14), date(2027, 1, 3)),
        (date(2026, 12, 1), Term("x", 30), date(2026, 12, 31)),
        # art. 160(2): the day before the one that answers to the first day
        (date(2026, 11, 10), Term("x", 3, "months"), date(2027, 2, 10)),
        (date(2027, 2, 28), Term("x", 12, "months"), date(2028, 2, 29)),
        # art. 160(3): no such day in the last month
        (date(2026, 11, 29), Term("x", 3, "months"), date(2027, 2, 28)),
        (date(2027, 1, 31), Term("x", 1, "months", first_day_counts=True), date(2027, 2, 28)),
        # Family Registration Act art. 37: the first day counts
        (date(2026, 11, 10), Term("x", 1, "months", first_day_counts=True), date(2026, 12, 9)),
        (date(2026, 11, 10), Term("x", 60, first_day_counts=True), date(2027, 1, 8)),
        # from the end of the month (Inheritance Tax Act art. 67)
        (date(2026, 11, 10), Term("x", 6, "months", from_month_end=True), date(2027, 5, 31)),
        (date(2026, 8, 1), Term("x", 6, "months", from_month_end=True), date(2027, 2, 28)),
        # the 15th of the month after the one in which the membership ended
        (
            date(2026, 11, 30),
            Term("x", 1, "months", from_next_day=True, day_of_month=15),
            date(2027, 1, 15),
        ),
        # fixed days of the year, before a day, a birthday, its eve
        (date(2020, 6, 10), Term("x", 7, month_day=(3, 1)), date(2027, 3, 1)),
        (date(2027, 3, 15), Term("x", -1), date(2027, 3, 14)),
        (date(1964, 2, 29), Term("x", 65, "years", answers=True), date(2029, 2, 28)),
        (
            date(1961, 11, 30),
            Term("x", 65, "years", answers=True, until_eve=True),
            date(2026, 11, 29),
        ),
        (
            date(1961, 11, 30),
            Term("x", 779, "months", answers=True, day_of_month=1),
            date(2026, 10, 1),
        ),
    ],
)
def test_terms_end_where_the_law_ends_them(anchor: date, term: Term, end: date) -> None:
    assert term_end(anchor, term) == end


def test_a_last_day_off_moves_on_only_where_the_law_moves_it() -> None:
    moved = dated(date(2026, 12, 20), Term("x", 14), _weekend)
    assert (moved.day, moved.nominal) == (date(2027, 1, 4), date(2027, 1, 3))
    stays = dated(date(2026, 12, 20), Term("x", 14, moves_on=False), _weekend)
    assert stays.day == date(2027, 1, 3)


@given(DAYS, st.integers(0, 400), st.sampled_from(["days", "weeks", "months"]), st.booleans())
def test_no_term_ends_before_it_begins_or_on_a_day_off(
    anchor: date, amount: int, unit: str, counts: bool
) -> None:
    term = Term("x", amount, unit, first_day_counts=counts)  # type: ignore[arg-type]
    found = dated(anchor, term, _weekend)
    assert found.day >= found.nominal >= anchor
    assert not _weekend(found.day)


@given(DAYS, st.integers(1, 300))
def test_a_longer_term_ends_later(anchor: date, amount: int) -> None:
    ends = [term_end(anchor, Term("x", n, "months")) for n in (amount, amount + 1)]
    assert ends[0] < ends[1]


@given(DAYS, st.integers(1, 300))
def test_a_term_whose_first_day_counts_ends_a_day_earlier_or_with_the_month(
    anchor: date, amount: int
) -> None:
    without = term_end(anchor, Term("x", amount, "months"))
    counted = term_end(anchor, Term("x", amount, "months", first_day_counts=True))
    # 28 February and a month: to 31 March from the first, to 27 March counting the day itself.
    assert 0 <= (without - counted).days <= 4
