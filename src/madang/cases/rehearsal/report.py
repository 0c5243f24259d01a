"""The report of a rehearsal: how many gain and lose, where and of which age, and what it costs."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from madang.cases.engine.gains import age_band, by_group, interval, judged
from madang.cases.rehearsal.change import Change
from madang.cases.rehearsal.replay import replayed
from madang.services.api import Package

DISTRICT, AGE = "district", "age"


def rehearse(
    cases: pl.DataFrame, before: Package, after: Package, change: Change, today: date
) -> dict[str, Any]:
    """Return what a change would have done to past cases.

    Parameters
    ----------
    cases : one row a case: facts by name, and where known `district` (code) and `age` (years).
    today : the day as of which both are decided.
    """
    effects = judged(replayed(cases, before, after, today))
    total = effects.height
    counts = {name: int((effects["effect"] == name).sum()) for name in _EFFECTS}
    return {
        "package": before.id,
        "version": before.service.version,
        "change": change.title,
        "as_of": today.isoformat(),
        "cases": total,
        **{name: _with_interval(count, total) for name, count in counts.items()},
        "outcomes": _outcomes(effects),
        "fees": _fees(effects),
        "by": {
            "district": by_group(_column(effects, DISTRICT), DISTRICT),
            "age": by_group(_aged(effects), "band"),
        },
    }


_EFFECTS = ("gain", "lose", "mixed", "same")


def _with_interval(count: int, total: int) -> dict[str, Any]:
    if not total:
        return {"cases": 0, "share": None, "low": None, "high": None}
    found = interval(count, total)
    return {
        "cases": count,
        "share": round(found.share, 6),
        "low": round(found.low, 6),
        "high": round(found.high, 6),
    }


def _outcomes(effects: pl.DataFrame) -> list[dict[str, Any]]:
    """Return how many went from which outcome to which."""
    pairs = ["outcome_before", "outcome_after"]
    found = effects.group_by(pairs).len().sort(pairs)
    return [
        {"before": row["outcome_before"], "after": row["outcome_after"], "cases": row["len"]}
        for row in found.to_dicts()
    ]


def _fees(effects: pl.DataFrame) -> dict[str, Any]:
    """Return what all would have paid, minor units; the refused pay nothing."""
    sums = {
        when: int(effects.filter(pl.col(f"outcome_{when}") != "refuse")[f"fee_{when}"].sum() or 0)
        for when in ("before", "after")
    }
    return {**sums, "difference": sums["after"] - sums["before"]}


def _column(effects: pl.DataFrame, name: str) -> pl.DataFrame:
    if name in effects.columns:
        return effects
    return effects.with_columns(pl.lit(None, pl.String).alias(name))


def _aged(effects: pl.DataFrame) -> pl.DataFrame:
    return _column(effects, AGE).with_columns(
        age_band(pl.col(AGE).cast(pl.Int64, strict=False)).alias("band")
    )
