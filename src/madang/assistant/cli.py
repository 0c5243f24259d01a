"""``madang assistant ...``: plans of life events, scenarios and the check of procedures."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import click

from madang.kernel.errors import BadInput, Invalid

_FILE = click.Path(path_type=Path, dir_okay=False)
LARGEST = 1_000_000
_LANGUAGE = click.option("--lang", default="ko", show_default=True, help="Language of the texts.")
_CITY = click.option("--city", default="", help="A city's profile (default: this instance's).")


@click.command("plan")
@click.option("--event", required=True, metavar="NAME", help="What happens, such as move or birth.")
@click.option("--facts", "facts_file", type=_FILE, required=True, help="Facts, JSON.")
@_CITY
@click.option("--on", "on", default="", metavar="DAY", help="As of which day (default: today).")
@_LANGUAGE
@click.option("--ics", type=_FILE, help="Write the dated steps as a calendar file, too.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def plan(  # noqa: PLR0917 - one argument for each option
    event: str, facts_file: Path, city: str, on: str, lang: str, ics: Path | None, as_json: bool
) -> None:
    """Say what to do because something happens: dated steps with office, papers, fee and law."""
    from madang.assistant import api

    facts = facts_of(facts_file)
    where = api.city_of(city)
    day = _day(on, "--on") if on else where.today()
    try:
        found = api.plan(event, facts, city=where, on=day)
    except api.InvalidFacts as error:
        raise BadInput(str(facts_file), error.message) from None
    for note in found.notes:
        click.echo(f"{facts_file}: {note}", err=True)
    if ics is not None:
        _written(ics, api.calendar(found, lang, city=where.city.names.get("en", where.id)))
    if as_json:
        click.echo(json.dumps(api.as_json(found, lang), ensure_ascii=False, indent=2))
    else:
        click.echo(api.as_text(found, lang), nl=False)


def facts_of(path: Path) -> dict[str, Any]:
    """Return the facts in a file: an object, or an object with the member `facts`.

    Raises
    ------
    BadInput
        If it cannot be read; names file and line.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(str(path), error.strerror or "cannot be read") from None
    if len(content) > LARGEST:
        raise BadInput(str(path), f"is larger than {LARGEST:,} bytes")
    try:
        found = json.loads(content, parse_constant=_no_constant, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise BadInput(str(path), f"no JSON: {error.msg}", line=error.lineno) from None
    except (ValueError, RecursionError) as error:
        raise BadInput(str(path), f"no JSON: {error}") from None
    if isinstance(found, dict) and isinstance(found.get("facts"), dict):
        found = found["facts"]
    if not isinstance(found, dict):
        raise BadInput(str(path), "facts are an object: names and their values")
    return found


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"{twice!r} stands twice")
    return dict(pairs)


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{option}: {text!r} is no date; write 2026-12-20") from None


def _written(path: Path, text: str) -> None:
    try:
        path.write_bytes(text.encode())
    except OSError as error:
        raise BadInput(str(path), error.strerror or "cannot be written") from None


@click.command("events")
@_CITY
@_LANGUAGE
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def events(city: str, lang: str, as_json: bool) -> None:
    """Check the procedures of a city and list its life events with the facts they ask for."""
    from madang.assistant import api
    from madang.assistant.plan_words import told

    rows = [
        {
            "event": one.file.event,
            "title": told(one.file.names, lang),
            "procedures": [procedure.id for procedure in one.file.procedures],
            "facts": [
                {"fact": fact.id, "type": fact.type, "ask": told(fact.ask, lang)}
                for fact in one.facts.values()
            ],
            "reviewed": one.file.reviewed.isoformat(),
            "owner": one.file.owner,
        }
        for one in api.graphs(city)
    ]
    if as_json:
        click.echo(json.dumps({"events": rows}, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row['event']:<20} {len(row['procedures']):>3} procedures  {row['title']}")


@click.command("scenarios")
@click.argument("files", nargs=-1, type=_FILE)
@_CITY
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def scenarios(files: tuple[Path, ...], city: str, as_json: bool) -> None:
    """Run scenarios (the city's own without files): exit 1 where a plan is not as expected."""
    from madang.assistant import api

    ran = api.scenarios(files, city=city)
    if as_json:
        click.echo(json.dumps(api.scenarios_as_json(ran), ensure_ascii=False, indent=2))
    else:
        for one in ran:
            for difference in one.differences:
                click.echo(f"{one.file}:{one.line}: {one.id}: {difference}")
        good = sum(not one.differences for one in ran)
        click.echo(f"{good} of {len(ran)} scenarios as expected")
    if any(one.differences for one in ran):
        raise SystemExit(1)
