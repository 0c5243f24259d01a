"""What a table of decisions says: the automated share, drift, groups. Counts in, plain data out.

A table has the columns of `columns`; reports hold counts, shares and intervals, and tell of no
group below five people.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from madang.cases.audit.columns import AUTOMATIC, FACT, GROUPS, PERSON, RULES
from madang.cases.audit.reasons import OTHER
from madang.cases.engine.control_charts import (
    FALSE_ALARM_RATE,
    MEAN_RUN,
    ControlChart,
    control_chart,
)
from madang.cases.engine.group_gaps import Gap, gaps
from madang.cases.engine.proportions import wilson
from madang.cases.engine.stability import stability
from madang.cases.engine.suppression import ROUNDED_TO, hidden, is_small, rounded

WEEK = timedelta(days=7)
RECENT_WEEKS = 4  # whose facts are held against those of the baseline
MEASURES = ("auto", "granted", "overridden", "overturned")
GROUP_MEASURES = ("granted", "wrong", "late", "asked")


def share_report(found: pl.DataFrame, target: float) -> dict[str, Any]:
    """Return which share of all R0 and R1 was decided by rules, and why the others were not."""
    open_ones = found.filter(pl.col("class").is_in(AUTOMATIC))
    rules = pl.col("decided_by") == RULES
    by_month = open_ones.group_by(pl.col("decided_at").dt.strftime("%Y-%m").alias("month"))
    months = by_month.agg(pl.len().alias("cases"), rules.sum().alias("automated")).sort("month")
    by_service = open_ones.group_by("service").agg(
        pl.len().alias("cases"), rules.sum().alias("automated")
    )
    each = open_ones.group_by(
        "service", pl.col("decided_at").dt.strftime("%Y-%m").alias("month")
    ).agg(pl.len().alias("cases"), rules.sum().alias("automated"))
    why = (
        open_ones.filter(~rules)
        .select(pl.col("why_person").fill_null(OTHER).replace("", OTHER).str.split(";"))
        .explode("why_person")
        .group_by("why_person")
        .len()
        .sort(["len", "why_person"], descending=[True, False])
    )
    return {
        "target": target,
        "classes": list(AUTOMATIC),
        "total": _share(int(open_ones.select(rules.sum()).item() or 0), open_ones.height),
        "services": [
            {"service": row["service"], **_share(row["automated"], row["cases"])}
            for row in by_service.sort(["cases", "service"], descending=[True, False]).to_dicts()
        ],
        "months": [
            {"month": row["month"], **_share(row["automated"], row["cases"])}
            for row in months.to_dicts()
        ],
        "services_months": each.sort(["service", "month"]).to_dicts(),
        "why_person": [{"why": row["why_person"], "cases": row["len"]} for row in why.to_dicts()],
    }


def public_share(report: dict[str, Any]) -> dict[str, Any]:
    """Return what everybody may see of a share: no number that tells of few people.

    Services and months are two tables of the same cases with the same totals: in each, small cells
    are hidden, and those from which they could be reckoned with the totals; where a total itself
    is small, it is hidden as well. What is told is rounded, so that what was told on another day
    and what is told in another table give no small difference.
    """
    total, reasons = report["total"], report["why_person"]
    by_people = total["cases"] - total["automated"]
    is_told = not (is_small(total["automated"]) or is_small(by_people))
    gone = hidden([row["cases"] for row in reasons]).tolist() if reasons else []
    return {
        "target": report["target"],
        "classes": report["classes"],
        "rounded_to": ROUNDED_TO,
        "total": _told(total, is_told),
        "services": _told_rows(report["services"], "service"),
        "months": _told_rows(report["months"], "month"),
        "why_person": [
            {"why": row["why"], "cases": None if is_gone else rounded(row["cases"]),
             "suppressed": is_gone}
            for row, is_gone in zip(reasons, gone, strict=True)
        ],
    }  # fmt: skip


def _told_rows(rows: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Return the rows of a table of cases by rules and by people, whose totals are told."""
    if not rows:
        return []
    mask = hidden([[row["automated"], row["cases"] - row["automated"]] for row in rows])
    keys = ("suppressed", "cases", "automated", "share")
    found = []
    for row, gone in zip(rows, mask, strict=True):
        told = _told(row, not any(gone))
        found.append({name: row[name], **{key: told[key] for key in keys}})
    return found


