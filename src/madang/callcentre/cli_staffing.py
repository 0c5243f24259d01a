"""``madang callcentre staffing``: how many operators must be on the phones."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from madang.callcentre.errors import Unstaffable
from madang.callcentre.spans import seconds, target
from madang.kernel.errors import Invalid

if TYPE_CHECKING:
    from madang.callcentre.engine.staffing import Demand, Outcome, Target

_SHARE = click.FloatRange(0, 1)


@dataclass(frozen=True)
class Asked:
    """What the command was asked, read."""

    calls: float
    interval_s: float
    aht_s: float
    patience_s: float | None
    shrinkage: float


@click.command("staffing")
@click.option("--calls-per-interval", type=float, required=True, help="Calls of one interval.")
@click.option("--interval", default="30m", show_default=True, help="Its length: 30m, 1h, 1800s.")
@click.option("--aht", required=True, help="Mean handling time with the work after it: 240, 4m.")
@click.option("--patience", help="Mean patience of a caller; without it nobody gives up.")
@click.option(
    "--target",
    "target_text",
    default="80/20",
    show_default=True,
    help="80/20 is 80 % of the calls answered within 20 s.",
)
@click.option("--max-occupancy", type=_SHARE, help="Operators are busy at most this share.")
@click.option("--max-asa", help="Mean wait at most so long.")
@click.option("--max-abandonment", type=_SHARE, help="At most this share gives up.")
@click.option(
    "--shrinkage",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.0,
    show_default=True,
    help="Share of paid time off the phones.",
)
@click.option(
    "--agents",
    type=click.IntRange(1, 100_000),
    help="What so many operators mean, instead of the smallest number for the target.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def staffing(
    *,
    calls_per_interval: float,
    interval: str,
    aht: str,
    agents: int | None,
    as_json: bool,
    shrinkage: float,
    patience: str | None,
    **given: Any,
) -> None:
    """Say how many operators must be on the phones, by Erlang C, with patience by Erlang A."""
    from madang.callcentre.engine.staffing import Demand, Unreachable, outcome, smallest_agents

    _check_calls(calls_per_interval)
    asked = Asked(
        calls_per_interval,
        _span("--interval", interval),
        _span("--aht", aht),
        _span("--patience", patience) if patience else None,
        shrinkage,
    )
    wanted = _wanted(given)
    demand = Demand(asked.calls / asked.interval_s * asked.aht_s, asked.aht_s, asked.patience_s)
    try:
        number = smallest_agents(demand, wanted) if agents is None else agents
    except Unreachable as error:
        raise Unstaffable(str(error)) from error
    found = outcome(demand, number, wanted.within_s)
    answer = _answer(asked, wanted, demand, found)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        _print(answer, found, wanted.within_s)


def _check_calls(calls: float) -> None:
    if not 0 <= calls < 10_000_000:
        raise Invalid(f"--calls-per-interval: {calls:g} is no number of calls, 0 to 10 million")


def _span(option: str, text: str) -> float:
    try:
        return seconds(text)
    except Invalid as error:
        raise Invalid(f"{option}: {error.message}") from None


def _wanted(given: dict[str, Any]) -> Target:
    from madang.callcentre.engine.staffing import Target

    try:
        share, within = target(given["target_text"])
    except Invalid as error:
        raise Invalid(f"--target: {error.message}") from None
    longest = _span("--max-asa", given["max_asa"]) if given["max_asa"] else None
    return Target(share, within, longest, given["max_occupancy"], given["max_abandonment"])


def _answer(asked: Asked, wanted: Target, demand: Demand, found: Outcome) -> dict[str, Any]:
    from madang.callcentre.engine.staffing import rostered

    answer = {
        "agents": found.agents,
        "service_level": _figure(found.service_level),
        "asa_s": _figure(found.asa_s),
        "occupancy": _figure(found.occupancy),
        "p_wait": _figure(found.p_wait),
        "abandonment": _figure(found.abandonment),
        "service_level_of_answered": _figure(found.service_level_of_answered),
        "wait_percentiles_s": {
            "50": _figure(found.p50_s), "90": _figure(found.p90_s), "95": _figure(found.p95_s),
        },
        "erlangs": _figure(demand.load),
        "on_duty": int(rostered(found.agents, asked.shrinkage)),
        "model": "erlang-a" if asked.patience_s else "erlang-c",
        "overload": found.overload,
        "inputs": {
            "calls_per_interval": asked.calls,
            "interval_s": asked.interval_s,
            "aht_s": asked.aht_s,
            "patience_s": asked.patience_s,
            "target": {
                "service_level": wanted.service_level,
                "within_s": wanted.within_s,
                "max_asa_s": wanted.max_asa_s,
                "max_occupancy": wanted.max_occupancy,
                "max_abandonment": wanted.max_abandonment,
            },
            "shrinkage": asked.shrinkage,
        },
    }  # fmt: skip
    if asked.patience_s is None:
        del answer["abandonment"]
    if found.overload:
        answer["message"] = _overload_text(demand, found)
    return answer


def _figure(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")


def _overload_text(demand: Demand, found: Outcome) -> str:
    return (
        f"{demand.load:.2f} erlang on {found.agents} operators: the queue grows without end; "
        "more operators, or the callers' patience, are needed for a figure"
    )


def _print(answer: dict[str, Any], found: Outcome, within: float) -> None:
    if found.overload:
        click.echo(answer["message"])
        return
    model = "Erlang A" if answer["model"] == "erlang-a" else "Erlang C"
    click.echo(f"{found.agents} operators on the phones ({answer['erlangs']:g} erlang, {model})")
    if answer["on_duty"] != found.agents:
        shrinkage = answer["inputs"]["shrinkage"]
        click.echo(
            f"{answer['on_duty']} on duty, {100 * shrinkage:g} % of whose time goes elsewhere"
        )
    lines = [
        (f"answered within {within:g} s", found.service_level, 100, "%"),
        ("mean wait", found.asa_s, 1, "s"),
        ("90 of 100 wait at most", found.p90_s, 1, "s"),
        ("callers who wait", found.p_wait, 100, "%"),
        ("callers who give up", found.abandonment, 100, "%"),
        ("operators' time on calls", found.occupancy, 100, "%"),
    ]
    for name, value, factor, unit in lines:
        if value is not None:
            click.echo(f"  {name:<26} {factor * value:8.1f} {unit}")
