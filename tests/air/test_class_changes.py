"""When people hear of a change of class: at once for the worse, later for the better."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.air.engine.class_changes import CALM_HOURS, Told, follow

LEVELS = st.lists(st.one_of(st.none(), st.integers(0, 3)), max_size=200)


def news_of(levels) -> list[tuple[int, int]]:
    """Return (hour, class told) of each message."""
    told, found = Told(), []
    for hour, level in enumerate(levels):
        told, is_news = follow(told, level)
        if is_news:
            found.append((hour, told.level))
    return found


@pytest.mark.parametrize(
    ("levels", "news"),
    [
        ([1, 1, 1], []),
        ([1, 2, 3], [(1, 2), (2, 3)]),
        ([2, 1, 2, 1, 2, 1, 1, 1], [(7, 1)]),
        ([2, 1, 0, 1], [(3, 1)]),
        ([2, 0, 0, 0], [(3, 0)]),
        ([2, 1, None, 1, None, 1], [(5, 1)]),
        ([None, 3], []),
        ([2, 1, 1, 3, 1, 1, 1], [(3, 3), (6, 1)]),
    ],
)
def test_examples(levels, news):
    assert news_of(levels) == news


@given(LEVELS)
def test_nobody_waits_for_a_warning_and_no_message_repeats_the_last(levels):
    told, last = Told(), None
    for level in levels:
        before = told.level
        told, is_news = follow(told, level)
        if level is not None and before is not None and level > before:
            assert is_news
            assert told.level == level
        if is_news:
            assert told.level != last
            last = told.level


@given(LEVELS)
def test_it_gets_better_only_after_hours_in_a_row_that_are_all_better(levels):
    told = Told()
    known: list[int] = []
    for level in levels:
        before = told.level
        told, is_news = follow(told, level)
        known += [] if level is None else [level]
        if is_news and told.level < before:
            assert all(one < before for one in known[-CALM_HOURS:])
            assert told.level == max(known[-CALM_HOURS:])
