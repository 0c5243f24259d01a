"""When wrong passwords have to wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.identity.rules import LONGEST_WAIT, WINDOW, wait_after

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


def failures(count: int) -> list[datetime]:
    return [NOW - timedelta(seconds=i) for i in range(count)]


@pytest.mark.asvs("6.3.1")
@pytest.mark.parametrize(
    ("count", "seconds"), [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (9, 480)]
)
def test_the_wait_doubles_from_the_fifth_failure_on(count: int, seconds: int):
    assert wait_after(failures(count), NOW, 5) == timedelta(seconds=seconds)


def test_the_wait_runs_from_the_newest_failure():
    old = [at - timedelta(seconds=20) for at in failures(5)]
    assert wait_after(old, NOW, 5) == timedelta(seconds=10)


def test_failures_before_the_window_are_forgotten():
    assert wait_after([NOW - WINDOW] * 50, NOW, 5) == timedelta(0)


@given(st.lists(st.integers(0, 2000), max_size=200))
def test_nobody_waits_longer_than_the_longest_wait(ages: list[int]):
    wait = wait_after([NOW - timedelta(seconds=a) for a in ages], NOW, 5)
    assert timedelta(0) <= wait <= LONGEST_WAIT
