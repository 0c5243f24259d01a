"""Queueing formulae against published worked examples and against each other."""

from __future__ import annotations

import math

import numpy as np
import pytest

from madang.callcentre.engine import erlang
from madang.callcentre.engine.erlang import erlang_b, erlang_c, mean_wait, wait_percentile
from madang.callcentre.engine.erlang_a import log_gamma_sum, patient_queue
from madang.callcentre.engine.staffing import (
    Demand,
    Target,
    Unreachable,
    outcome,
    requirements,
    rostered,
    smallest_agents,
)


def close(found, expected):
    return found == pytest.approx(expected, rel=1e-3)


def test_erlang_b_is_the_one_of_the_tables():
    assert close(erlang_b(5.0, 10).item(), 0.018385)
    # by hand: B(2, A=1) = (1/2) / (1 + 1 + 1/2)
    assert erlang_b(1.0, 2).item() == pytest.approx(0.2)
    assert erlang_b(np.array([0.0, 3.0]), np.array([4, 0])).tolist() == [0.0, 1.0]


def test_a_hundred_calls_of_three_minutes_need_fourteen_operators():
    demand = Demand(10.0, 180.0)
    assert smallest_agents(demand, Target(0.8, 20.0)) == 14
    found = outcome(demand, 14, 20.0)
    assert close(found.service_level, 0.8884)
    assert close(found.occupancy, 0.7143)
    assert close(found.p_wait, 0.1741)


def test_the_worked_example_of_360_calls():
    load = erlang.offered_load(360, 1800, 240)
    assert load == pytest.approx(48.0)
    assert close(erlang_c(load, 55).item(), 0.2387)
    assert close(erlang.service_level(load, 55, 240, 15).item(), 0.8459)
    assert close(mean_wait(load, 55, 240).item(), 8.184)


def test_patience_changes_the_example_of_garnett_mandelbaum_and_reiman():
    assert close(mean_wait(48.0, 50, 60.0).item(), 20.83)
    assert close(wait_percentile(48.0, 50, 60.0, 90.0).item(), 58.14)
    queue = patient_queue(48.0, 50, 60.0, 120.0)
    assert close(queue.abandonment, 0.0309)
    assert close(queue.mean_wait_s, 3.71)
    assert close(queue.occupancy, 0.930)


def test_erlang_a_is_the_one_of_another_program():
    """pyworkforce's documented example: 100 calls, 3 min, 30 min, patience 5 min, 80 % in 20 s."""
    demand = Demand(10.0, 180.0, 300.0)
    assert smallest_agents(demand, Target(0.8, 20.0)) == 13
    found = outcome(demand, 13, 20.0)
    assert close(found.p_wait, 0.2258)
    assert close(found.abandonment, 0.02496)
    assert close(found.occupancy, 0.7500)
    assert close(found.asa_s, 0.1248 * 60)


def birth_death(load, agents, aht, patience, most=4000):
    """Return p_wait and abandonment from the chain's balance, state by state."""
    weights, total = [1.0], 1.0
    for k in range(1, most):
        rate = min(k, agents) / aht + max(k - agents, 0) / patience
        weights.append(weights[-1] * (load / aht) / rate)
        total += weights[-1]
    p = np.array(weights) / total
    waiting = (np.maximum(np.arange(most) - agents, 0) * p).sum()
    return p[agents:].sum(), waiting / patience / (load / aht)


@pytest.mark.parametrize(
    ("load", "agents", "aht", "patience"),
    [(10, 13, 180, 300), (20, 15, 100, 60), (3, 1, 240, 30), (30, 60, 200, 20)],
)
def test_erlang_a_is_the_balance_of_its_chain(load, agents, aht, patience):
    queue = patient_queue(load, agents, aht, patience)
    p_wait, abandonment = birth_death(load, agents, aht, patience)
    assert queue.p_wait == pytest.approx(p_wait, rel=1e-9)
    assert queue.abandonment == pytest.approx(abandonment, rel=1e-9)


