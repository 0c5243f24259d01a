"""Who gains and who loses by a change, by groups of people, with intervals."""

from __future__ import annotations

from typing import Any

import polars as pl

from madang.cases.engine.proportions import Share, wilson
from madang.cases.engine.suppression import SMALLEST, hidden

__all__ = ["BANDS", "SMALLEST", "age_band", "by_group", "interval", "judged"]

ORDER = {"refuse": 0, "refer": 1, "grant": 2}
BANDS = ((0, 13), (14, 18), (19, 34), (35, 49), (50, 64), (65, 74), (75, 200))


def interval(hits: int, of: int) -> Share:
    """Return a share with its Wilson score interval, 95 %.

    The interval is that of the share among cases like these: the past ones are all there, the ones
    to come are a draw.
    """
    return wilson(hits, of)


def judged(decided: pl.DataFrame) -> pl.DataFrame:
    """Return cases with `effect`: `gain`, `lose`, `mixed` or `same`.

    Parameters
    ----------
    decided : columns `outcome_before`, `outcome_after` (refuse, refer, grant) and `fee_before`,
        `fee_after` (minor units). A better outcome or a lower fee gains; a fee counts only where it
        would be paid, which is unless the outcome is a refusal both times.
    """
    rank = [
        pl.col(f"outcome_{when}").replace_strict(ORDER, return_dtype=pl.Int8)
        for when in ("before", "after")
    ]
    outcome = rank[1].cast(pl.Int64) - rank[0].cast(pl.Int64)
    pays = (rank[0] > 0) & (rank[1] > 0)
    money = pl.when(pays).then(pl.col("fee_before") - pl.col("fee_after")).otherwise(0)
    up, down = (outcome > 0) | (money > 0), (outcome < 0) | (money < 0)
    return decided.with_columns(
        pl.when(up & down)
        .then(pl.lit("mixed"))
        .when(up)
        .then(pl.lit("gain"))
        .when(down)
        .then(pl.lit("lose"))
        .otherwise(pl.lit("same"))
        .alias("effect")
    )


def age_band(age: pl.Expr) -> pl.Expr:
    """Return the band of an age in years, as text; null without an age."""
    names = [f"{low}-{high}" if high < 200 else f"{low}+" for low, high in BANDS]
    bands = [
        pl.when(age.is_between(low, high)).then(pl.lit(name))
        for (low, high), name in zip(BANDS, names, strict=True)
    ]
    return pl.coalesce(bands)


def by_group(effects: pl.DataFrame, group: str) -> list[dict[str, Any]]:
    """Return gains and losses of each group, largest first.

    Groups of fewer than `SMALLEST` cases are not told, and where one alone would be hidden, so that
    it could be reckoned from the total, the smallest other one neither.

    Parameters
    ----------
    effects : what `judged` returns, with a column `group`; null is "unknown".
    """
    counted = (
        effects.with_columns(pl.col(group).cast(pl.String).fill_null("unknown"))
        .group_by(group)
        .agg(
            pl.len().alias("cases"),
            (pl.col("effect") == "gain").sum().alias("gain"),
            (pl.col("effect") == "lose").sum().alias("lose"),
            (pl.col("effect") == "mixed").sum().alias("mixed"),
        )
        .sort(["cases", group], descending=[True, False])
        .to_dicts()
    )
    is_hidden = hidden([row["cases"] for row in counted])
    return [
        {"group": row[group], "cases": None, "suppressed": True}
        if is_hidden[number]
        else {
            "group": row[group],
            "cases": row["cases"],
            "gain": _counted(row["gain"], row["cases"]),
            "lose": _counted(row["lose"], row["cases"]),
            "mixed": row["mixed"],
        }
        for number, row in enumerate(counted)
    ]


def _counted(hits: int, of: int) -> dict[str, Any]:
    found = interval(hits, of)
    return {
        "cases": hits,
        "share": round(found.share, 6),
        "low": round(found.low, 6),
        "high": round(found.high, 6),
    }
