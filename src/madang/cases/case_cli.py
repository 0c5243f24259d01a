"""``madang cases ...`` and ``madang registers ...``: chains, deadlines, facts of registers."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

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


@click.command("recount")
def recount() -> None:
    """Count the deadlines of open cases anew, after the calendar gained a holiday."""
    ready()
    from madang.cases.case_jobs import recount as recount_all

    click.echo(f"{recount_all()} deadlines moved")


@click.command("load")
@click.argument("register")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def load(register: str, file: Path) -> None:
    """Take in facts of a register from a CSV file: subject, field, value, as_of."""
    ready()
    from madang.cases.register_feed import read_file, take_in

    sent = read_file(file)
    newer = take_in(register, sent, f"file:{file.name}")
    click.echo(f"{len(sent)} facts read, {newer} new or newer")


@click.command("key")
@click.argument("register")
@click.option("--owner", required=True, help="The office or system that gets the key.")
def register_key(register: str, owner: str) -> None:
    """Make a key with which a system sends facts of a register; it is shown this once."""
    ready()
    from madang.cases.register_feed import new_key

    click.echo(new_key(register, owner, by="system:command-line"))