def _told(row: dict[str, Any], is_told: bool) -> dict[str, Any]:
    """Return cases, those by rules and their share, rounded; each None where they are not told."""
    found: dict[str, Any] = {"suppressed": not is_told}
    if not is_told:
        return found | dict.fromkeys(("cases", "automated", "share", "low", "high"))
    return found | _share(rounded(row["automated"]), rounded(row["cases"]))


def drift_report(found: pl.DataFrame, until: date, *, baseline: int) -> dict[str, Any]:
    """Return control charts per service and measure, and how far facts moved.

    Parameters
    ----------
    until : the day after the last whole week.
    baseline : number of weeks.
    """
    charts: list[dict[str, Any]] = []
    facts: list[dict[str, Any]] = []
    weekly = found.with_columns(_weeks_back(until).alias("back")).filter(pl.col("back") >= 0)
    if not weekly.height:
        return _drift(charts, facts, until, baseline)
    for (service,), rows in sorted(
        weekly.partition_by("service", as_dict=True).items(), key=lambda one: str(one[0])
    ):
        # each service has its own beginning: weeks before its first case are no weeks of it
        count = int(rows.select(pl.col("back").max()).item()) + 1
        weeks = [until - WEEK * (count - place) for place in range(count)]
        for measure in MEASURES:
            hits, of = _series(rows, measure, count)
            if sum(of):
                chart = control_chart(hits, of, baseline)
                charts.append(_chart((str(service), measure), weeks, hits, of, chart))
        facts += _facts(str(service), rows, count, baseline)
    return _drift(charts, facts, until, baseline)


def groups_report(found: pl.DataFrame, allowed: float, confidence: float = 0.95) -> dict[str, Any]:
    """Return how groups of people differ, over all services and for each.

    All intervals of one service hold together with `confidence` (Bonferroni over all its groups and
    measures). Errors are those that samples found.
    """
    parts = [("", found), *((str(key[0]), rows) for key, rows in sorted(
        found.partition_by("service", as_dict=True).items(), key=lambda one: str(one[0])
    ))]  # fmt: skip
    tables = []
    for service, rows in parts:
        counted = {
            (measure, group): counts
            for measure in GROUP_MEASURES
            for group in GROUPS
            if len(counts := _group_counts(rows, measure, group)) > 1
        }
        comparisons = sum(len(counts) for counts in counted.values())
        for (measure, group), counts in counted.items():
            # `gaps` divides among its own groups: hand it what is left of all
            own = 1 - (1 - confidence) * len(counts) / comparisons
            found_gaps = gaps(counts, allowed, own, is_favourable=measure == "granted")
            tables.append(
                {
                    "service": service,
                    "measure": measure,
                    "by": group,
                    "groups": [gap_row(one) for one in found_gaps],
                }
            )
    return {"allowed": allowed, "confidence": confidence, "tables": tables}


def gap_row(gap: Gap) -> dict[str, Any]:
    """Return a group as plain data; one too small to be told of has only its name."""
    if gap.is_hidden:
        return {"group": gap.group, "suppressed": True, "state": gap.state}
    said: dict[str, Any] = {"group": gap.group, "cases": gap.cases, "state": gap.state}
    if gap.share is None or gap.difference is None:
        return said
    between = gap.difference
    return said | {
        "share": _round(gap.share.share),
        "share_low": _round(gap.share.low),
        "share_high": _round(gap.share.high),
        "others": _round(gap.others),
        "difference": _round(between.difference),
        "low": _round(between.low),
        "high": _round(between.high),
        "needed": gap.needed,
        "ratio": _round(gap.ratio),
        "screened": gap.screened,
    }


def _group_counts(rows: pl.DataFrame, measure: str, group: str) -> dict[str, tuple[int, int]]:
    """Return (hits, cases) of each group whose value and measure are known."""
    asked = rows.select(
        _hit(measure).alias("hit"), pl.col(group).cast(pl.String).alias("group")
    ).drop_nulls()
    counted = asked.group_by("group").agg(pl.col("hit").sum(), pl.len().alias("cases"))
    return {row["group"]: (int(row["hit"]), int(row["cases"])) for row in counted.to_dicts()}


