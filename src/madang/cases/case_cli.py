"""``madang cases ...``: the record of cases checked."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from madang.kernel.orm import ready


@click.command("verify")
@click.argument("number", required=False, default="")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON on standard output.")
def verify(number: str, as_json: bool) -> None:
    """Check the chain of a case, or of all; exit 1 where one does not hold."""
    ready()
    from madang.cases.case_keeping import verify as verify_chains

    found = verify_chains(number)
    if as_json:
        click.echo(json.dumps(asdict(found)))
    else:
        for fault in found.faults:
            click.echo(f"{fault.case or 'all'} event {fault.position}: {fault.why}")
        click.echo(f"{found.cases} cases, {found.events} events, {len(found.faults)} faults")
    if found.faults:
        sys.exit(1)
