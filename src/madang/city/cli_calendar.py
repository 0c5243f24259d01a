"""``madang calendar ...``: when a time limit ends in a city."""

from __future__ import annotations

import json

import click

from madang.city.api import deadline_of
from madang.city.loader import load, profile_folder
from madang.kernel import times
from madang.kernel.config import settings
from madang.kernel.errors import Invalid


@click.command(help="Say when a time limit ends, counted as the city's law counts it.")
@click.option(
    "--from",
    "received",
    required=True,
    metavar="TIME",
    help="When it was received, such as 2026-09-23T16:30+09:00 (no offset: the city's time).",
)
@click.option(
    "--limit", required=True, metavar="LIMIT", help="'5 days', '3 hours', '1 month', 'immediately'."
)
@click.option(
    "--stood",
    "pauses",
    multiple=True,
    metavar="FROM/TO",
    help="A stretch in which the clock stood; may be given again.",
)
@click.option("--city", default="", help="Another city's profile (default: this instance's).")
@click.option("--json", "as_json", is_flag=True, help="Write a summary as JSON.")
def deadline(
    received: str, limit: str, pauses: tuple[str, ...], city: str, *, as_json: bool
) -> None:
    """Count one deadline."""
    profile = load(profile_folder(city or settings().city))
    zone = profile.timezone
    try:
        start = times.parse_time(received, zone)
    except Invalid as error:
        raise Invalid(f"--from: {error.message}") from None
    try:
        stood = [times.parse_interval(text, zone) for text in pauses]
    except Invalid as error:
        raise Invalid(f"--stood: {error.message}") from None
    found = deadline_of(start, limit, pauses=stood, of=profile)
    assert found is not None  # each stretch has an end
    days = int(found.days_counted) if found.days_counted.is_integer() else found.days_counted
    if as_json:
        about = {"due": found.due.isoformat(), "rule": found.rule, "days_counted": days}
        click.echo(json.dumps(about, ensure_ascii=False))
        return
    click.echo(f"{found.due.isoformat()}  {days} days counted by {found.rule}")
