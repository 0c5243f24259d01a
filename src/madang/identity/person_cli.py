"""``madang identity person ...``: people entered, ended and linked by clerks and imports."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, TextIO

import click

from madang.kernel.errors import Invalid, MadangError
from madang.kernel.orm import ready

if TYPE_CHECKING:
    from madang.identity.people import Particulars

FORMS = ("registered", "latin", "native", "preferred")


@click.command()
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="FORM=NAME",
    help=f"A form of the name; FORM is one of {', '.join(FORMS)}. Several times.",
)
@click.option("--born", type=click.DateTime(["%Y-%m-%d"]), help="Birthday.")
@click.option("--nationality", default="", help="ISO 3166-1 alpha-2, such as VN.")
@click.option("--district", default="", help="Code in the city's profile.")
@click.option(
    "--register", "number", default="", help="Register number; only its keyed hash is kept."
)
@click.option("--external", "externals", multiple=True, metavar="PROVIDER=ID",
              help="Id of another register, kept as a keyed hash. Several times.")  # fmt: skip
@click.option(
    "--file",
    "file",
    type=click.File(encoding="utf-8"),
    help="JSON lines instead: names, born, nationality, district, register, external.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was entered as JSON.")
def add(  # noqa: PLR0917 - one argument an option
    names: tuple[str, ...], born: datetime | None, nationality: str, district: str, number: str,
    externals: tuple[str, ...], file: TextIO | None, as_json: bool,
) -> None:  # fmt: skip
    """Enter one person, or all people of a file; who is there already is said, not changed."""
    ready()
    rows: list[dict[str, object]] = _lines(file) if file else [
        {"names": dict(_pair(one, "--name") for one in names),
         "born": born.date().isoformat() if born else None, "nationality": nationality,
         "district": district, "register": number,
         "external": dict(_pair(one, "--external") for one in externals)}
    ]  # fmt: skip
    entered, faults = [], []
    for line, row in enumerate(rows, 1):
        try:
            entered.append({"line": line, "person": _entered(row)})
        except MadangError as error:
            faults.append({"line": line, "code": error.code, "message": error.message})
    if as_json:
        click.echo(json.dumps({"entered": entered, "faults": faults}, ensure_ascii=False))
    else:
        for one in entered:
            click.echo(one["person"])
    for fault in faults:
        click.echo(f"line {fault['line']}: {fault['message']}", err=True)
    if faults:
        sys.exit(2)


@click.command()
@click.argument("person")
@click.option("--state", type=click.Choice(["dead", "emigrated"]), required=True)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def end(person: str, state: str, since: datetime, as_json: bool) -> None:
    """Note a death or an emigration: accounts, sessions and mandates of PERSON end at once."""
    ready()
    from madang.identity import people
    from madang.identity.api import COMMAND_LINE

    try:
        people.end_person(person, state, since.date(), by=COMMAND_LINE)
    except MadangError as error:
        click.echo(error.message, err=True)
        sys.exit(2)
    row = {"person": person, "state": state, "since": since.date().isoformat()}
    click.echo(json.dumps(row) if as_json else f"{person}: {state} since {row['since']}")


@click.command()
@click.argument("person")
@click.option("--external", "externals", multiple=True, metavar="PROVIDER=ID", required=True,
              help="Id of another register; only its keyed hash is kept.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def link(person: str, externals: tuple[str, ...], as_json: bool) -> None:
    """Link PERSON to ids of other registers; the same again changes nothing."""
    ready()
    from madang.identity import people
    from madang.identity.api import COMMAND_LINE

    pairs = [_pair(one, "--external") for one in externals]
    try:
        row = people.person_with(person, by=COMMAND_LINE)
        for provider, value in pairs:
            people.link_external(row, provider, value, by=COMMAND_LINE)
    except MadangError as error:
        click.echo(error.message, err=True)
        sys.exit(2)
    linked = [provider for provider, _value in pairs]
    said = {"person": person, "linked": linked}
    click.echo(json.dumps(said) if as_json else f"{person}: {', '.join(linked)}")


def _entered(row: Mapping[str, object]) -> str:
    from madang.identity import people
    from madang.identity.api import COMMAND_LINE

    return people.add_person(_particulars(row), by=COMMAND_LINE).pk


def _particulars(row: Mapping[str, object]) -> Particulars:
    from madang.identity import people

    names, external = row.get("names") or {}, row.get("external") or {}
    if not isinstance(names, dict) or not set(names) <= set(FORMS):
        raise Invalid(f"names: an object of {', '.join(FORMS)}", {"names": "form"})
    if not isinstance(external, dict):
        raise Invalid("external: an object of provider and id", {"external": "form"})
    try:
        born = date.fromisoformat(str(row["born"])) if row.get("born") else None
    except ValueError:
        raise Invalid(f"born: {row['born']!r} is no day like 1990-12-31", {"born": "day"}) from None
    return people.Particulars(
        names=tuple(people.NameForm(form, str(full)) for form, full in names.items()),
        born=born,
        nationality=str(row.get("nationality") or ""),
        district=str(row.get("district") or ""),
        register_number=str(row.get("register") or ""),
        external={str(name): str(value) for name, value in external.items()},
    )


def _lines(file: TextIO) -> list[dict[str, object]]:
    rows = []
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise click.BadParameter(f"line {number}: {error}", param_hint="--file") from None
        if not isinstance(row, dict):
            raise click.BadParameter(f"line {number}: no JSON object", param_hint="--file")
        rows.append(row)
    return rows


def _pair(text: str, option: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not (name and sign and value):
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint=option)
    return name, value
