"""The simulation against the exact formulae, and its rules."""

from __future__ import annotations

import numpy as np
import pytest

from madang.callcentre.engine import erlang
from madang.callcentre.engine import simulate_events as events
from madang.callcentre.engine.erlang_a import patient_queue
from madang.callcentre.engine.simulate import Bot, Demand, Operators, Rules, simulate
from madang.callcentre.engine.simulate_summary import by_interval, estimate, summary

H = 3600.0


def steady(load, agents, aht, patience=np.inf, calls=60_000, *, seed=1, rules=None, bot=None):
    length = calls * aht / load
    demand = Demand(np.array([[calls]]), length, np.array([aht]), np.array([patience]))
    windows = np.array([[n, 0.0, length] for n in range(agents)])
    operators = Operators(np.ones((agents, 1), np.bool_), windows)
    return simulate(demand, operators, rules, bot, seed=seed)


def skilled(calls, skills, rules=None, *, patience=np.inf, hours=40, aht=240.0, seed=1):
    """Return a run of several languages; skills : rows of operators."""
    k = len(calls)
    demand = Demand(np.tile(calls, (int(2 * hours), 1)), 1800.0, np.full(k, aht),
                    np.full(k, patience))  # fmt: skip
    windows = np.array([[n, 0.0, hours * H] for n in range(len(skills))])
    return simulate(demand, Operators(np.array(skills, np.bool_), windows), rules, seed=seed)


@pytest.mark.parametrize(
    ("load", "agents", "aht", "patience"), [(10, 14, 180, np.inf), (48, 50, 60, 120.0)]
)
def test_five_seeds_agree_with_the_exact_formula(load, agents, aht, patience):
    runs = [summary(steady(load, agents, aht, patience, seed=s), 20.0) for s in range(5)]
    level = estimate([run.service_level for run in runs]).value
    if np.isinf(patience):
        exact = erlang.service_level(load, agents, aht, 20.0).item()
    else:
        queue = patient_queue(load, agents, aht, patience)
        exact = queue.service_level(20.0)
        gone = estimate([run.abandonment for run in runs]).value
        assert gone == pytest.approx(queue.abandonment, abs=0.004)
    assert level == pytest.approx(exact, abs=0.01)


def test_a_seed_tells_the_same_story_again():
    first, second = (steady(10, 12, 180, 100.0, 5_000, seed=7) for _ in range(2))
    assert (first.wait_s == second.wait_s)[first.state == events.ANSWERED].all()
    other = steady(10, 12, 180, 100.0, 5_000, seed=8)
    assert len(other.wait_s) != len(first.wait_s) or (other.came_at != first.came_at).any()


def test_every_call_is_somewhere_and_nobody_is_on_two_calls():
    calls = steady(10, 10, 180, 100.0, 20_000)
    answered = calls.state == events.ANSWERED
    assert (answered | (calls.state == events.GAVE_UP)).all()
    assert (calls.wait_s >= 0).all()
    begin = (calls.came_at + calls.wait_s)[answered]
    order = np.lexsort((begin, calls.by[answered]))
    by, begin = calls.by[answered][order], begin[order]
    end = begin + calls.busy_s[answered][order]
    same = by[1:] == by[:-1]
    assert (begin[1:][same] >= end[:-1][same] - 1e-6).all()


def test_calls_of_one_language_are_answered_in_their_order():
    calls = steady(10, 11, 180, calls=5_000)
    begin = calls.came_at + calls.wait_s
    assert (np.diff(begin[calls.state == events.ANSWERED]) >= -1e-6).all()


def test_nobody_answers_outside_their_window_and_late_calls_stay():
    demand = Demand(np.full((4, 1), 100.0), 1800.0, np.array([60.0]), np.array([np.inf]))
    windows = np.array([[n, 600.0, 3600.0] for n in range(5)])
    calls = simulate(demand, Operators(np.ones((5, 1), np.bool_), windows), seed=3)
    begin = (calls.came_at + calls.wait_s)[calls.state == events.ANSWERED]
    assert begin.min() >= 600.0
    assert begin.max() <= 3600.0
    late = calls.came_at > 3600.0
    assert (calls.state[late] == events.WAITING).all()
    assert summary(calls, 20.0).unanswered > 0.4


def test_who_speaks_more_languages_is_kept_free():
    skills = [[True, False]] * 6 + [[True, True]] * 3
    calls = np.array([30.0, 2.0])
    kept = skilled(calls, skills)
    mixed = skilled(calls, skills, Rules(fewest_skills_first=False))
    levels = []
    for run in (kept, mixed):
        foreign = run.skill == 1
        levels.append((run.wait_s[foreign] <= 20.0).mean())
    assert levels[0] > levels[1]


def test_operators_take_only_calls_of_their_skills():
    skills = [[True, False], [False, True]]
    calls = skilled(np.array([4.0, 4.0]), skills)
    answered = calls.state == events.ANSWERED
    assert answered.sum() > 600
    assert (calls.by == calls.skill)[answered].all()


