"""``madang identity ...``: accounts of officers, operators and administrators."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from madang.access.api import ROLES
from madang.kernel.config import settings
from madang.kernel.errors import Invalid
from madang.kernel.orm import ready

if TYPE_CHECKING:
    from madang.identity.api import Account


@click.command()
@click.argument("name")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    metavar="ROLE",
    help=f"One of {', '.join(ROLES)}; may be given several times.",
)
@click.option("--url", "base_url", help="Origin for the link; else this machine's portal.")
@click.option("--json", "as_json", is_flag=True, help="Print the account as JSON.")
def add(name: str, roles: tuple[str, ...], base_url: str | None, as_json: bool) -> None:
    """Make an account and print the one-time link on which its owner chooses a password."""
    ready()
    from madang.identity import api

    account = api.add_user(name, roles, base_url=base_url or portal_url())
    if as_json:
        click.echo(json.dumps(_row(account) | {"link": account.link}, ensure_ascii=False))
        return
    click.echo(f"{account.name} ({', '.join(sorted(account.roles))}) chooses a password here:")
    click.echo(f"  {account.link}")
    click.echo("The link works once, for three days.")


@click.command("codes")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the codes as JSON.")
def codes(name: str, as_json: bool) -> None:
    """Print ten codes for NAME: each is, once, the second proof beside the password.

    For somebody who has neither a passkey nor an authenticator app yet, or lost both. Codes printed
    before are void, and the owner is told.
    """
    ready()
    from madang.identity import api

    sheet = api.print_staff_codes(name)
    if as_json:
        click.echo(json.dumps({"name": name, "codes": sheet}, ensure_ascii=False))
        return
    click.echo(f"Ten codes for {name}, each good once, beside the password:")
    for code in sheet:
        click.echo(f"  {code}")


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the accounts as JSON.")
def list_users(as_json: bool) -> None:
    """List all accounts with their roles."""
    ready()
    from madang.identity import api

    rows = [_row(account) for account in api.users()]
    if as_json:
        click.echo(json.dumps({"users": rows}, ensure_ascii=False))
        return
    if not rows:
        click.echo("no accounts; `madang identity user add NAME --role administrator` makes one")
    for row in rows:
        state = "" if row["active"] else "  closed"
        roles = ", ".join(row["roles"])
        click.echo(f"{row['name']:<24}{roles:<32}{row['last_sign_in'] or '-'}{state}")


@click.command("end")
@click.argument("name", required=False)
@click.option("--everybody", is_flag=True, help="All sessions of all accounts, after a break-in.")
@click.option("--json", "as_json", is_flag=True, help="Print how many ended as JSON.")
def end_sessions(name: str | None, everybody: bool, as_json: bool) -> None:
    """End all sessions of an account (NAME or its id), or of everybody; they sign in anew."""
    if bool(name) == everybody:
        raise Invalid("say whose sessions: NAME or --everybody", {"name": "or --everybody"})
    ready()
    from madang.identity import api

    ended = api.end_sessions(name or "")
    if as_json:
        click.echo(json.dumps({"ended": ended}))
    else:
        click.echo(f"sessions ended: {ended}")


def portal_url() -> str:
    """Return the origin under which this machine's portal is reached."""
    return settings().public_origin


def _row(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "name": account.name,
        "roles": sorted(account.roles),
        "active": account.is_active,
        "last_sign_in": account.last_sign_in.isoformat() if account.last_sign_in else None,
    }