def _hit(measure: str) -> pl.Expr:
    """Return whether a case is a hit of a measure; null where the measure does not ask it."""
    by_person = pl.col("decided_by") == PERSON
    granted = pl.col("outcome") != "refused"
    proposed = pl.col("proposal").replace_strict(
        {"granted": True, "refused": False}, default=None, return_dtype=pl.Boolean
    )
    return {
        "auto": pl.when(pl.col("class").is_in(AUTOMATIC)).then(~by_person),
        "granted": granted,
        "overridden": pl.when(by_person).then(proposed != granted),
        "overturned": pl.when(pl.col("appealed")).then(pl.col("overturned")),
        "wrong": pl.col("wrong"),
        "late": pl.col("late"),
        "asked": pl.col("asked"),
    }[measure]


def _weeks_back(until: date) -> pl.Expr:
    """Return how many whole weeks before `until` a day lies; below 0 after it."""
    days = (pl.lit(until) - pl.col("decided_at").dt.date()).dt.total_days()
    return (days - 1) // 7


def _series(rows: pl.DataFrame, measure: str, count: int) -> tuple[list[int], list[int]]:
    asked = rows.select("back", _hit(measure).alias("hit")).drop_nulls()
    counted = asked.group_by("back").agg(pl.col("hit").sum(), pl.len().alias("cases"))
    hits, of = [0] * count, [0] * count
    for row in counted.to_dicts():
        place = count - 1 - int(row["back"])
        hits[place], of[place] = int(row["hit"]), int(row["cases"])
    return hits, of


def _chart(
    about: tuple[str, str],
    weeks: list[date],
    hits: list[int],
    of: list[int],
    chart: ControlChart,
) -> dict[str, Any]:
    return {
        "service": about[0],
        "measure": about[1],
        "state": chart.state,
        "centre": _round(chart.centre),
        "spread": _round(chart.spread),
        "baseline_weeks": chart.baseline,
        "weeks": [
            {"from": week.isoformat(), "hits": h, "cases": n, "low": _round(low),
             "high": _round(high)}
            for week, h, n, low, high in zip(weeks, hits, of, chart.low, chart.high, strict=True)
        ],
        "signals": [
            {"week": weeks[one.place].isoformat(), "rule": one.rule,
             "side": "above" if one.side > 0 else "below"}
            for one in chart.signals
        ],
    }  # fmt: skip


def _facts(service: str, rows: pl.DataFrame, count: int, baseline: int) -> list[dict[str, Any]]:
    recent = min(RECENT_WEEKS, max(1, count - baseline))
    before = rows.filter(pl.col("back") >= max(recent, count - baseline))
    return facts_moved(service, before, rows.filter(pl.col("back") < recent))


def facts_moved(service: str, before: pl.DataFrame, now: pl.DataFrame) -> list[dict[str, Any]]:
    """Return how far each fact moved from earlier cases to the newest ones."""
    found = []
    for name in before.columns:
        if not name.startswith(FACT) or name not in now.columns:
            continue
        one = stability(before[name].to_list(), now[name].to_list())
        if one is not None and (before[name].is_not_null().any() or now[name].is_not_null().any()):
            found.append(
                {"service": service, "fact": name.removeprefix(FACT), "state": one.state,
                 "index": _round(one.index), "noise": _round(one.noise),
                 "before": before.height, "now": now.height}
            )  # fmt: skip
    return found


def _drift(
    charts: list[dict[str, Any]], facts: list[dict[str, Any]], until: date, baseline: int
) -> dict[str, Any]:
    return {
        "until": until.isoformat(),
        "baseline_weeks": baseline,
        "false_alarms_per_chart_and_week": round(FALSE_ALARM_RATE, 5),
        "weeks_to_a_false_alarm": MEAN_RUN,
        "charts": charts,
        "facts": facts,
    }


def _share(automated: int, cases: int) -> dict[str, Any]:
    if not cases:
        return {"cases": 0, "automated": 0, "share": None, "low": None, "high": None}
    found = wilson(automated, cases)
    return {
        "cases": cases,
        "automated": automated,
        "share": _round(found.share),
        "low": _round(found.low),
        "high": _round(found.high),
    }


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
