"""``madang jobs ...`` and ``madang prove``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

as_json_option = click.option("--json", "as_json", is_flag=True, help="Machine-readable summary.")


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _ready() -> None:
    from madang.kernel import orm

    orm.ready()


@click.command("list")
@click.option("--limit", default=20, show_default=True, help="How many of the newest jobs.")
@as_json_option
def list_jobs(limit: int, as_json: bool) -> None:
    """Show the schedules with their last and next run, and the newest jobs."""
    _ready()
    from madang.kernel import jobs

    schedules, recent = jobs.schedules(), jobs.recent(limit)
    if as_json:
        _print_json(
            {"schedules": [asdict(s) for s in schedules], "jobs": [asdict(job) for job in recent]}
        )
        return
    for state in schedules:
        click.echo(
            f"{state.name:<24} {state.cron:<14} {state.zone:<14} {state.state:<8}"
            f" last {_time(state.last_due)}  next {_time(state.next_due)}  {state.error}".rstrip()
        )
    for job in recent:
        error = job.error.strip().splitlines()[-1] if job.error else ""
        click.echo(
            f"{_time(job.enqueued_at)}  {job.name:<24} {job.state:<10}"
            f" {_seconds(job.duration_s):>8}  {error}".rstrip()
        )


def _time(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%SZ") if moment else "never"


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.2f} s"


@click.command("parked")
@as_json_option
def list_parked(as_json: bool) -> None:
    """Show the events and messages that failed for good, with the reason."""
    _ready()
    from madang.kernel import dispatch

    found = dispatch.parked()
    if as_json:
        _print_json([asdict(item) for item in found])
        return
    for item in found:
        click.echo(
            f"{item.id:<14} {_time(item.parked_at)}  {item.receiver} <- {item.subject}"
            f" after {item.attempts} attempts: {item.error.strip().splitlines()[-1]}"
        )


@click.command("retry")
@click.argument("parked_id")
def retry(parked_id: str) -> None:
    """Try PARKED_ID (of 'madang jobs parked') again."""
    _ready()
    from madang.kernel import dispatch

    dispatch.retry(parked_id)
    click.echo(f"{parked_id} is tried again")


@click.command("run")
@click.argument("schedule")
def run(schedule: str) -> None:
    """Queue the job of SCHEDULE once, now; the worker runs it."""
    _ready()
    from madang.kernel import jobs

    jobs.run_now(schedule)
    click.echo(f"{schedule} is queued")


@click.command("prove")
@click.argument("room", required=False)
@as_json_option
def prove(room: str | None, as_json: bool) -> None:
    """Measure what ROOM (default: every room) claims, on this machine; exit 1 where one fails."""
    from madang.kernel import claims

    found = claims.prove(room, lambda text: click.echo(text, err=True))
    if as_json:
        _print_json([asdict(item) for item in found])
    else:
        for item in found:
            click.echo(_line(item))
    sys.exit(0 if all(item.held for item in found) else 1)


def _line(item: Any) -> str:
    claim, figure = item.claim, item.figure
    measured = f"{figure.value:g} {claim.unit}" if figure.value is not None else "failed"
    verdict = {True: "held", False: "MISSED", None: "NO FIGURE"}[item.held]
    sign = "≥" if claim.better == "higher" else "≤"
    return f"{claim.id:<32} {measured:<24} goal {sign} {claim.goal:g} {claim.unit:<12} {verdict}"
