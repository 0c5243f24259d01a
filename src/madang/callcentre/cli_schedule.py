"""``madang callcentre schedule``: shifts that cover a forecast, free and fixed starts compared."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from madang.callcentre.spans import seconds, target
from madang.kernel.errors import Invalid

if TYPE_CHECKING:
    from madang.callcentre.rostering import Assignment
    from madang.callcentre.scheduling import Need, Scheme, Wish

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("schedule")
@click.option(
    "--forecast",
    "forecast_file",
    type=_FILE,
    required=True,
    help="CSV: start, calls, aht_s; or start, agents.",
)
@click.option("--interval", help="Length of an interval; else the shortest step of the file.")
@click.option("--aht", help="Mean handling time where the file has none: 240, 4m.")
@click.option(
    "--target",
    "target_text",
    default="80/20",
    show_default=True,
    help="80/20 is 80 % of the calls answered within 20 s.",
)
@click.option("--patience", help="Mean patience of a caller; without it nobody gives up.")
@click.option(
    "--shrinkage",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.0,
    show_default=True,
    help="Share of paid time off the phones.",
)
@click.option(
    "--shifts",
    "which",
    type=click.Choice(["free", "fixed", "both"]),
    default="both",
    show_default=True,
    help="Which scheme; both compares them.",
)
@click.option("--shift-length", default="8h", show_default=True, help="Presence of a shift.")
@click.option("--break", "breaks", multiple=True, help="A planned, unpaid break: 1h; repeatable.")
@click.option("--part-time", help="A shorter kind of shift, without break: 4h.")
@click.option(
    "--part-time-share",
    type=click.FloatRange(0, 1),
    default=0.2,
    show_default=True,
    help="At most this share of the people on it.",
)
@click.option("--fixed-starts", help="06:00,14:00,22:00; else the best ones are looked for.")
@click.option(
    "--fixed-count",
    type=click.IntRange(1, 12),
    default=3,
    show_default=True,
    help="How many fixed starts are looked for.",
)
@click.option("--max-starts", type=click.IntRange(1), help="So many different starts at most.")
@click.option(
    "--work-days",
    type=click.FloatRange(1, 7),
    default=5.0,
    show_default=True,
    help="Days a week that one person works.",
)
@click.option(
    "--operators",
    "operators_file",
    type=_FILE,
    help="CSV of people: name, skills, days_off, weekly_hours; assigns them.",
)
@click.option("--rest", default="11h", show_default=True, help="Rest between two shifts.")
@click.option("--time-limit", default="20s", show_default=True, help="For each search.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def schedule(*, forecast_file: Path, interval: str | None, operators_file: Path | None,
             which: str, rest: str, as_json: bool, **given: Any) -> None:  # fmt: skip
    """Plan shifts for a forecast, with the fewest paid hours that keep the target.

    Compares shifts that begin at any interval with shifts at a few fixed times.
    """
    from madang.callcentre.call_files import read_calls
    from madang.callcentre.scheduling import fixed_scheme, free_scheme, needs

    wish = _wish(given)
    rows = read_calls(
        forecast_file,
        interval_s=_span("--interval", interval) if interval else None,
        needs=(("calls",), ("agents",)),
    )
    need = needs(rows, wish)
    free = free_scheme(need, wish) if which != "fixed" else None
    fixed = fixed_scheme(need, wish) if which != "free" else None
    chosen = free or fixed
    assert chosen is not None
    assigned = None
    if operators_file is not None:
        from madang.callcentre.rostering import assigned_people, read_operators

        people = read_operators(operators_file, need)
        rest_h = _span("--rest", rest) / 3600
        assigned = assigned_people(need, chosen, people, rest_h, wish.limits.seconds)
    answer = _answer(need, wish, free, fixed)
    for text in answer["warnings"]:
        click.echo(f"{forecast_file}: {text}", err=True)
    if assigned is not None:
        answer["assignment"] = _assignment(assigned)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        _print(answer)


def _wish(given: dict[str, Any]) -> Wish:
    from madang.callcentre.engine.shifts import Limits
    from madang.callcentre.engine.staffing import Target
    from madang.callcentre.scheduling import Wish

    try:
        share, within = target(given["target_text"])
    except Invalid as error:
        raise Invalid(f"--target: {error.message}") from None
    limits = Limits(starts=given["max_starts"], seconds=_span("--time-limit", given["time_limit"]))
    return Wish(
        Target(share, within),
        aht_s=_span("--aht", given["aht"]) if given["aht"] else None,
        patience_s=_span("--patience", given["patience"]) if given["patience"] else None,
        shrinkage=given["shrinkage"],
        shift_s=_span("--shift-length", given["shift_length"]),
        breaks_s=tuple(_span("--break", text) for text in given["breaks"]),
        part_time_s=_span("--part-time", given["part_time"]) if given["part_time"] else None,
        part_time_share=given["part_time_share"],
        fixed=_clocks(given["fixed_starts"]) if given["fixed_starts"] else None,
        fixed_count=given["fixed_count"],
        work_days=given["work_days"],
        limits=limits,
    )


def _span(option: str, text: str) -> float:
    try:
        return seconds(text)
    except Invalid as error:
        raise Invalid(f"{option}: {error.message}") from None


def _clocks(text: str) -> tuple[float, ...]:
    found = []
    for part in text.split(","):
        hour, colon, minute = part.strip().partition(":")
        good = hour.isdigit() and (minute.isdigit() or not colon)
        if not good or int(hour) > 23 or int(minute or 0) > 59:
            raise Invalid(f"--fixed-starts: {part.strip()!r} is no time of the day such as 06:00")
        found.append(int(hour) * 3600.0 + int(minute or 0) * 60.0)
    return tuple(found)


def _answer(need: Need, wish: Wish, free: Scheme | None, fixed: Scheme | None) -> dict[str, Any]:
    from madang.callcentre.scheduling import AHT_S, saving

    chosen = free or fixed
    assert chosen is not None
    answer: dict[str, Any] = {
        "operators": chosen.busiest_day,
        "payroll": chosen.payroll,
        "days": need.days,
        "scheme": "free" if free else "fixed",
        "starts": _starts(need, chosen),
        "free": _scheme(free),
        "fixed": _scheme(fixed),
        "saving_pct": round(saving(fixed, free), 2) if free and fixed else None,
        "coverage": _coverage(need, chosen),
        "shifts": [
            {
                "kind": shift.kind,
                "start": _stamp(need, shift.start),
                "breaks": [_stamp(need, shift.start + b) for b in shift.breaks],
                "operators": shift.people,
            }
            for shift in chosen.plan.worked
        ],
        "inputs": {
            "interval_s": need.interval.total_seconds(),
            "target": {
                "service_level": wish.target.service_level, "within_s": wish.target.within_s,
            },
            "aht_s": AHT_S if need.aht_assumed else wish.aht_s,
            "patience_s": wish.patience_s,
            "model": "erlang-a" if wish.patience_s else "erlang-c",
            "shrinkage": wish.shrinkage,
            "shift_s": wish.shift_s,
            "breaks_s": list(wish.breaks_s),
            "part_time_s": wish.part_time_s,
            "work_days": wish.work_days,
            "round_the_clock": need.is_round_the_clock,
        },
        "warnings": _warnings(need),
    }  # fmt: skip
    return answer


def _warnings(need: Need) -> list[str]:
    from madang.callcentre.scheduling import AHT_S

    if need.aht_assumed:
        return [f"has no handling time for some calls; {AHT_S:g} s assumed, give aht_s or --aht"]
    return []


def _scheme(scheme: Scheme | None) -> dict[str, Any] | None:
    if scheme is None:
        return None
    return {
        "operators": scheme.busiest_day,
        "payroll": scheme.payroll,
        "shifts": scheme.plan.people,
        "paid_hours_per_day": round(scheme.paid_h, 2),
        "efficiency": round(scheme.efficiency, 4),
        "starts": [_clock(start) for start in scheme.starts],
        "gap": round(scheme.plan.gap, 5),
        "optimal": scheme.plan.optimal,
    }


def _starts(need: Need, scheme: Scheme) -> list[dict[str, Any]]:
    found = scheme.plan.starts().items()
    return [{"start": _stamp(need, start), "operators": people} for start, people in found]


def _coverage(need: Need, scheme: Scheme) -> list[dict[str, Any]]:
    rows = []
    for place in range(len(need.duty)):
        calls = need.calls[place]
        rows.append(
            {
                "start": _stamp(need, place),
                "calls": None if math.isnan(calls) else round(float(calls), 2),
                "agents": int(need.phones[place]),
                "required": int(need.duty[place]),
                "scheduled": int(scheme.plan.working[place]),
                "over": int(scheme.plan.working[place] - need.duty[place]),
            }
        )
    return rows


def _stamp(need: Need, place: int) -> str:
    at = need.at(place)
    if not need.dated:
        return f"{at:%H:%M}"
    return at.isoformat(timespec="minutes")


def _clock(start_s: float) -> str:
    return f"{timedelta(seconds=start_s)}".rjust(8, "0")[:5]


def _assignment(assigned: Assignment) -> dict[str, Any]:
    return {
        "operators": [
            {"name": name, "hours": hours, "shifts": list(shifts)}
            for name, hours, shifts in assigned.people
        ],
        "unfilled": [{"start": start, "operators": n} for start, n in assigned.open],
        "unfilled_shifts": sum(n for _, n in assigned.open),
        "gap": round(assigned.gap, 5),
        "optimal": assigned.optimal,
    }


def _print(answer: dict[str, Any]) -> None:
    for name, told in (("free", "any start"), ("fixed", "fixed starts")):
        scheme = answer[name]
        if scheme is None:
            continue
        click.echo(
            f"{told}: {scheme['operators']} operators on the busiest day, {scheme['payroll']} on "
            f"the payroll, {scheme['paid_hours_per_day']:g} paid hours a day"
        )
        click.echo(f"  begin at {', '.join(scheme['starts'])}")
        if not scheme["optimal"]:
            click.echo(
                f"  stopped at the time limit, within {100 * scheme['gap']:.1f} % of the best"
            )
    if answer["saving_pct"] is not None:
        click.echo(f"any start saves {answer['saving_pct']:.1f} % of the people")
    click.echo("start              calls  needed  on duty")
    for row in answer["coverage"]:
        calls = "-" if row["calls"] is None else f"{row['calls']:.0f}"
        click.echo(f"{row['start']:<17}{calls:>7}{row['required']:>8}{row['scheduled']:>9}")
    if "assignment" in answer:
        for one in answer["assignment"]["operators"]:
            click.echo(f"{one['name']}: {one['hours']:g} h, {', '.join(one['shifts']) or 'off'}")
        click.echo(f"{answer['assignment']['unfilled_shifts']} shifts stay open")
