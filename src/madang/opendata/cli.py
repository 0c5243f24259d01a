"""``madang opendata key ...``: keys of the open data interfaces."""

from __future__ import annotations

import json

import click

from madang.kernel.orm import ready


@click.command("add")
@click.argument("owner")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def add(owner: str, as_json: bool) -> None:
    """Issue a key to OWNER and print it; it is shown this once."""
    ready()
    from madang.opendata.keys import add_key

    key = add_key(owner)
    click.echo(json.dumps({"owner": owner, "key": key}, ensure_ascii=False) if as_json else key)


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def list_keys(as_json: bool) -> None:
    """List issued keys by their beginning."""
    ready()
    from madang.opendata.keys import issued_keys

    keys = issued_keys()
    if as_json:
        rows = [
            {"owner": k.owner, "begins": k.shown, "enabled": k.is_enabled,
             "created": k.created.isoformat()}
            for k in keys
        ]  # fmt: skip
        click.echo(json.dumps({"keys": rows}, ensure_ascii=False))
        return
    for key in keys:
        state = "" if key.is_enabled else "  switched off"
        click.echo(f"{key.shown}...  {key.created:%Y-%m-%d}  {key.owner}{state}")


@click.command("disable")
@click.argument("begins")
def disable(begins: str) -> None:
    """Switch off the key that begins with BEGINS (eight characters)."""
    ready()
    from madang.opendata.keys import disable_key

    disable_key(begins)
    click.echo(f"{begins[:8]}... is switched off")
