"""``madang offices ...`` and ``madang appointments ...``: offices, and their free times."""

from __future__ import annotations

import json
from datetime import date, timedelta

import click

from madang.cases.office_file import FILE, faults_of_file
from madang.city.api import load_profile, profile
from madang.kernel import times
from madang.kernel.errors import BadInput, Invalid
from madang.kernel.orm import ready


@click.command(help="List the offices of the city, of one district or for one matter.")
@click.option("--district", default="", metavar="CODE", help="Code of a district.")
@click.option("--matter", default="", metavar="ID", help="What one comes for.")
@click.option("--json", "as_json", is_flag=True, help="Write them as JSON.")
def listed(district: str, matter: str, *, as_json: bool) -> None:
    """List offices."""
    ready()
    from madang.cases.offices import offices

    house = offices()
    found = house.serving(house.matter(matter)) if matter else list(house.by_id.values())
    found = [one for one in found if district in ("", one.district)]
    if as_json:
        rows = [
            {"id": one.id, "kind": one.kind, "name": one.name("ko"), "address": one.address,
             "phone": one.phone, "step_free": one.step_free}
            for one in found
        ]  # fmt: skip
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for one in found:
        click.echo(f"{one.id}  {one.name('ko')}  {one.phone}  {one.address or '-'}")


@click.command(help="Check offices.yaml of a city's profile.")
@click.argument("city", default="")
def check(city: str) -> None:
    """Check the file of a profile; exit 2 where something is wrong."""
    chosen = load_profile(city) if city else profile()
    path = chosen.folder / FILE
    if not path.is_file():
        raise BadInput(str(path), "there is no such file")
    faults = faults_of_file(path, chosen)
    if faults:
        line, message = faults[0]
        raise BadInput(str(path), message, line=line)
    click.echo(f"{path}: good")


@click.command(help="Show the free times of an office for a matter.")
@click.option("--office", required=True, metavar="ID", help="Id of an office (`madang offices`).")
@click.option("--matter", required=True, metavar="ID", help="What one comes for.")
@click.option("--from", "first", default="", metavar="DAY", help="First day (default: today).")
@click.option("--to", "last", default="", metavar="DAY", help="Last day (default: in a week).")
@click.option("--json", "as_json", is_flag=True, help="Write them as JSON.")
def slots(office: str, matter: str, first: str, last: str, *, as_json: bool) -> None:
    """Show free times."""
    ready()
    from madang.cases.appointments_api import free_slots

    since = _day("--from", first) if first else profile().today()
    until = _day("--to", last) if last else since + timedelta(days=7)
    found = free_slots(office, matter, since, until)
    zone = profile().timezone
    if as_json:
        rows = [
            {"start": times.format_time(one.start, zone), "minutes": one.minutes,
             "places": one.places}
            for one in found
        ]  # fmt: skip
        click.echo(json.dumps(rows))
        return
    for one in found:
        click.echo(f"{times.format_time(one.start, zone)}  {one.places}")


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{option}: {text!r} is no day such as 2026-11-24") from None
