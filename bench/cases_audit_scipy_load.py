"""The watch over decisions with pandas and SciPy; run by `bench.cases_audit` with their Python.

Imports nothing of Madang. Prints seconds of each part, and what it found, as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import date
from math import ceil, log
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binom, norm

STRATA = ["service", "class", "district", "age_band"]
GROUPS = ["age_band", "district", "language", "channel", "sex", "foreign"]


def sampled(found: pd.DataFrame) -> dict[str, Any]:
    """Draw a stratified sample, in proportion and one of each stratum at least."""
    rules = found[found["decided_by"] == "rules"].copy()
    first, *others = (rules[name].astype(str) for name in STRATA)
    rules["stratum"] = first.str.cat(others, sep="|")
    sizes = rules["stratum"].value_counts()
    wanted = ceil(log(0.05) / log(1 - 0.01))
    left = max(0, wanted - len(sizes))
    take = 1 + np.floor(left * (sizes - 1) / max(1, (sizes - 1).sum())).astype(int)
    shuffled = rules.sample(frac=1, random_state=1)
    place = shuffled.groupby("stratum").cumcount()
    chosen = shuffled[place < shuffled["stratum"].map(take)]
    return {
        "strata": {name: int(size) for name, size in sizes.items()},
        "drawn": len(chosen),
    }


def hit(found: pd.DataFrame, measure: str) -> pd.Series:
    """Return whether each case is a hit of a measure; missing where it is not asked."""
    person, granted = found["decided_by"] == "person", found["outcome"] != "refused"
    if measure == "auto":
        return (~person).where(found["class"].isin(["R0", "R1"]))
    if measure == "granted":
        return granted
    if measure == "overridden":
        return ((found["proposal"] == "granted") != granted).where(person)
    return found[measure]


def charts(found: pd.DataFrame, until: date, baseline: int) -> dict[str, int]:
    """Return how many signals each service and measure gives (Laney's chart, mid-p scores)."""
    days = (pd.Timestamp(until, tz="UTC") - found["decided_at"].dt.floor("D")).dt.days
    found = found.assign(back=(days - 1) // 7)
    found = found[found["back"] >= 0]
    signals = {}
    for service, rows in found.groupby("service"):
        for measure in ("auto", "granted", "overridden"):
            asked = pd.DataFrame({"back": rows["back"], "hit": hit(rows, measure)}).dropna()
            if not len(asked):
                continue
            weekly = asked.groupby("back")["hit"].agg(["sum", "count"]).sort_index(ascending=False)
            signals[f"{service} {measure}"] = fired(
                weekly["sum"].to_numpy(float), weekly["count"].to_numpy(float), baseline
            )
    return signals


def fired(hits: np.ndarray, of: np.ndarray, baseline: int) -> int:
    """Return how many points after the baseline leave their limits, or end a run of eight."""
    total, cases = hits[:baseline].sum(), of[:baseline].sum()
    share = (total + 0.5) / (cases + 1) if total in (0, cases) else total / cases
    middle = (binom.cdf(hits, of, share) + binom.cdf(hits - 1, of, share)) / 2
    scores = np.where(
        (middle > 1e-15) & (middle < 1 - 1e-15), norm.ppf(middle), np.where(middle < 0.5, -8, 8)
    )
    spread = max(1.0, np.abs(np.diff(scores[:baseline])).mean() / 1.128)
    count = run = before = 0
    for score in scores[baseline:] / spread:
        side = int(np.sign(score))
        run = run + 1 if side and side == before else abs(side)
        before = side
        count += bool(abs(score) > 3 or run >= 8)
    return count


def wilson(hits: np.ndarray, of: np.ndarray, z: float) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's interval."""
    share = hits / of
    middle = (share + z**2 / (2 * of)) / (1 + z**2 / of)
    half = z / (1 + z**2 / of) * np.sqrt(share * (1 - share) / of + z**2 / (4 * of**2))
    return np.maximum(0, middle - half), np.minimum(1, middle + half)


def gaps(found: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Return the interval of each group's difference from all others (Newcombe's, Bonferroni)."""
    said = {}
    for service, rows in [("", found), *found.groupby("service")]:
        tables = {}
        for measure in ("granted", "late", "asked"):
            for group in GROUPS:
                asked = pd.DataFrame({"group": rows[group], "hit": hit(rows, measure)}).dropna()
                counted = asked.groupby("group")["hit"].agg(["sum", "count"])
                if len(counted) > 1:
                    tables[measure, group] = counted
        comparisons = sum(len(counted) for counted in tables.values())
        for (measure, group), counted in tables.items():
            z = norm.ppf(0.5 + (1 - 0.05 / comparisons) / 2)
            hits, of = (counted[name].to_numpy(float) for name in ("sum", "count"))
            rest, others = hits.sum() - hits, of.sum() - of
            (low, high), (low2, high2) = wilson(hits, of, z), wilson(rest, others, z)
            one, two = hits / of, rest / others
            least = one - two - np.sqrt((one - low) ** 2 + (high2 - two) ** 2)
            most = one - two + np.sqrt((high - one) ** 2 + (two - low2) ** 2)
            for name, a, b in zip(counted.index, least, most, strict=True):
                word = str(name).lower() if group == "foreign" else str(name)
                said[f"{service} {measure} {group} {word}"] = (float(a), float(b))
    return said


def main() -> None:
    found = pd.read_parquet(sys.argv[1])
    until, baseline = date.fromisoformat(sys.argv[2]), int(sys.argv[3])
    seconds = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        clock, cpu = time.perf_counter(), time.process_time()
        said = work()
        seconds[name] = (time.perf_counter() - clock, time.process_time() - cpu)
        return said

    sample = timed("sample", lambda: sampled(found))
    signals = timed("drift", lambda: charts(found, until, baseline))
    differences = timed("groups", lambda: gaps(found))
    print(json.dumps({
        "seconds": seconds,
        "found": {**sample, "signals": signals, "gaps": differences},
    }))  # fmt: skip


if __name__ == "__main__":
    main()
