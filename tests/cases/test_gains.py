"""Who gains and who loses: judged by outcome, then by money; told of groups, never of a few."""

from __future__ import annotations

import polars as pl
import pytest

from madang.cases.engine.gains import SMALLEST, age_band, by_group, interval, judged


def test_the_interval_is_that_of_wilson():
    """Against Brown, Cai and DasGupta 2001 (Statistical Science 16), and R's prop.test."""
    found = interval(10, 100)
    assert (round(found.low, 4), round(found.high, 4)) == (0.0552, 0.1744)
    assert interval(0, 50).low == 0.0
    assert interval(50, 50).high == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        (("refuse", 0), ("grant", 0), "gain"),
        (("refer", 0), ("grant", 0), "gain"),
        (("grant", 400), ("grant", 500), "lose"),
        (("grant", 400), ("grant", 0), "gain"),
        (("grant", 0), ("refer", 0), "lose"),
        (("refuse", 400), ("refuse", 500), "same"),
        (("refer", 400), ("grant", 500), "mixed"),
        (("refuse", 400), ("grant", 500), "gain"),
    ],
)
def test_a_case_gains_by_a_better_outcome_or_a_lower_fee(before, after, effect):
    row = {
        "outcome_before": [before[0]], "fee_before": [before[1]],
        "outcome_after": [after[0]], "fee_after": [after[1]],
    }  # fmt: skip
    assert judged(pl.DataFrame(row))["effect"].to_list() == [effect]


def groups(*sizes: int) -> pl.DataFrame:
    rows = [
        (f"g{n}", "gain" if k % 2 else "same") for n, size in enumerate(sizes) for k in range(size)
    ]
    return pl.DataFrame(rows, schema=["where", "effect"], orient="row")


def test_a_small_group_is_hidden_and_with_it_the_one_that_would_give_it_away():
    found = by_group(groups(40, 20, SMALLEST - 1), "where")
    assert [row.get("suppressed", False) for row in found] == [False, True, True]
    assert found[0]["gain"]["cases"] == 20
    two = by_group(groups(40, 20, 3, 2), "where")
    assert [row.get("suppressed", False) for row in two] == [False, False, True, True]


def test_a_case_without_a_group_is_of_the_unknown_ones():
    frame = pl.DataFrame(
        {"where": [None] * 6, "effect": ["gain"] * 6},
        schema={"where": pl.String, "effect": pl.String},
    )
    assert by_group(frame, "where")[0]["group"] == "unknown"


def test_ages_fall_into_bands():
    ages = pl.DataFrame({"age": [0, 13, 14, 34, 75, 110, None]})
    bands = ages.select(age_band(pl.col("age")).alias("band"))["band"].to_list()
    assert bands == ["0-13", "0-13", "14-18", "19-34", "75+", "75+", None]
