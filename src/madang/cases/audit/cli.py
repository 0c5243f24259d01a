"""``madang cases audit ...``: samples, error rates, drift and groups of your own decisions."""

from __future__ import annotations

import json
import secrets
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_JSON = click.option("--json", "as_json", is_flag=True, help="Machine-readable report.")
_RATE = click.FloatRange(0, 1, min_open=True, max_open=True)
_ERROR = click.option(
    "--error", type=_RATE, default=0.01, show_default=True, help="Error rate to be shown."
)
_CONFIDENCE = click.option("--confidence", type=_RATE, default=0.95, show_default=True)


@click.command("sample")
@_FILE
@click.option("--out", type=click.Path(path_type=Path), help="Where the sample goes (CSV).")
@click.option("--seed", help="Draws the same sample again; a new one is made without.")
@click.option("--size", type=click.IntRange(1), help="Cases; else as many as the aim takes.")
@click.option(
    "--by", default="service,class,district,age_band", show_default=True,
    help="Columns that make the strata.",
)  # fmt: skip
@_ERROR
@_CONFIDENCE
@_JSON
def sample(  # noqa: PLR0917 - the options of a command
    file: Path, out: Path | None, seed: str | None, size: int | None, by: str, error: float,
    confidence: float, as_json: bool,
) -> None:  # fmt: skip
    """Draw a stratified random sample of the decisions by rules in FILE."""
    import polars as pl

    from madang.cases.audit.aims import Aim
    from madang.cases.audit.columns import read_decisions
    from madang.cases.audit.strata import sample as drawn
    from madang.cases.audit.strata import with_strata
    from madang.kernel.errors import BadInput

    found = read_decisions(file)
    strata = [name for name in by.split(",") if name]
    for name in strata:
        if name not in found.columns:
            raise BadInput(str(file), f"has no column {name!r} for strata", line=1)
    used = seed or secrets.token_hex(16)
    taken = drawn(found, used, Aim(error, confidence), by=strata, size=size or 0)
    if not taken.ids:
        raise BadInput(str(file), "has no decision by rules: nothing to draw from")
    report = {
        "seed": used,
        "population": sum(cases for cases, _n in taken.strata.values()),
        "wanted": taken.wanted,
        "drawn": len(taken.ids),
        "strata": [
            {"stratum": name, "population": cases, "drawn": count}
            for name, (cases, count) in taken.strata.items()
        ],
        "cases": list(taken.ids),
    }
    if out:
        weights = pl.DataFrame(
            [{"stratum": n, "population": c, "weight": c / d} for n, (c, d) in taken.strata.items()]
        )
        rows = with_strata(found.filter(pl.col("case").is_in(taken.ids)), strata)
        kept = rows.join(weights, on="stratum").select("case", "stratum", "population", "weight")
        kept.with_columns(pl.lit("").alias("wrong")).sort("case").write_csv(out)
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
        return
    click.echo(f"{report['drawn']:,} of {report['population']:,} decisions by rules, seed {used}")
    for row in report["strata"]:  # type: ignore[attr-defined]
        click.echo(f"  {row['stratum']:<48} {row['drawn']:>5} of {row['population']:>9,}")


@click.command("report")
@_FILE
@_ERROR
@_CONFIDENCE
@_JSON
def report(file: Path, error: float, confidence: float, as_json: bool) -> None:
    """Show the error rate that a checked sample in FILE gives, per stratum and over all."""
    from madang.cases.audit.results import audit_report
    from madang.cases.audit.sample_file import read_sample

    checked, populations = read_sample(file)
    found = audit_report(checked, error, confidence, populations)
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else _results_text(found))


@click.command("drift")
@_FILE
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Day after the last whole week.")
@click.option("--baseline", type=click.IntRange(8, 52), default=12, show_default=True)
@_JSON
def drift(file: Path, until: datetime | None, baseline: int, as_json: bool) -> None:
    """Show which shares in FILE left their control limits, and which facts moved."""
    from madang.cases.audit.columns import read_decisions
    from madang.cases.audit.figures import drift_report

    found = read_decisions(file)
    last = found["decided_at"].max()
    assert isinstance(last, datetime)
    end = until.date() if until else _monday_after(last.date())
    said = drift_report(found, end, baseline=baseline)
    click.echo(json.dumps(said, ensure_ascii=False) if as_json else _drift_text(said))


