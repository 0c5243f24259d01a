"""The quality tests beside ioos_qc 3.0.0, the referee of `bench/` (not a dependency of Madang)."""

from __future__ import annotations

import numpy as np
import pytest

from madang.telemetry.engine import quality
from madang.telemetry.engine.catalogue import Limits
from madang.telemetry.engine.flags import FLAT_LINE, MISSING, RANGE, RATE, SPIKE, SUSPECT, qartod
from tests.telemetry import engine_cases as cases

referee = pytest.importorskip("ioos_qc.qartod", reason="the referee ioos_qc is not installed")

SERIES = 200
LIMITS = Limits((-50.0, 500.0), (0.0, 150.0), 25.0, 0.1, 3000, 0.05)


def series(seed):
    """Return t [ms] and v: drift, noise, spikes, stuck spells, holes, NaN; whole seconds."""
    random = np.random.default_rng(seed)
    n = int(random.integers(3, 300))
    steps = np.full(n, 300)
    if seed % 2:  # uneven sampling
        uneven = random.random(n) < 0.3
        steps[uneven] = random.integers(200, 1500, int(uneven.sum()))
    v = np.round(60 + np.cumsum(random.normal(0, 6, n)), 1)
    v[random.random(n) < 0.04] += random.choice([-80, 60, 400])
    for begin in random.integers(0, n, 3):
        v[begin : begin + random.integers(2, 40)] = v[begin]
    v[random.random(n) < random.choice([0.0, 0.05, 0.3])] = np.nan
    return cases.START + np.cumsum(steps) * 1000, v


def ours(t, v):
    period_s = int(np.median(np.diff(t)) / 1000)  # what the referee takes for the period
    known = cases.catalogue(1, period_s=period_s, properties=("x",), limits={"x": LIMITS})
    rules = quality.compiled(known)
    row = np.zeros(len(t), np.int32)
    found = quality.judge(rules, quality.empty_past(1), row, t, v, t)
    spike = np.zeros(len(t), np.bool_)
    spike[np.searchsorted(t, found.revised_t[found.revised > 0])] = True
    return found.q, spike


@pytest.mark.parametrize("seed", range(SERIES))
def test_flags_equal_those_of_ioos_qc(seed):
    t, v = series(seed)
    q, spike = ours(t, v)
    missing = np.isnan(v)
    stamps = t.astype("datetime64[ms]")
    in_range = np.asarray(referee.gross_range_test(v, LIMITS.fail_span, LIMITS.suspect_span))
    np.testing.assert_array_equal(
        np.where(q & RANGE | missing, qartod(_range_only(q)), 1), in_range
    )
    rate = np.asarray(referee.rate_of_change_test(v, stamps, LIMITS.rate_per_s))
    np.testing.assert_array_equal((q & RATE > 0) | missing, rate >= 3)
    flat = np.asarray(
        referee.flat_line_test(v, stamps, LIMITS.flat_line_s, 10**9, LIMITS.flat_line_eps)
    )
    np.testing.assert_array_equal((q & FLAT_LINE > 0) | missing, flat >= 3)
    spikes = np.asarray(referee.spike_test(v, LIMITS.spike, None))
    np.testing.assert_array_equal(spike | missing, spikes >= 3)
    assert not (spike & missing).any()
    assert SPIKE and SUSPECT and MISSING  # the bits compared above exist


def _range_only(q):
    """Return the words with the flag that the range test alone gave."""
    return np.where(q & RANGE | (q & 7 == MISSING), q, 0)
