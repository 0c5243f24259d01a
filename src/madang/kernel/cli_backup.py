"""``madang backup`` and ``madang restore``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from madang.kernel.backup import Backup

json_option = click.option("--json", "as_json", is_flag=True, help="Machine-readable summary.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--record-only", is_flag=True, help="Without bus and lake; the instance may go on running."
)
@click.option(
    "--portable", is_flag=True, help="Write the record so that PostgreSQL can take it, too."
)
@json_option
def backup(file: Path, record_only: bool, portable: bool, as_json: bool) -> None:
    """Write all that this instance keeps to FILE (*.tar.zst or *.tar.gz)."""
    from madang.kernel.backup import back_up

    _tell(back_up(file, record_only=record_only, portable=portable), "written", as_json)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def restore(file: Path, as_json: bool) -> None:
    """Make the (new or empty) data folder anew from the backup FILE."""
    from madang.kernel.backup import restore as make

    _tell(make(file), "restored", as_json)


def _tell(made: Backup, word: str, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(made), ensure_ascii=False, indent=2))
        return
    click.echo(
        f"{word}: {made.kind} backup of {made.city}, {made.created_at}, Madang {made.version}"
    )
    click.echo(f"  {made.files} files, {sum(made.rows.values())} rows, {made.size / 2**20:.1f} MiB")
    click.echo(f"  audit head {made.audit_head}")
