"""Forecasts of calls: profiles, levels, holidays, regressors, intervals, and nothing of later."""

from __future__ import annotations

import csv
import gzip
from datetime import date

import numpy as np
import pytest

from madang.callcentre.engine.forecast import (
    HOLIDAY,
    Coming,
    History,
    Smoothing,
    followed,
    kinds_of,
)
from madang.callcentre.engine.forecast_scores import (
    TooShort,
    chosen,
    forecast,
    rolled,
    score,
    spread,
)

WEEK = np.array([1.2, 1.05, 1.0, 1.0, 1.05, 0.45, 0.35])
SHAPE = np.interp(np.arange(48), [0, 12, 18, 22, 28, 40, 47], [30, 10, 400, 1100, 1100, 200, 60])


def made(days=140, seed=1, *, noise=True, drift=0.01):
    """Return calls of half-hours of made days: weekday x shape x a wandering level."""
    rng = np.random.default_rng(seed)
    level = np.exp(np.cumsum(rng.normal(0, drift, days)))
    mean = SHAPE * (WEEK[np.arange(days) % 7] * level)[:, None]
    return rng.poisson(mean).astype(float) if noise else mean


def history(calls, x=None):
    return History(calls, np.arange(len(calls)) % 7, x)


def ahead(days, first):
    return Coming((first + np.arange(days)) % 7)


def test_calls_that_repeat_are_forecast_exactly():
    calls = made(84, noise=False, drift=0.0)
    found = forecast(history(calls[:70]), ahead(14, 70))
    assert found.calls == pytest.approx(calls[70:], rel=1e-6)


def test_it_misses_less_than_the_week_before():
    calls = made(130)
    found = forecast(history(calls), ahead(7, 130))
    assert found.held_out.skill > 0.15
    assert 0.7 < found.coverage < 0.9
    assert (found.low <= found.calls).all()
    assert (found.calls <= found.high).all()


def test_a_forecast_uses_nothing_of_later():
    calls = made(120)
    changed = calls.copy()
    changed[90:] *= 3.0
    origins = np.arange(60, 90)
    smoothing = Smoothing(0.2, 0.1, 0.05)
    first, second = (rolled(history(c), origins, 7, smoothing).said for c in (calls, changed))
    assert (first == second).all()


def test_the_level_follows_a_step():
    calls = made(120, noise=False, drift=0.0)
    calls[80:] *= 1.5
    state = followed(history(calls), Smoothing(0.2, 0.05))
    said = state.ahead(ahead(7, 120))
    assert said.sum() == pytest.approx(calls[:7].sum() * 1.5, rel=0.02)


def test_a_trend_is_followed_and_damped():
    calls = made(120, noise=False, drift=0.0) * np.linspace(1.0, 2.0, 120)[:, None]
    state = followed(history(calls), Smoothing(0.3, 0.05, 0.15))
    assert state.trend > 0
    far = state.ahead(ahead(364, 120)).sum(axis=1).reshape(-1, 7).sum(axis=1)
    assert far[-1] == pytest.approx(far[-2], rel=1e-6)  # it ends, it does not go on for ever


def test_one_wild_day_does_not_move_the_level_far():
    calls = made(100, noise=False, drift=0.0)
    wild = calls.copy()
    wild[97] *= 50.0
    plain, shaken = (
        followed(history(c), Smoothing(0.1, 0.05)).ahead(ahead(1, 100)).sum() for c in (calls, wild)
    )
    assert shaken < 1.4 * plain


def test_unknown_intervals_and_days_are_left_out():
    calls = made(100)
    calls[50] = np.nan
    calls[60, 10:20] = np.nan
    found = forecast(history(calls), ahead(7, 100))
    assert np.isfinite(found.calls).all()
    assert np.isfinite(found.held_out.wape)


def test_a_holiday_is_a_kind_of_day_of_its_own():
    calls = made(140, noise=False, drift=0.0)
    weekdays = np.arange(147) % 7
    holiday = np.isin(np.arange(147), [30, 66, 101, 143])
    calls[[30, 66, 101]] = 0.2 * SHAPE
    kind = kinds_of(weekdays, holiday)
    assert kind[30] == HOLIDAY
    state = followed(History(calls, kind[:140]), Smoothing(0.1, 0.1))
    said = state.ahead(Coming(kind[140:])).sum(axis=1)
    assert said[3] == pytest.approx(0.2 * SHAPE.sum(), rel=0.25)
    assert said[2] == pytest.approx(WEEK[2] * SHAPE.sum(), rel=0.05)