def test_priority_goes_first():
    skills = [[True, True]] * 4
    calls = np.array([16.0, 12.0])
    plain = skilled(calls, skills, patience=300.0)
    first = skilled(calls, skills, Rules(priority=np.array([0, 5])), patience=300.0)
    wait = [np.mean(run.wait_s[run.skill == 1]) for run in (plain, first)]
    assert wait[1] < 0.8 * wait[0]


def test_an_interpreter_joins_where_nobody_speaks_the_language():
    skills = [[True, False]] * 5
    calls = np.array([10.0, 2.0])
    alone = skilled(calls, skills, patience=600.0)
    assert (alone.state[alone.skill == 1] == events.GAVE_UP).all()
    rules = Rules(escalate_s=30.0, interpreters=2, interpreted=1.5)
    helped = skilled(calls, skills, rules, patience=600.0)
    foreign = helped.skill == 1
    taken = foreign & (helped.state == events.ANSWERED)
    assert taken.sum() > 0.8 * foreign.sum()
    assert helped.interpreted[taken].all()
    assert not helped.interpreted[~foreign].any()
    assert (helped.wait_s[taken] >= 30.0 - 1e-9).all()
    assert helped.busy_s[taken].mean() == pytest.approx(1.5 * 240.0, rel=0.2)
    begin = (helped.came_at + helped.wait_s)[taken]
    end = begin + helped.busy_s[taken]
    at_once = [((begin <= t) & (end > t)).sum() for t in begin]
    assert max(at_once) <= 2


def test_a_callback_is_made_and_shortens_the_queue():
    plain = steady(10, 11, 180, 120.0, 20_000)
    rules = Rules(callback_wait_s=30.0, takes_callback=0.5)
    called = steady(10, 11, 180, 120.0, 20_000, rules=rules)
    found = summary(called, 20.0)
    assert found.callbacks > 100
    assert (called.state != events.CALLBACK).sum() >= 0.99 * len(called.state)
    assert found.abandonment < summary(plain, 20.0).abandonment
    assert found.callback_wait_s > found.asa_s


def test_who_gave_up_or_was_not_helped_calls_again():
    rules = Rules(gives_up_again=0.5, fails_again=0.1, again_s=600.0)
    calls = steady(10, 10, 180, 60.0, 10_000, rules=rules)
    repeated = ~calls.first
    gone = calls.state == events.GAVE_UP
    expected = 0.5 * gone.sum() + 0.1 * (calls.state == events.ANSWERED).sum()
    assert repeated.sum() == pytest.approx(expected, rel=0.08)
    assert (calls.came_at[repeated] > calls.came_at[calls.parent[repeated]]).all()
    settled = summary(calls, 20.0).first_call
    assert 0.5 < settled < 0.9


def test_a_bot_closes_its_share_and_hands_the_rest_over():
    bot = Bot(share=0.5, closes=0.4, mean_s=30.0, opted_out=0.2)
    calls = steady(10, 14, 180, calls=20_000, bot=bot)
    found = summary(calls, 20.0)
    assert found.closed_by_bot == pytest.approx(0.5 * 0.8 * 0.4, abs=0.01)
    assert found.occupancy < 0.7 * 0.9


def test_handling_times_keep_mean_and_variation():
    length = 10_000 * 180.0 / 10
    demand = Demand(np.array([[10_000.0]]), length, np.array([180.0]), np.array([np.inf]), 0.5)
    windows = np.array([[n, 0.0, length] for n in range(30)])
    calls = simulate(demand, Operators(np.ones((30, 1), np.bool_), windows), seed=1)
    assert calls.busy_s.mean() == pytest.approx(180.0, rel=0.03)
    assert calls.busy_s.std() / calls.busy_s.mean() == pytest.approx(0.5, rel=0.05)


def test_intervals_add_up_to_the_whole():
    calls = steady(10, 12, 180, calls=5_000)
    came, level, _ = by_interval(calls, 1800.0, 50, 20.0)
    assert came.sum() == len(calls.came_at)
    known = came > 0
    whole = (level[known] * came[known]).sum() / came.sum()
    assert whole == pytest.approx(summary(calls, 20.0).service_level)


def test_too_many_who_call_again_is_refused():
    with pytest.raises(ValueError, match="call again"):
        steady(1, 2, 60, calls=100, rules=Rules(fails_again=0.95))


def test_one_seed_has_no_interval():
    assert estimate([0.8]).high == float("inf")


def test_windows_that_touch_are_one():
    """A team that works every day round the clock does not go home at midnight for good."""
    demand = Demand(np.full((96, 1), 20.0), 1800.0, np.array([60.0]), np.array([np.inf]))
    whole = np.array([[n, 0.0, 172_800.0] for n in range(3)])
    days = np.array([[n, d * 86_400.0, (d + 1) * 86_400.0] for d in (1, 0) for n in range(3)])
    runs = [
        simulate(demand, Operators(np.ones((3, 1), np.bool_), windows), seed=5)
        for windows in (whole, days)
    ]
    assert (runs[0].wait_s == runs[1].wait_s)[runs[0].state == events.ANSWERED].all()
    assert runs[0].on_duty_s == runs[1].on_duty_s
    assert (runs[1].state == events.ANSWERED).mean() > 0.99
