"""Shifts, rosters and adherence: by hand, by enumeration, and by what they must keep."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from madang.callcentre.engine.adherence import adherence
from madang.callcentre.engine.roster import Operator, Slot, assign
from madang.callcentre.engine.shifts import (
    Break,
    Limits,
    NoPlan,
    ShiftKind,
    best_fixed_starts,
    on_all_days,
    plan,
)

PEAK = np.array([1, 2, 3, 4, 5, 6, 6, 5, 4, 3, 2, 1])  # a day of twelve intervals


def kind(length=4, starts=range(12), breaks=(), **more):
    return ShiftKind("full", length, tuple(starts), tuple(breaks), **more)


def covered(found, kinds, length):
    """Return people at work in each interval, counted anew from the shifts."""
    working = np.zeros(length, np.int64)
    lengths = {one.name: one for one in kinds}
    for shift in found.worked:
        one = lengths[shift.kind]
        away = set()
        for begin, rest in zip(shift.breaks, one.breaks, strict=True):
            away |= set(range(begin, begin + rest.length))
        for offset in set(range(one.length)) - away:
            working[(shift.start + offset) % length] += shift.people
    return working


def test_a_need_that_one_shift_fits_takes_just_that():
    need = np.zeros(12, np.int64)
    need[3:7] = 5
    found = plan(need, [kind()], wraps=False)
    assert [(w.start, w.people) for w in found.worked] == [(3, 5)]
    assert found.paid == 20
    assert found.optimal


def test_the_need_is_covered_and_nothing_cheaper_exists():
    """The smallest of all ways for three shifts of two intervals around four, by enumeration."""
    need = np.array([2, 3, 1, 2])
    found = plan(need, [kind(2, range(4))])
    ways = (
        sum(x) for x in np.ndindex(4, 4, 4, 4)
        if all(x[t] + x[t - 1] >= need[t] for t in range(4))
    )  # fmt: skip
    assert found.people == min(ways)
    assert (covered(found, [kind(2, range(4))], 4) >= need).all()


def test_breaks_are_taken_off_and_lie_where_they_may():
    rest = Break(1, 1, 3)
    kinds = [kind(5, breaks=[rest])]
    found = plan(PEAK, kinds)
    assert (covered(found, kinds, 12) == found.working).all()
    assert (found.working >= PEAK).all()
    assert all(1 <= w.breaks[0] <= 3 for w in found.worked)
    assert found.paid == found.people * 4


def test_free_starts_never_cost_more_than_fixed_ones():
    free = plan(PEAK, [kind()])
    starts = best_fixed_starts(PEAK, kind(), 3, 1, 12)
    fixed = plan(PEAK, [kind(starts=starts)])
    assert len(starts) == 3
    assert free.paid < fixed.paid
    every = (
        plan(PEAK, [kind(starts=(a, a + 4, a + 8))]).paid for a in range(4)
    )  # three shifts of four around twelve leave no other choice
    assert fixed.paid == min(every)


def test_so_many_starts_at_most():
    free = plan(PEAK, [kind()])
    found = plan(PEAK, [kind()], Limits(starts=3))
    assert len(found.starts()) <= 3 < len(free.starts())
    assert found.paid >= free.paid
    assert (found.working >= PEAK).all()
    with pytest.raises(NoPlan, match="limits"):
        plan(PEAK, [kind()], Limits(starts=2))


def test_starts_are_counted_by_the_time_of_the_day():
    need = np.tile(PEAK, 3)
    three = plan(need, [kind(starts=range(36))], Limits(starts=3, period=12))
    assert len({w.start % 12 for w in three.worked}) <= 3
    assert (three.working >= need).all()
    assert len(three.starts()) > 3


def test_part_time_keeps_to_its_share():
    kinds = [kind(), ShiftKind("short", 2, tuple(range(12)), part_time=True)]
    free = plan(PEAK, kinds, Limits(part_time=1.0))
    some = plan(PEAK, kinds, Limits(part_time=0.3))
    none = plan(PEAK, kinds, Limits(part_time=0.0))
    assert free.paid <= some.paid <= none.paid == plan(PEAK, [kind()]).paid
    short = sum(w.people for w in some.worked if w.kind == "short")
    assert short <= 0.3 * some.people


def test_too_few_people_leave_the_least_open():
    enough = plan(PEAK, [kind()])
    found = plan(PEAK, [kind()], Limits(people=enough.people - 2))
    assert found.people <= enough.people - 2
    assert found.short.sum() > 0
    assert (found.short == np.maximum(PEAK - found.working, 0)).all()


def test_a_shift_runs_over_midnight_only_where_the_day_repeats():
    need = np.array([3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 3, 3])
    assert plan(need, [kind()]).people == 3
    apart = plan(need, [kind()], wraps=False)
    assert apart.people == 6


def test_an_interval_that_no_shift_reaches_is_named():
    with pytest.raises(NoPlan) as refused:
        plan(PEAK, [kind(starts=(0, 4))])
    assert refused.value.intervals == (8, 9, 10, 11)


def test_breaks_that_do_not_fit_are_refused():
    with pytest.raises(NoPlan, match="do not fit"):
        plan(PEAK, [kind(2, breaks=[Break(3, 0, 1)])])


def test_nothing_is_needed():
    assert plan(np.zeros(12, np.int64), [kind()]).people == 0


def test_the_starts_of_a_day_on_all_days():
    assert on_all_days((1, 5), 12, 36) == (1, 5, 13, 17, 25, 29)


def week(people=2):
    """Return a day and a night shift of eight hours on each of seven days."""
    begins = [24.0 * day + start for day in range(7) for start in (8.0, 22.0)]
    return [Slot(b, b + 8.0, 8.0, people) for b in begins]


def test_people_rest_eleven_hours_and_work_no_longer_than_agreed():
    slots = week()
    people = [Operator(f"p{n}", weekly_h=40.0) for n in range(6)]
    found = assign(people, slots)
    assert found.open.sum() == 0
    for own, hours in zip(found.given, found.hours, strict=True):
        assert hours == 8.0 * len(own) <= 40.0
        for first, second in itertools.pairwise(own):
            assert slots[second].start_h >= slots[first].end_h + 11.0


def test_too_few_people_leave_shifts_open():
    found = assign([Operator("p", weekly_h=40.0)], week(1))
    assert found.open.sum() == 14 - 5
    assert len(found.given[0]) == 5


def test_days_off_and_skills_are_kept():
    slots = [Slot(24.0 * d + 9, 24.0 * d + 18, 8.0, 1, "en") for d in range(5)]
    people = [
        Operator("a", frozenset({"en"}), frozenset({0, 1})),
        Operator("b", frozenset({"en"}), frozenset({2, 3, 4})),
        Operator("c"),
    ]
    found = assign(people, slots)
    assert found.given == ((2, 3, 4), (0, 1), ())
    assert found.open.sum() == 0


def test_the_work_is_shared():
    slots = [Slot(24.0 * d + 9, 24.0 * d + 17, 8.0, 1) for d in range(4)]
    found = assign([Operator("a"), Operator("b")], slots)
    assert sorted(found.hours) == [16.0, 16.0]


def test_nobody_works_longer_than_the_law_allows():
    with pytest.raises(ValueError, match="at most 52"):
        assign([Operator("a", weekly_h=60.0)], week())


def test_adherence_by_hand():
    """Planned 0 to 60 and 90 to 120 minutes; there from 15 to 100: 55 of 90 as planned."""
    planned = np.array([[0, 0.0, 3600.0], [0, 5400.0, 7200.0]])
    actual = np.array([[0, 900.0, 6000.0]])
    found = adherence(planned, actual, 1, 1800.0, 4)
    assert found.by_operator[0].tolist() == [5400.0, 5100.0, 3300.0]
    assert found.adherence == pytest.approx(3300 / 5400)
    assert found.conformance == pytest.approx(5100 / 5400)
    assert found.planned.tolist() == [1.0, 1.0, 0.0, 1.0]
    assert found.actual == pytest.approx([0.5, 1.0, 1.0, 600 / 1800])
    assert found.both == pytest.approx([0.5, 1.0, 0.0, 600 / 1800])


def test_windows_that_touch_or_overlap_count_once():
    planned = np.array([[0, 0.0, 1000.0], [0, 500.0, 2000.0], [1, 0.0, 500.0]])
    found = adherence(planned, planned, 2, 1000.0, 2)
    assert found.by_operator[:, 0].tolist() == [2000.0, 500.0]
    assert found.adherence == 1.0
