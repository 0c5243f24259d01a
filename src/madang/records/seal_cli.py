"""Commands about the seals that documents are signed with."""

from __future__ import annotations

import json
from dataclasses import asdict

import click


@click.command("seals")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def listed(*, as_json: bool) -> None:
    """List the seals that signed documents here, the newest first."""
    from madang.kernel import orm

    orm.ready()
    from madang.records import seals

    found = seals.seals()
    if as_json:
        rows = [asdict(one) for one in found]
        click.echo(json.dumps({"seals": rows}, ensure_ascii=False, indent=2, default=str))
        return
    for one in found:
        state = "signs now" if one.is_current else "signed before"
        if one.distrusted:
            state = f"distrusted since {one.distrusted:%Y-%m-%d}"
        click.echo(f"{one.fingerprint[:16]}  {state:<14}  until {one.ends:%Y-%m-%d}  {one.subject}")
    if not found:
        click.echo("no document was signed yet")


@click.command("distrust-seal")
@click.argument("fingerprint")
@click.option("--reason", required=True, help="Why; it stands in the audit log.")
def distrust(fingerprint: str, reason: str) -> None:
    """Make what rests on an old seal alone worthless: its key was lost or stolen.

    FINGERPRINT is its beginning, eight signs or more.
    """
    from madang.kernel import orm

    orm.ready()
    from madang.records import seals

    seals.distrust(fingerprint, by="system:command-line", reason=reason)
    click.echo("it is distrusted: its credentials are refused, its key is published no more")
