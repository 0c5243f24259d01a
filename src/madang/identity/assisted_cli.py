"""``madang identity consent``: show how a resident agreed to an assisted session, and check it."""

from __future__ import annotations

import json
import sys

import click

from madang.kernel.errors import MadangError
from madang.kernel.orm import ready


@click.command()
@click.argument("session")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def consent(session: str, as_json: bool) -> None:
    """Say how the resident of the assisted SESSION agreed, and whether what is kept proves it.

    For a passkey its signature is checked anew, over the text that says what was agreed to.
    """
    ready()
    from madang.identity import assisted, assisted_passkey
    from madang.identity.assisted_rules import PASSKEY

    try:
        row, kept = assisted.session_with(session), assisted.evidence_of(session)
    except MadangError as error:
        click.echo(error.message, err=True)
        sys.exit(2)
    holds = bool(kept) and (row.consent != PASSKEY or assisted_passkey.is_signed(kept))
    agreed = row.consented.isoformat() if row.consented else ""
    found = {"session": session, "way": row.consent, "agreed": agreed, "reference": row.reference,
             "is_proved_here": holds, "text": kept.get("text", "")}  # fmt: skip
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    said = "what is kept proves it" if holds else "nothing is kept here that proves it"
    click.echo(
        f"{row.consent}, {agreed or 'not agreed'}: {said} ({row.reference or 'no reference'})"
    )
