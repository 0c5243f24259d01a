"""Past cases decided once more, by the rules as they are and as they would be."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from madang.services.api import Column, Package, Rules, said_of_all


def replayed(cases: pl.DataFrame, before: Package, after: Package, today: date) -> pl.DataFrame:
    """Return past cases with what is and what would be decided.

    Parameters
    ----------
    cases : one row a case; columns are facts by name, others are kept.
    today : the day as of which both are decided.

    Returns
    -------
    pl.DataFrame
        The rows in their order, with `outcome_before`, `fee_before`, `outcome_after`, `fee_after`
        (minor units).
    """
    rules = {"before": Rules(before), "after": Rules(after)}
    needed = rules["before"].rests_on | rules["after"].rests_on
    facts = {name: factor(cases[name]) for name in cases.columns if name in needed}
    found = cases
    for suffix, one in rules.items():
        said = said_of_all(one, facts, today, cases.height)
        outcomes = pl.Series(said.outcomes.values, dtype=pl.String)
        found = found.with_columns(
            outcomes.gather(said.outcomes.codes).alias(f"outcome_{suffix}"),
            pl.Series(f"fee_{suffix}", said.fees),
        )
    return found


def factor(series: pl.Series) -> Column:
    """Return a column as its different values, as JSON has them, and which one each case has."""
    if isinstance(series.dtype, pl.List):
        return _of_lists(series)
    different = series.unique(maintain_order=True).alias("value").to_frame().with_row_index("code")
    joined = (
        series.alias("value")
        .to_frame()
        .join(different, on="value", how="left", nulls_equal=True, maintain_order="left")
    )
    values = different["value"]
    if values.dtype.is_temporal():
        values = values.cast(pl.String)
    return Column(joined["code"].to_numpy().astype(np.int64), values.to_list())


def _of_lists(series: pl.Series) -> Column:
    values = [None if item is None else list(item) for item in series.to_list()]
    places: dict[str, int] = {}
    codes = np.array([places.setdefault(repr(value), len(places)) for value in values], np.int64)
    kept = dict(zip((repr(value) for value in values), values, strict=True))
    return Column(codes, [kept[key] for key in places])