@click.command("groups")
@_FILE
@click.option(
    "--gap", type=_RATE, default=0.05, show_default=True, help="Difference that is borne."
)
@_CONFIDENCE
@_JSON
def groups(file: Path, gap: float, confidence: float, as_json: bool) -> None:
    """Show how outcome, errors, lateness and questions in FILE differ between groups."""
    from madang.cases.audit.columns import read_decisions
    from madang.cases.audit.figures import groups_report

    said = groups_report(read_decisions(file), gap, confidence)
    click.echo(json.dumps(said, ensure_ascii=False) if as_json else _groups_text(said))


def _monday_after(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def _results_text(found: dict[str, Any]) -> str:
    if found["error_rate"] is None:
        return f"nothing was checked yet: undetermined ({found['drawn']:,} cases wait)"
    lines = [
        f"aim: below {found['aim']:.2%} with {found['confidence']:.0%} confidence: "
        f"{found['state']}",
        f"error rate {found['error_rate']:.3%} ({found['low']:.3%} to {found['high']:.3%}), "
        f"at most {found['upper_bound']:.3%} if open findings are errors",
        f"{found['wrong']} wrong and {found['open']} open of {found['checked']:,} checked, "
        f"for {found['population']:,} decisions",
    ]
    for row in found["strata"]:
        rate = (
            f"{row['error_rate']:7.2%} ({row['low']:.2%} to {row['high']:.2%})"
            if row["error_rate"] is not None
            else "not checked"
        )
        lines.append(
            f"  {row['stratum']:<40} {row['wrong']:>3} of {row['checked']:>5} x "
            f"{row['weight']:8.2f}  {rate}"
        )
    return "\n".join(lines)


def _drift_text(said: dict[str, Any]) -> str:
    lines = [
        f"weeks until {said['until']}; one false alarm in {said['weeks_to_a_false_alarm']:.0f} "
        "weeks for each chart while nothing changes"
    ]
    for chart in said["charts"]:
        week = chart["weeks"][-1]
        share = f"{week['hits'] / week['cases']:7.1%}" if week["cases"] else "no case"
        centre = f"{chart['centre']:.1%}" if chart["centre"] is not None else "no baseline"
        lines.append(
            f"  {chart['service']:<32} {chart['measure']:<11} {chart['state']:<13} "
            f"{share} of {week['cases']:,} (baseline {centre})"
        )
        lines += [
            f"    {one['week']}: {one['rule']}, {one['side']} the baseline"
            for one in chart["signals"]
        ]
    for fact in said["facts"]:
        lines.append(
            f"  {fact['service']:<32} fact {fact['fact']:<20} {fact['state']:<13} "
            f"index {fact['index']:.3f} (by chance up to {fact['noise']:.3f})"
        )
    return "\n".join(lines)


def _groups_text(said: dict[str, Any]) -> str:
    lines = [
        f"allowed gap {said['allowed']:.1%}; intervals hold together with {said['confidence']:.0%} "
        "for each service"
    ]
    for table in said["tables"]:
        lines.append(f"{table['service'] or 'all services'}: {table['measure']} by {table['by']}")
        lines += [f"  {_group_text(row)}" for row in table["groups"]]
    return "\n".join(lines)


def _group_text(row: dict[str, Any]) -> str:
    if row.get("suppressed"):
        return f"{row['group']:<14} too few to tell"
    if "difference" not in row:
        return f"{row['group']:<14} {row['cases']:>8,}  nobody to compare with"
    needed = f"{row['needed']:,} needed" if row["needed"] else "too few others"
    looked = "  below 4/5 of the best" if row["screened"] else ""
    return (
        f"{row['group']:<14} {row['cases']:>8,}  {row['share']:6.1%}  "
        f"{100 * row['difference']:+5.1f} points ({100 * row['low']:+.1f} to "
        f"{100 * row['high']:+.1f})  {row['state']:<12} {needed}{looked}"
    )
