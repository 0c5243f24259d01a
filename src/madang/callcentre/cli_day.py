"""``madang callcentre day``: a simulated day with and without help, from stated assumptions."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

if TYPE_CHECKING:
    from madang.callcentre.day import CaseDay, Met
    from madang.callcentre.day_assumptions import Assumptions
    from madang.callcentre.day_languages import LanguagePools
    from madang.callcentre.scheduling import Scheme

_FILE = click.Path(path_type=Path, dir_okay=False)


# what is shown, where it stands in a case, its factor, and the published figure beside it
_ROWS: tuple[tuple[str, str, int, str | None], ...] = (
    ("mean wait [s]", "wait_s.value", 1, "wait_s"),
    ("answered in time [%]", "service_level.value", 100, None),
    ("gave up [%]", "abandonment.value", 100, None),
    ("handling time [s]", "handling_s.value", 1, None),
    ("handling time, change [%]", "handling_change_pct", 1, "handling_change_pct"),
    ("settled at the first call [%]", "first_call.value", 100, "first_call_pct"),
    ("closed by the bot alone [%]", "closed_alone.value", 100, "closed_alone_pct"),
    ("operators' time on calls [%]", "occupancy.value", 100, None),
    ("payroll, free starts", "payroll_free", 1, None),
    ("payroll, three fixed starts", "payroll_fixed", 1, None),
    ("wait with fewer people [s]", "stretched.wait_s.value", 1, "wait_s"),
    ("  gave up then [%]", "stretched.abandonment.value", 100, None),
)


@click.command("day")
@click.option("--assumptions", "assumptions_file", type=_FILE, help="YAML; else those that come "
              "with Madang.")  # fmt: skip
@click.option("--seeds", type=click.IntRange(2, 200), default=5, show_default=True,
              help="How many runs of each case.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def day(assumptions_file: Path | None, seeds: int, as_json: bool) -> None:
    """Simulate a day with and without co-pilot and automation, and the people that each needs."""
    from madang.callcentre.day import simulated_day
    from madang.callcentre.day_assumptions import read_assumptions
    from madang.callcentre.day_languages import language_pools

    given = read_assumptions(assumptions_file)
    cases = simulated_day(given, range(seeds))
    apart = language_pools(given, range(seeds)) if given.languages else None
    answer = day_answer(given, cases, apart, seeds)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        _print(answer)


def day_answer(
    given: Assumptions, cases: list[CaseDay], apart: LanguagePools | None, seeds: int
) -> dict[str, Any]:
    """Return the day as plain values, with its assumptions."""
    base = cases[0]
    return {
        "simulated": True,
        "seeds": seeds,
        "cases": {case.name: _case(case, base) for case in cases},
        "languages": None if apart is None else asdict(apart),
        "published": msgspec.to_builtins(given.published),
        "assumptions": msgspec.to_builtins(given),
    }


def _case(case: CaseDay, base: CaseDay) -> dict[str, Any]:
    from madang.callcentre.scheduling import saving

    change = case.met.handling_s.value / base.met.handling_s.value - 1.0
    return {
        **_met(case.met),
        "handling_change_pct": round(100 * change, 2),
        "payroll_free": case.free.payroll,
        "payroll_fixed": case.fixed.payroll,
        "operators_free": case.free.busiest_day,
        "operators_fixed": case.fixed.busiest_day,
        "free_starts_save_pct": round(saving(case.fixed, case.free), 2),
        "payroll_saved_pct": round(100 * (1 - case.free.payroll / base.free.payroll), 2),
        "gap": max(_gap(case.free), _gap(case.fixed)),
        "stretched": _met(case.stretched),
    }


def _gap(scheme: Scheme) -> float:
    return round(scheme.plan.gap, 5)


def _met(met: Met) -> dict[str, Any]:
    found = {}
    for field in fields(met):
        one = getattr(met, field.name)
        found[field.name] = {
            "value": round(one.value, 5), "low": round(one.low, 5), "high": round(one.high, 5),
        }  # fmt: skip
    return found


def _print(answer: dict[str, Any]) -> None:
    cases = answer["cases"]
    click.echo("Simulated from assumptions, not measured.")
    click.echo(f"{'':<34}" + "".join(f"{name:>17}" for name in [*cases, "published"]))
    published = answer["published"]
    for name, path, factor, beside in _ROWS:
        cells = "".join(f"{factor * _at(case, path):>17.1f}" for case in cases.values())
        theirs = published[beside] if beside else None
        click.echo(f"{name:<34}{cells}{'-' if theirs is None else f'{theirs:g}':>17}")
    _print_languages(answer["languages"])
    click.echo("Assumptions:")
    given = answer["assumptions"]
    for name in ("calls", "aht_s", "patience_s", "shrinkage", "target", "work_days"):
        click.echo(f"  {name}: {given[name]}")
    for name, text in given["sources"].items():
        click.echo(f"  {name}: {text}")


def _print_languages(found: dict[str, Any] | None) -> None:
    if found is None:
        return
    click.echo(
        f"Other languages in the busiest hour, {found['load']:.1f} erlang: {found['separate']} "
        f"operators in {found['languages']} separate pools, {found['pooled']} if each spoke all, "
        f"{found['overlapping']} with overlap and {found['interpreters']} interpreters"
    )
    level, worst = 100 * found["level"], 100 * found["worst_level"]
    click.echo(f"  ({level:.0f} % in time with them, the worst language {worst:.0f} %)")


def _at(case: dict[str, Any], path: str) -> float:
    """Return the number at a path of names."""
    found: Any = case
    for name in path.split("."):
        found = found[name]
    return float(found)
