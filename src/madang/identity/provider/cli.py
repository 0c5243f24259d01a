"""``madang identity keys|client ...``: keys that sign tokens, applications that sign people in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from madang.kernel.errors import BadInput
from madang.kernel.orm import ready

if TYPE_CHECKING:
    from madang.identity.provider_models import Client, SigningKey

BY = "system:command-line"
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print as JSON.")


@click.command("list")
@as_json_option
def list_keys(as_json: bool) -> None:
    """List the keys that sign tokens: next, current and lately retired."""
    ready()
    from madang.identity.provider import keys

    _show_keys(keys.all_keys(), as_json)


@click.command("rotate")
@as_json_option
def rotate_keys(as_json: bool) -> None:
    """Let the next keys sign from now on, and make new next ones."""
    ready()
    from madang.identity.provider import keys

    _show_keys(keys.rotate(BY), as_json)


@click.command()
@click.argument("name")
@click.option("--redirect", "redirects", multiple=True, metavar="URL", help="Where codes are sent.")
@click.option("--after-logout", "after", multiple=True, metavar="URL",
              help="Where people go after signing out.")  # fmt: skip
@click.option(
    "--scope", "scopes", multiple=True, help="What it may be told; openid, profile if none."
)
@click.option("--grant", "grants", multiple=True, metavar="TYPE",
              help="Ways to a token; code and refresh token if none.")  # fmt: skip
@click.option("--auth", "auth_method", default="client_secret_basic", show_default=True,
              help="How it shows who it is; none for apps on phones and in browsers.")  # fmt: skip
@click.option(
    "--jwks", type=click.Path(exists=True, dir_okay=False), help="File with its public keys."
)
@click.option("--alg", default="ES256", show_default=True, help="What signs its ID tokens.")
@click.option(
    "--sector", default="", help="Who shares its `sub`; the host of its addresses if none."
)
@click.option("--purpose", default="", help="Why it asks, in plain words; people read it.")
@click.option("--legal-basis", default="", help="With one, people are not asked for consent.")
@click.option("--logout-url", default="", help="Where a logout token is sent.")
@click.option("--ping-url", default="", help="Where it is told that somebody approved.")
@click.option(
    "--exchange-for", multiple=True, metavar="CLIENT", help="Whom it may call for people."
)
@click.option("--acr", default="urn:madang:ial1:aal1", show_default=True, help="Least level.")
@click.option("--par", is_flag=True, help="Refuse requests that were not pushed.")
@as_json_option
def add(name: str, as_json: bool, **said: Any) -> None:
    """Enter an application and print its id and secret, once."""
    ready()
    from madang.identity.provider.clients import add_client

    client, secret = add_client(_application(name, said), by=BY)
    if as_json:
        click.echo(json.dumps(_row(client) | {"secret": secret}, ensure_ascii=False))
        return
    click.echo(f"client_id      {client.client_id}")
    if secret:
        click.echo(f"client_secret  {secret}   (shown once)")


@click.command("list")
@as_json_option
def list_clients(as_json: bool) -> None:
    """List the applications that sign people in, those to be decided first."""
    ready()
    from madang.identity.provider.clients import clients

    rows = [_row(client) for client in clients()]
    if as_json:
        click.echo(json.dumps({"clients": rows}, ensure_ascii=False))
        return
    if not rows:
        click.echo("no applications; `madang identity client add NAME --redirect URL` enters one")
    for row in rows:
        click.echo(f"{row['client_id']}  {row['state']:<10} {row['name']}")


def _application(name: str, said: dict[str, Any]) -> Any:
    from madang.identity.engine.levels import UnknownLevel, level_of
    from madang.identity.provider.clients import Application
    from madang.kernel.errors import Invalid

    try:
        level = level_of(said["acr"])
    except UnknownLevel as error:
        raise Invalid(str(error), {"acr": "unknown"}) from None
    lists = {"redirects": "redirect_uris", "after": "post_logout_redirect_uris",
             "scopes": "scopes", "grants": "grant_types",
             "exchange_for": "exchange_for"}  # fmt: skip
    return Application(
        name=name,
        **{ours: tuple(said[theirs]) for theirs, ours in lists.items() if said[theirs]},
        auth_method=said["auth_method"],
        jwks=_key_set(said["jwks"]) if said["jwks"] else {},
        id_token_alg=said["alg"],
        sector=said["sector"],
        purpose=said["purpose"],
        legal_basis=said["legal_basis"],
        asks_consent=not said["legal_basis"],
        backchannel_logout_uri=said["logout_url"],
        notification_uri=said["ping_url"],
        requires_par=said["par"],
        ial=level.ial,
        aal=level.aal,
    )


def _key_set(file: str) -> dict[str, Any]:
    try:
        found = json.loads(Path(file).read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadInput(file, f"no JSON: {error}") from None
    if not isinstance(found, dict):
        raise BadInput(file, "no key set (RFC 7517)")
    return found


def _show_keys(keys: list[SigningKey], as_json: bool) -> None:
    rows = [
        {
            "kid": key.kid,
            "alg": key.alg,
            "state": key.state,
            "made": key.made.isoformat(),
            "current_since": key.current_since.isoformat() if key.current_since else None,
            "retired": key.retired.isoformat() if key.retired else None,
        }
        for key in keys
    ]
    if as_json:
        click.echo(json.dumps({"keys": rows}))
        return
    for row in rows:
        click.echo(f"{row['alg']}  {row['state']:<8} {row['kid']}")


def _row(client: Client) -> dict[str, Any]:
    return {
        "client_id": client.client_id,
        "name": client.name,
        "state": client.state,
        "sector": client.sector,
        "auth_method": client.auth_method,
        "grant_types": client.grant_types,
        "scopes": client.scopes,
        "redirect_uris": client.redirect_uris,
        "acr": f"urn:madang:ial{client.ial}:aal{client.aal}",
        "asks_consent": client.asks_consent,
    }
