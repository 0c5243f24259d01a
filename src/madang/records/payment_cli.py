"""``madang payments ...`` and ``madang ledger ...``: settlement files and the books."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from madang.kernel.errors import BadInput, Invalid
from madang.kernel.orm import ready

if TYPE_CHECKING:
    from madang.records.settlement import Reconciled

_as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
_gateway = click.option("--gateway", default="", help="Whose file; else the city's gateway.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@_gateway
@_as_json
def reconcile(file: Path, gateway: str, as_json: bool) -> None:
    """Compare the settlement FILE (CSV) with the books and book it: all of it, or nothing."""
    ready()
    from madang.access.api import system_actor
    from madang.records import settlement

    found = settlement.reconcile(
        gateway or _own_gateway(), file.name, _text(file), by=system_actor("command-line")
    )
    _print_reconciled(found, as_json)


@click.command()
@click.option("--day", required=True, help="A local day that is over, such as 2026-11-22.")
@_gateway
@click.option("--out", type=click.Path(path_type=Path), help="Write the gateway's file here, too.")
@_as_json
def settle(day: str, gateway: str, out: Path | None, as_json: bool) -> None:
    """Ask the gateway for a day's settlement file, compare it with the books and book it."""
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise Invalid(f"{day!r} is no day such as 2026-11-22", {"day": "ISO 8601"}) from None
    ready()
    from madang.access.api import system_actor
    from madang.records import settlement
    from madang.records.gateways.registry import gateway as named

    name = gateway or _own_gateway()
    if out is not None:
        out.write_text(named(name).settlement(wanted), "utf-8")
    found = settlement.settle(name, wanted, by=system_actor("command-line"))
    if found is not None:
        _print_reconciled(found, as_json)
    elif as_json:
        click.echo(json.dumps({"day": day, "gateway": name, "lines": 0}))
    else:
        click.echo(f"nothing moved at {name} on {day}")


@click.command()
@click.option("--at", "moment", help="Until when, such as 2026-11-22T18:00+09:00; else now.")
@_as_json
def balance(moment: str | None, as_json: bool) -> None:
    """Print every account with its balance: debits above 0, credits below; together they are 0."""
    ready()
    from madang.kernel.times import format_time, now, parse_utc
    from madang.records import ledger

    at = parse_utc(moment) if moment else now()
    lines = ledger.trial_balance(at=at)
    if as_json:
        sums = {line.currency: 0 for line in lines}
        for line in lines:
            sums[line.currency] += line.balance
        listed = [asdict(line) for line in lines]
        _echo({"at": format_time(at), "accounts": listed, "sums": sums})
        return
    for line in lines:
        click.echo(f"{line.account:<48}{line.kind:<10}{line.balance:>16,} {line.currency}")
    if not lines:
        click.echo("no account is open; nothing has been booked yet")


@click.command()
@_as_json
def check(as_json: bool) -> None:
    """Sum every journal anew, and look whether the database still refuses one that does not fit.

    Exits with 1 where something is wrong.
    """
    ready()
    from madang.records import ledger

    found = ledger.check()
    if as_json:
        _echo({**asdict(found), "ok": not found.faults})
    else:
        for fault in found.faults:
            click.echo(fault)
        state = "wrong" if found.faults else "in order: each journal sums to zero"
        click.echo(f"{found.journals:,} journals, {found.entries:,} entries, {state}")
    if found.faults:
        sys.exit(1)


@click.command()
@click.argument("case")
@_as_json
def statement(case: str, as_json: bool) -> None:
    """Print the journals of a CASE, in the order in which they were posted."""
    ready()
    from madang.records import ledger

    rows = ledger.statement(case)
    if as_json:
        _echo({"case": case, "journals": [asdict(row) for row in rows]})
        return
    for row in rows:
        click.echo(f"{row.at:%Y-%m-%d %H:%M} UTC  {row.kind}  {row.key}")
        for code, amount in row.sides:
            click.echo(f"    {code:<44}{amount:>16,} {row.currency}")
    if not rows:
        click.echo(f"nothing is booked for case {case}")


def _own_gateway() -> str:
    from madang.records.payment_terms import terms_in_effect

    return terms_in_effect().gateway


def _text(file: Path) -> str:
    from madang.records.settlement_file import LARGEST

    try:
        if file.stat().st_size > LARGEST:
            raise BadInput(file.name, f"is larger than {LARGEST >> 20} MiB")
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(file.name, f"is not UTF-8 (byte {error.start})") from None
    except OSError as error:
        raise BadInput(str(file), error.strerror or "cannot be read") from None


def _print_reconciled(found: Reconciled, as_json: bool) -> None:
    if as_json:
        _echo({**asdict(found), "day": found.day.isoformat()})
        return
    click.echo(
        f"{found.source}: {found.matched:,} of {found.lines:,} lines agree with the books; "
        f"{found.gross:,} less fees {found.fees:,} is {found.net:,} {found.currency}"
    )
    for one in found.differences:
        ours, theirs = (f"{x:,}" if x is not None else "nothing" for x in (one.ours, one.theirs))
        click.echo(f"  {one.why}: {one.kind} {one.charge}, we have {ours}, they have {theirs}")


def _echo(document: dict[str, Any]) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, default=str))