@pytest.mark.parametrize(
    ("load", "agents", "aht", "patience"),
    [(48, 50, 60, 120), (60, 50, 60, 120), (5000, 5100, 250, 1e6), (3000, 1000, 300, 3000)],
)
def test_the_wait_and_the_chain_agree(load, agents, aht, patience):
    """Who is answered after a wait of any length, and who gives up, are all who wait."""
    queue = patient_queue(load, agents, aht, patience)
    assert queue.answered_late(0.0) == pytest.approx(queue.p_wait - queue.abandonment, rel=1e-6)
    assert queue.late_share(0.0) == pytest.approx(queue.p_wait, rel=1e-9)
    top = queue.wait_percentile(100 * (1 - 1e-9 * queue.p_wait))
    steps = np.linspace(0, top, 4_001)
    mean = np.trapezoid([queue.late_share(t) for t in steps.tolist()], steps)
    assert mean == pytest.approx(queue.mean_wait_s, rel=2e-3)


def test_endless_patience_is_erlang_c():
    queue = patient_queue(10.0, 13, 180.0, 1e7)
    assert queue.mean_wait_s == pytest.approx(mean_wait(10.0, 13, 180.0).item(), rel=1e-3)
    assert queue.wait_percentile(90) == pytest.approx(
        wait_percentile(10.0, 13, 180.0, 90.0).item(), rel=1e-3
    )


def test_thousands_of_operators_neither_overflow_nor_vanish():
    assert 0 < erlang_c(9_900.0, 10_000).item() < 1
    for patience in (20.0, 200.0, 1e6):
        for load in (4_000.0, 5_000.0, 9_000.0):
            queue = patient_queue(load, 5_000, 250.0, patience)
            assert math.isfinite(queue.wait_percentile(95))
            assert 0 <= queue.service_level(20.0) <= 1
    assert log_gamma_sum(1e6, 5e5) == pytest.approx(-math.log(5e5), abs=1e-3)


def test_overload_is_said_instead_of_a_number():
    assert np.isnan(erlang_c(10.0, 10)).all()
    assert np.isnan(mean_wait(12.0, 10, 60.0)).all()
    found = outcome(Demand(12.0, 60.0), 10, 20.0)
    assert found.overload
    assert found.service_level is None
    patient = outcome(Demand(12.0, 60.0, 60.0), 10, 20.0)
    assert not patient.overload
    # in heavy overload the operators never rest and the rest gives up
    assert patient_queue(100.0, 10, 60.0, 60.0).abandonment == pytest.approx(0.9, abs=1e-6)


def test_one_operator_fewer_breaks_the_target():
    for demand in (Demand(157.5, 252.0), Demand(157.5, 252.0, 120.0), Demand(0.3, 300.0)):
        for target in (
            Target(0.8, 20.0), Target(None, 20.0, max_asa_s=10.0),
            Target(0.8, 20.0, max_occupancy=0.85),
        ):  # fmt: skip
            n = smallest_agents(demand, target)
            assert _kept(demand, n, target)
            assert n == 1 or not _kept(demand, n - 1, target)
    assert smallest_agents(Demand(157.5, 252.0), Target(0.8, 20.0)) == 167


def _kept(demand, agents, target):
    found = outcome(demand, agents, target.within_s)
    return not found.overload and (
        (target.service_level is None or found.service_level >= target.service_level)
        and (target.max_asa_s is None or found.asa_s <= target.max_asa_s)
        and (target.max_occupancy is None or found.occupancy <= target.max_occupancy)
    )


def test_abandonment_can_be_the_target():
    demand = Demand(50.0, 180.0, 90.0)
    n = smallest_agents(demand, Target(None, 20.0, max_abandonment=0.02))
    assert outcome(demand, n, 20.0).abandonment <= 0.02
    assert outcome(demand, n - 1, 20.0).abandonment > 0.02


def test_a_target_that_nobody_can_keep_is_refused():
    with pytest.raises(Unreachable):
        smallest_agents(Demand(1.0, 60.0), Target(0.8, 20.0, max_occupancy=0.0))


def test_requirements_of_a_day_and_the_roster_behind_them():
    need = requirements(np.array([0.0, 100.0, 360.0]), 1800.0, np.array([180.0, 180.0, 240.0]),
                        Target(0.8, 20.0))  # fmt: skip
    assert need.tolist() == [0, 14, 54]
    assert rostered(need, 0.3).tolist() == [0, 20, 78]
    with pytest.raises(ValueError, match="shrinkage"):
        rostered(1, 1.0)
