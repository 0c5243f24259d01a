"""The workload of the measurements is what its page says."""

from __future__ import annotations

import numpy as np

from madang.telemetry.proof import passes, workload


def joined(lots):
    lots = list(lots)
    return (np.concatenate([getattr(lot, name) for lot in lots]) for name in ("ds", "t", "v"))


def test_the_workload_is_the_same_however_it_is_cut():
    whole, cut = workload.rows(120_000), workload.rows(120_000, 7_001)
    for one, other in zip(joined(whole), joined(cut), strict=True):
        np.testing.assert_array_equal(one, other)


def test_each_datastream_reports_once_a_round():
    ds, t, _ = joined(workload.rows(2 * workload.SENSORS))
    for number, begin in enumerate((0, workload.SENSORS), 1):
        lot = slice(begin, begin + workload.SENSORS)
        assert set(ds[lot].tolist()) == set(range(1, workload.SENSORS + 1))
        assert set(t[lot].tolist()) == {workload.START + number * workload.STEP_MS}


def test_every_datastream_of_the_workload_is_in_its_catalogue():
    ds, _, _ = joined(workload.rows(workload.SENSORS))
    assert (workload.catalogue().rows(ds) >= 0).all()


def test_the_passes_give_finite_rates():
    found = passes.measured(100_000)
    assert found.points == 100_000
    assert 0 < found.all_passes < min(found.quality, found.detectors, found.duplicates)
    assert found.latest_ms > 0
