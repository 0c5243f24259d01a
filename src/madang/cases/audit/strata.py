"""A stratified random sample of a table of decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from madang.cases.audit.aims import Aim
from madang.cases.audit.columns import RULES
from madang.cases.engine.proportions import cases_without_error
from madang.cases.engine.sampling import allocation, drawn

STRATA = ("service", "class", "district", "age_band")
NONE = "-"  # where a case has no value of a stratum


@dataclass(frozen=True)
class Sample:
    """A sample of decisions: ids by `drawn`, and how many of each stratum.

    strata : {name: (cases, drawn)}.
    """

    ids: tuple[str, ...]
    strata: dict[str, tuple[int, int]]
    wanted: int


def sample(
    found: pl.DataFrame, seed: str, aim: Aim, *, by: Sequence[str] = STRATA, size: int = 0
) -> Sample:
    """Return a stratified sample of the decisions by rules.

    Parameters
    ----------
    found : columns of `columns`.
    by : columns that make the strata.
    size : cases wanted; 0 takes as many as, all without error, show the aim.
    """
    automated = with_strata(found.filter(pl.col("decided_by") == RULES), by)
    members = {
        str(key[0]): rows["case"].to_list()
        for key, rows in automated.partition_by("stratum", as_dict=True).items()
    }
    count = automated.height
    wanted = size or (cases_without_error(aim.error_rate, aim.confidence, count) if count else 0)
    take = allocation({name: len(ids) for name, ids in members.items()}, wanted)
    ids = drawn(members, take, seed)
    return Sample(tuple(ids), {n: (len(members[n]), take[n]) for n in sorted(members)}, wanted)


def with_strata(found: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Return decisions with the name of their stratum."""
    parts = [pl.col(name).cast(pl.String).fill_null(NONE) for name in by]
    named = pl.concat_str(parts, separator="|") if parts else pl.lit("all")
    return found.with_columns(named.alias("stratum"))
