"""What samples found: error rates per stratum and over all, and whether planted errors are caught.

Shared by files and this instance: a table of checked cases in, counts and intervals out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import polars as pl

from madang.cases.engine.sampling import (
    BREACHED,
    MET,
    UNDETERMINED,
    Stratum,
    estimate,
    of_stratum,
)

LEAST_PLANTED = 5  # planted cases that an officer must have decided to be counted
LEAST_OFFICERS = 3


def audit_report(
    checked: pl.DataFrame, aim: float, confidence: float, populations: Mapping[str, int]
) -> dict[str, Any]:
    """Return the error rate over all decisions that a sample stands for, with its intervals.

    Parameters
    ----------
    checked : one row a sampled case: `stratum`, and `wrong` (true, false; null while nobody has
        decided it, or while it is open who was right) and `open` (a finding that is not settled).
    populations : decisions of each stratum.

    The aim is `met` only if it is so should every open finding turn out to be an error, and
    `breached` only by errors that were confirmed.
    """
    strata = {"known": _strata(checked, populations, open_is_wrong=False),
              "worst": _strata(checked, populations, open_is_wrong=True)}  # fmt: skip
    known = estimate(strata["known"], aim, confidence)
    worst = estimate(strata["worst"], aim, confidence)
    state = MET if worst.state == MET else BREACHED if known.state == BREACHED else UNDETERMINED
    return {
        "aim": aim,
        "confidence": confidence,
        "state": state,
        "population": sum(populations.values()),
        "drawn": checked.height,
        "checked": sum(one.drawn for one in strata["worst"]),
        "wrong": sum(one.wrong for one in strata["known"]),
        "open": int(checked["open"].sum() or 0),
        "error_rate": _round(known.share),
        "low": _round(known.low),
        "high": _round(known.high),
        "upper_bound": _round(worst.bound),
        "effective_sample": _round(known.effective),
        "covered": _round(known.covered),
        "strata": [_stratum(one, confidence) for one in strata["known"]],
    }


def catch_report(decided: Sequence[tuple[str, bool]], aim: float) -> dict[str, Any]:
    """Return whether officers catch planted errors: the median of their rates. Names nobody.

    Parameters
    ----------
    decided : (officer, whether it was caught) of each planted case that was decided.
    """
    by_officer: dict[str, list[bool]] = {}
    for officer, is_caught in decided:
        by_officer.setdefault(officer, []).append(is_caught)
    rates = [sum(all_) / len(all_) for all_ in by_officer.values() if len(all_) >= LEAST_PLANTED]
    middle = median(rates) if len(rates) >= LEAST_OFFICERS else None
    state = UNDETERMINED if middle is None else MET if middle >= aim else BREACHED
    return {
        "aim": aim,
        "planted": len(decided),
        "caught": sum(is_caught for _officer, is_caught in decided),
        "officers": len(rates),
        "median": _round(middle),
        "state": state,
    }


def _strata(
    checked: pl.DataFrame, populations: Mapping[str, int], *, open_is_wrong: bool
) -> list[Stratum]:
    found: dict[str, list[int]] = {name: [0, 0] for name in populations}
    for stratum, wrong, is_open in checked.select("stratum", "wrong", "open").iter_rows():
        if wrong is None and not (is_open and open_is_wrong):
            continue
        found[stratum][0] += 1
        found[stratum][1] += bool(wrong) or bool(is_open and open_is_wrong)
    return [
        Stratum(name, populations[name], drawn, wrong)
        for name, (drawn, wrong) in sorted(found.items())
    ]


def _stratum(one: Stratum, confidence: float) -> dict[str, Any]:
    found = of_stratum(one, confidence)
    return {
        "stratum": one.name,
        "population": one.population,
        "checked": one.drawn,
        "wrong": one.wrong,
        "weight": _round(one.weight),
        "error_rate": _round(found.share) if found else None,
        "low": _round(found.low) if found else None,
        "high": _round(found.high) if found else None,
    }


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
