"""Heavy work is done in a child: values and errors come back, a dead child is replaced."""

from __future__ import annotations

import os
import time

import psutil
import pytest

from madang.kernel import apart
from madang.kernel.calendars import public_holidays
from madang.kernel.errors import Invalid, MadangError, Unavailable

pytestmark = pytest.mark.system


@pytest.fixture
def beside(monkeypatch):
    child = apart._Beside()
    monkeypatch.setattr(apart, "_beside", child)
    yield child
    with child._lock:
        child._let_go()


def test_before_it_begins_the_work_is_done_here():
    assert apart.called("os:getpid") == os.getpid()


def test_the_work_is_done_in_one_child_that_is_kept(beside):
    first = apart.called("os:getpid")
    assert first != os.getpid()
    assert apart.called("os:getpid") == first
    assert apart.called("math:hypot", 3.0, 4.0) == 5.0


def test_an_error_is_told_and_the_child_goes_on(beside):
    child = apart.called("os:getpid")
    with pytest.raises(RuntimeError, match="ValueError: math domain error"):
        apart.called("math:sqrt", -1.0)
    with pytest.raises(MadangError, match="no holidays are known for 'Q1'"):
        apart.called("madang.kernel.calendars:known_holidays", "Q1", 2026, None, ["public"], "")
    assert apart.called("os:getpid") == child


def test_what_a_library_prints_does_not_get_among_the_answers(beside):
    assert apart.called("builtins:print", "noise") is None
    assert apart.called("math:floor", 2.5) == 2


def test_a_child_that_dies_fails_one_call_and_is_replaced(beside):
    with pytest.raises(Unavailable, match="ask again"):
        apart.called("os:_exit", 3)
    assert apart.called("math:floor", 2.5) == 2


def test_a_child_that_does_not_answer_is_ended(beside, monkeypatch):
    monkeypatch.setattr(apart, "LIMIT_S", 0.5)
    with pytest.raises(Unavailable):
        apart.called("time:sleep", 60)


def test_a_child_that_nobody_asks_ends(beside, monkeypatch):
    monkeypatch.setattr(apart, "IDLE_S", 0.2)
    child = psutil.Process(apart.called("os:getpid"))
    deadline = time.monotonic() + 20
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert beside._child is None


def test_holidays_are_the_same_from_the_child(beside):
    public_holidays.cache_clear()
    theirs = public_holidays("KR", 2026, language="ko")
    with pytest.raises(Invalid, match="Q1"):
        public_holidays("Q1", 2026)
    public_holidays.cache_clear()
    apart._beside = None
    assert theirs == public_holidays("KR", 2026, language="ko")
    assert len(theirs) > 10
