"""``madang access ...``: check policies, explain decisions, set up database roles."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from madang.access.actors import ROLES, Actor
from madang.kernel.errors import BadInput, MadangError
from madang.kernel.orm import ready


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def check(folder: Path, as_json: bool) -> None:
    """Check the policy files (*.cedar) in FOLDER; exit 2 where one has a fault."""
    ready()
    from madang.access.guard import known_words
    from madang.access.policy_check import checked, files_of

    try:
        sources = files_of(folder)
    except BadInput as error:
        click.echo(error.message, err=True)
        sys.exit(2)
    policies, faults = checked(sources, known_words())
    if as_json:
        found = {"files": len(sources), "policies": len(policies)}
        click.echo(json.dumps(found | {"faults": [fault.as_row() for fault in faults]}))
    for fault in faults:
        click.echo(f"{fault.file}:{fault.line}: {fault.message}", err=True)
    if faults:
        sys.exit(2)
    if not as_json:
        click.echo(f"{len(policies)} policies in {len(sources)} files: no fault")


@click.command()
@click.option(
    "--actor", "who", required=True, metavar="ACTOR",
    help="`role:officer@district:11440` (several parts with commas, `@department:...`, `@aal:2`), "
    "`system:notices`, or the id of an account.",
)  # fmt: skip
@click.option("--action", required=True, help="read, add, change or remove.")
@click.option("--resource", "dataset", required=True, help="Data set, such as identity.person.")
@click.option("--purpose", required=True, help="Purpose; `madang access purposes` lists them.")
@click.option("--case", default="", help="Id of a case, where there is one.")
@click.option("--json", "as_json", is_flag=True, help="Print the decision as JSON.")
def explain(  # noqa: PLR0917 - one argument an option
    who: str, action: str, dataset: str, purpose: str, case: str, as_json: bool
) -> None:
    """Say what the guard decides, and by which policies. Nothing is looked at."""
    ready()
    from madang.access.explanation import explained

    try:
        found = explained(actor_of(who), action, dataset, purpose, case=case)
    except MadangError as error:
        click.echo(error.message, err=True)
        sys.exit(2)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for name, value in found.items():
        text = ", ".join(value) if isinstance(value, list) else value
        click.echo(f"{name:<14}{text if text != '' else '-'}")


@click.command("purposes")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def list_purposes(as_json: bool) -> None:
    """List the purposes for which personal data may be opened."""
    from madang.access.guard import purposes

    rows = [
        {"id": one.id, "title": one.title, "legal_basis": one.legal_basis, "listed": one.is_listed}
        for one in purposes().values()
    ]
    if as_json:
        click.echo(json.dumps({"purposes": rows}, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['id']:<20}{row['legal_basis']:<44}{row['title']}")


@click.command()
@click.option("--login", required=True, help="Role with which the platform signs in.")
@click.option("--role", default="madang_personal", show_default=True, help="Role to make.")
def database_roles(login: str, role: str) -> None:
    """Print the SQL by which PostgreSQL keeps personal tables closed to the platform's own role."""
    ready()
    from madang.access.database_role import statements

    for statement in statements(login, role):
        click.echo(f"{statement};")


def actor_of(text: str) -> Actor:
    """Return the actor that a text describes.

    Raises
    ------
    BadInput
        If it describes none, or no room knows the account.

    >>> actor_of("role:officer@district:11440").districts
    frozenset({'11440'})
    """
    first, *parts = text.split("@")
    kind, _, names = first.partition(":")
    if kind == "system" and names and not parts:
        return Actor(id=first, name=names)
    if kind == "role":
        return _with_roles(text, names, parts)
    return _known_account(text)


def _with_roles(text: str, names: str, parts: list[str]) -> Actor:
    roles = frozenset(names.split(","))
    if not roles <= ROLES.keys():
        raise BadInput("--actor", f"{text!r}: roles are {', '.join(ROLES)}")
    said: dict[str, frozenset[str]] = {}
    for part in parts:
        kind, _, values = part.partition(":")
        if kind not in ("district", "department", "aal", "ial", "person") or not values:
            raise BadInput("--actor", f"{part!r} is no district, department, person, aal or ial")
        said[kind] = frozenset(values.split(","))
    levels = {kind: next(iter(said.get(kind, {"0"}))) for kind in ("aal", "ial")}
    if not all(level in "0123" for level in levels.values()):
        raise BadInput("--actor", f"{text!r}: levels are 0 to 3")
    return Actor(
        id="account:example",
        name=text,
        roles=roles,
        districts=said.get("district", frozenset()),
        departments=said.get("department", frozenset()),
        person=next(iter(said.get("person", {""}))),
        aal=int(levels["aal"]),
        ial=int(levels["ial"]),
    )


def _known_account(name: str) -> Actor:
    from madang.kernel.registry import ActorSource, load, registry

    for source in registry().offers(ActorSource):
        found: Actor | None = load(source.target)(name)
        if found is not None:
            return found
    raise BadInput("--actor", f"there is no account {name!r}")
