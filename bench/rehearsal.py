"""A change of a benefit on past cases: all at once, and each case alone as it is decided live.

The service is Seoul's basic pension: an age in months from a date, an income against a ceiling that
depends on the household. Incomes and birthdays are drawn, so nearly every case is a different one.
"""

from __future__ import annotations

import time
from datetime import date, timedelta

import numpy as np
import polars as pl

from bench.report import OURS, Bar, Report

TODAY = date(2026, 11, 23)
SERVICE = "basic-pension"
ALONE = 2_000


def run(*, full: bool = False) -> Report:
    """Measure; a million cases with `full`, else a hundred thousand."""
    from madang.cases.rehearsal.change import Change, changed, package_in
    from madang.cases.rehearsal.report import rehearse
    from madang.city.api import load_profile
    from madang.services.api import Rules

    report = Report(
        "rehearsal",
        "who gains and who loses by another income ceiling, by district and age",
        bars=(Bar("1,000,000 cases", "seconds", 60.0),) if full else (),
    )
    before = package_in(load_profile("seoul").folder / "services" / SERVICE)
    change = Change("a higher ceiling", parameters={"ceilings": (2_600_000, 4_160_000)})
    after = changed(before, change)
    for count in (10_000, 100_000, 1_000_000) if full else (10_000, 100_000):
        cases = drawn(count)
        begun = time.perf_counter()
        found = rehearse(cases, before, after, change, TODAY)
        seconds = time.perf_counter() - begun
        assert found["gain"]["cases"] > 0
        report.add(OURS, f"{count:,} cases", seconds=seconds, cases_per_s=count / seconds)
    rows = drawn(ALONE).with_columns(pl.col("birth_date").cast(pl.String)).to_dicts()
    facts = [{name: row[name] for name in row if name in before.facts} for row in rows]
    begun = time.perf_counter()
    for package in (before, after):
        rules = Rules(package)
        for one in facts:
            rules.said(one, TODAY)
    seconds = time.perf_counter() - begun
    report.add("each case alone", f"{ALONE:,} cases", seconds=seconds, cases_per_s=ALONE / seconds)
    return report


def drawn(count: int) -> pl.DataFrame:
    """Return cases of people of 55 to 95 years with incomes of a log-normal spread (seeded)."""
    chance = np.random.default_rng(1)
    days = chance.integers(55 * 365, 95 * 365, count)
    return pl.DataFrame(
        {
            "birth_date": [TODAY - timedelta(days=int(day)) for day in days],
            "couple": chance.random(count) < 0.5,
            "spouse_receives": chance.random(count) < 0.3,
            "assessed_income": np.round(chance.lognormal(14.5, 0.8, count)),
            "service_pension": chance.random(count) < 0.05,
            "district": chance.choice([str(11110 + 30 * n) for n in range(25)], count),
            "age": days // 365,
        }
    )
