"""`madang cases rehearse`: a change of a service on past cases, before it is published."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from madang.kernel.orm import ready


@click.command()
@click.argument("package", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--change",
    "change_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="What would change (YAML): parameters, fees, rows, rules.",
)
@click.option(
    "--cases",
    "cases_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Past cases (.csv, .jsonl, .parquet): facts, and district and age; else this instance's.",
)
@click.option("--at", type=click.DateTime(["%Y-%m-%d"]), help="Day as of which is decided: today.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable report.")
def rehearse(
    package: Path, change_file: Path, cases_file: Path | None, at: datetime | None, as_json: bool
) -> None:
    """Show who would gain and who would lose by a change of PACKAGE."""
    from madang.cases.rehearsal.change import package_in, read_change
    from madang.cases.rehearsal.past import read_cases
    from madang.cases.rehearsal.report import rehearse as rehearsed
    from madang.city.api import profile

    before = package_in(package)
    change, after = read_change(change_file, before)
    today = at.date() if at else profile().today()
    if cases_file is None:
        ready()
        from madang.cases.rehearsal.kept import kept_cases

        cases = kept_cases(before, today)
    else:
        cases = read_cases(cases_file, before)
    report = rehearsed(cases, before, after, change, today)
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else _text(report))


def _text(report: dict[str, Any]) -> str:
    lines = [
        f"{report['change']} ({report['package']} {report['version']}), {report['cases']:,} cases",
        *(f"  {name:<6} {_share(report[name])}" for name in ("gain", "lose", "mixed", "same")),
        f"  fees   {report['fees']['before']:,} -> {report['fees']['after']:,}",
    ]
    for kind, groups in report["by"].items():
        lines.append(f"by {kind}")
        lines += [f"  {_group(group)}" for group in groups]
    return "\n".join(lines)


def _share(found: dict[str, Any]) -> str:
    if found["share"] is None:
        return "0"
    low, high = found["low"], found["high"]
    return f"{found['cases']:>9,}  {found['share']:7.2%} ({low:.2%} to {high:.2%})"


def _group(group: dict[str, Any]) -> str:
    if group.get("suppressed"):
        return f"{group['group']:<10} too few to tell"
    gain, lose = group["gain"], group["lose"]
    return (
        f"{group['group']:<10} {group['cases']:>9,}  gain {gain['share']:6.2%} "
        f"({gain['low']:.2%} to {gain['high']:.2%})  lose {lose['share']:6.2%} "
        f"({lose['low']:.2%} to {lose['high']:.2%})"
    )
