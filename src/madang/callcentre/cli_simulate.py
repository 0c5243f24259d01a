"""``madang callcentre simulate``: a call centre call by call, over several seeds."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from madang.callcentre.errors import InvalidCalls
from madang.kernel.errors import Invalid

if TYPE_CHECKING:
    from madang.callcentre.engine.simulate_summary import Estimate, Summary

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("simulate")
@click.option("--scenario", "scenario_file", type=_FILE, help="YAML: languages, operators, rules.")
@click.option("--calls-per-interval", type=float, help="Calls of one interval (one language).")
@click.option("--interval", default="30m", show_default=True, help="Its length.")
@click.option("--aht", help="Mean handling time: 240, 4m.")
@click.option("--patience", help="Mean patience; without it nobody gives up.")
@click.option("--agents", type=click.IntRange(1, 20_000), help="Operators on the phones.")
@click.option(
    "--hours",
    type=click.FloatRange(0.5, 24 * 366),
    default=24.0,
    show_default=True,
    help="How long calls come.",
)
@click.option(
    "--target",
    "target_text",
    default="80/20",
    show_default=True,
    help="80/20 is 80 % of the calls answered within 20 s.",
)
@click.option(
    "--seeds", type=click.IntRange(1, 1000), default=5, show_default=True, help="How many runs."
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def simulate(
    *, scenario_file: Path | None, target_text: str, seeds: int, as_json: bool, **given: Any
) -> None:
    """Simulate calls, operators and their skills; simulated figures, said so.

    Either a scenario file, or one language by options.
    """
    from madang.callcentre.scenario import read_scenario, simple_scenario
    from madang.callcentre.spans import seconds, target

    share, within = target(target_text)
    if scenario_file is not None:
        scenario = read_scenario(scenario_file)
    else:
        missing = [n for n in ("calls_per_interval", "aht", "agents") if given[n] is None]
        if missing:
            names = ", ".join("--" + name.replace("_", "-") for name in missing)
            raise click.UsageError(f"without --scenario, give {names}")
        if not 0 <= given["calls_per_interval"] < 10_000_000:
            raise Invalid("--calls-per-interval: is no number of calls")
        scenario = simple_scenario(
            given["calls_per_interval"],
            seconds(given["interval"]),
            seconds(given["aht"]),
            patience_s=seconds(given["patience"]) if given["patience"] else None,
            agents=given["agents"],
            length_s=given["hours"] * 3600.0,
        )
    from madang.callcentre.simulating import ran

    try:
        runs = [ran(scenario, seed, within) for seed in range(seeds)]
    except ValueError as error:
        raise InvalidCalls(str(scenario_file or "options"), str(error)) from error
    answer = {
        "simulated": True,
        "seeds": seeds,
        "target": {"service_level": share, "within_s": within},
        **_figures([run.whole for run in runs]),
        "languages": {
            name: _figures([run.by_skill[k] for run in runs])
            for k, name in enumerate(scenario.languages)
        },
        "assumptions": scenario.assumptions(),
    }
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        _print(answer)


def _figures(runs: list[Summary]) -> dict[str, Any]:
    from madang.callcentre.engine.simulate_summary import Summary, estimate

    return {
        field.name: _estimate(estimate([getattr(run, field.name) for run in runs]))
        for field in fields(Summary)
    }


def _estimate(found: Estimate) -> dict[str, float | None]:
    return {name: _finite(value) for name, value in asdict(found).items()}


def _finite(value: float) -> float | None:
    return float(f"{value:.6g}") if abs(value) < float("inf") else None


def _print(answer: dict[str, Any]) -> None:
    click.echo(f"Simulated, {answer['seeds']} seeds; 95 % intervals over the seeds.")
    within = answer["target"]["within_s"]
    shown = (
        ("calls to operators", "calls", 1, ""),
        (f"answered within {within:g} s", "service_level", 100, "%"),
        ("mean wait of the answered", "asa_s", 1, "s"),
        ("gave up", "abandonment", 100, "%"),
        ("mean handling time", "handling_s", 1, "s"),
        ("operators' time on calls", "occupancy", 100, "%"),
        ("settled at the first call", "first_call", 100, "%"),
        ("closed by the bot alone", "closed_by_bot", 100, "%"),
    )
    for name, key, factor, unit in shown:
        one = answer[key]
        low, high = (one[side] for side in ("low", "high"))
        span = "" if low is None else f"  ({factor * low:.1f} to {factor * high:.1f})"
        click.echo(f"  {name:<28}{factor * one['value']:>10.1f} {unit:<2}{span}")
    for name, own in answer["languages"].items():
        level, gone = own["service_level"]["value"], own["abandonment"]["value"]
        click.echo(
            f"  {name:<8}{own['calls']['value']:>9.0f} calls, {100 * level:5.1f} % in time, "
            f"{100 * gone:4.1f} % gave up"
        )