def test_a_holiday_never_seen_is_as_a_sunday():
    calls = made(70, noise=False, drift=0.0)
    state = followed(history(calls), Smoothing(0.1, 0.1))
    said = state.ahead(Coming(np.array([HOLIDAY, 6])))
    assert said[0] == pytest.approx(said[1])


def test_rain_that_brings_calls_is_learned():
    rng = np.random.default_rng(3)
    calls = made(120, drift=0.0)
    rain = (rng.random(134) < 0.25).astype(float)
    calls *= np.exp(0.4 * rain[:120, None])
    x = np.repeat(rain[:, None, None], 48, axis=1)
    known = History(calls, np.arange(120) % 7, x[:120])
    coming = Coming(np.arange(120, 134) % 7, x[120:])
    found = forecast(known, coming)
    without = forecast(history(calls), ahead(14, 120))
    assert found.coefficients[0] == pytest.approx(0.4, abs=0.08)
    assert found.held_out.wape < 0.7 * without.held_out.wape


def test_a_regressor_without_effect_changes_little():
    rng = np.random.default_rng(4)
    calls = made(150)
    x = rng.normal(size=(150, 48, 3))
    origins = np.arange(100, 143)
    smoothing = Smoothing(0.1, 0.1)
    with_it = score(rolled(history(calls, x), origins, 7, smoothing)).wape
    without = score(rolled(history(calls), origins, 7, smoothing)).wape
    assert with_it == pytest.approx(without, rel=0.05)


def test_the_baseline_is_the_newest_known_week():
    calls = made(60)
    found = rolled(history(calls), np.array([45]), 14, Smoothing(0.1, 0.1))
    assert (found.naive[0, :7] == calls[38:45]).all()
    assert (found.naive[0, 7:14] == calls[38:45]).all()
    assert (found.came[0, :14] == calls[45:59]).all()


def test_the_score_is_the_sum_of_misses_by_the_sum_of_calls():
    calls = made(60)
    found = rolled(history(calls), np.array([45]), 1, Smoothing(0.1, 0.1))
    by_hand = np.abs(found.said - calls[45]).sum() / calls[45].sum()
    assert score(found).wape == pytest.approx(by_hand)
    by_day = abs(found.said.sum() - calls[45].sum()) / calls[45].sum()
    assert score(found).day_wape == pytest.approx(by_day)


def test_a_wider_interval_holds_more():
    calls = made(150)
    found = rolled(history(calls), np.arange(60, 140), 3, Smoothing(0.1, 0.1))
    narrow, wide = (spread(found, share) for share in (0.5, 0.95))
    assert (wide.high > narrow.high).all()
    assert (wide.low < narrow.low).all()


def test_gains_are_chosen_by_what_they_miss():
    still, wild = made(120, drift=0.0), made(120, drift=0.08)
    assert chosen(history(still), 3).level < chosen(history(wild), 3).level


def test_too_little_history_is_refused():
    with pytest.raises(TooShort, match="need 42"):
        forecast(history(made(20)), ahead(7, 20))


def test_real_counts_of_a_city_are_forecast_better_than_by_the_week_before(shared):
    """Hourly rentals of Seoul's public bicycles: no calls, but counts of a city, with weather."""
    path = shared / "seoul" / "bike_demand_hourly_2017_2018.csv.gz"
    with gzip.open(path, "rt") as file:
        rows = list(csv.DictReader(file))[: 150 * 24]
    calls = np.array(
        [float(r["rented"]) if r["functioning"] == "Yes" else np.nan for r in rows]
    ).reshape(-1, 24)
    days = [date.fromisoformat(r["date"]) for r in rows[::24]]
    holiday = np.array([r["holiday"] != "No Holiday" for r in rows[::24]])
    kind = kinds_of(np.array([day.weekday() for day in days]), holiday)
    names = ("temp_c", "humidity_pct", "rain_mm")
    x = np.array([[float(r[n]) for n in names] for r in rows]).reshape(-1, 24, len(names))
    found = forecast(History(calls[:-7], kind[:-7], x[:-7]), Coming(kind[-7:], x[-7:]))
    assert found.held_out.skill > 0.2
    assert 0.7 < found.coverage < 0.95
