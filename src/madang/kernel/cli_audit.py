"""``madang audit ...``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from madang.kernel.models import AuditEntry


@click.command()
@click.option(
    "--heads",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Heads kept in a second place (JSON lines) to compare with.",
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable summary.")
def verify(heads: Path | None, as_json: bool) -> None:
    """Find any changed, removed, inserted or reordered entry; exit 1 where there is one."""
    _ready()
    from madang.kernel.audit_check import read_heads
    from madang.kernel.audit_check import verify as look

    verdict = look(read_heads(heads) if heads else None)
    if as_json:
        click.echo(json.dumps(asdict(verdict), ensure_ascii=False, indent=2))
    else:
        for finding in verdict.findings:
            click.echo(f"{finding.kind:<14} {finding.message}")
        click.echo(
            f"{verdict.entries} entries ({verdict.unsealed} not sealed yet), {verdict.seals} seals:"
            f" {'untouched' if verdict.ok else f'{len(verdict.findings)} findings'}"
        )
        click.echo(f"head {verdict.head}")
    sys.exit(0 if verdict.ok else 1)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, allow_dash=True))
@click.option("--since", type=click.DateTime(), help="Only entries from this moment on (UTC).")
def export(file: str, since: Any) -> None:
    """Write the log as JSON lines to FILE ('-' is standard output), oldest first.

    A line per entry with its leaf hash, seal and position; a line per seal after its entries.
    """
    _ready()
    with click.open_file(file, "w", encoding="utf-8", atomic=file != "-") as output:
        for line in _lines(since):
            output.write(json.dumps(line, ensure_ascii=False) + "\n")


@click.command()
def seal() -> None:
    """Seal the entries that are not sealed yet, and print the new head."""
    _ready()
    from madang.kernel.audit import seal_batch

    sealed = 0
    while (head := seal_batch()) is not None:
        sealed += head.size
        click.echo(json.dumps(asdict(head)))
    if not sealed:
        click.echo("nothing to seal", err=True)


def _ready() -> None:
    from madang.kernel import orm

    orm.ready()


def _lines(since: Any) -> Iterator[dict[str, Any]]:
    from datetime import UTC

    from madang.kernel.audit import head_from
    from madang.kernel.models import AuditEntry, AuditSeal

    chosen = AuditEntry.objects.all()
    seals = AuditSeal.objects.order_by("number")
    if since is not None:
        chosen = chosen.filter(at__gte=since.replace(tzinfo=UTC))
        seals = seals.filter(sealed_at__gte=since.replace(tzinfo=UTC))
    for one in seals.iterator():
        for entry in chosen.filter(seal=one).order_by("position"):
            yield _entry(entry)
        yield {"kind": "seal", **asdict(head_from(one))}
    for entry in chosen.filter(seal__isnull=True).order_by("at", "id"):
        yield _entry(entry)


def _entry(entry: AuditEntry) -> dict[str, Any]:
    from madang.kernel.canonical import utc_text

    return {
        "kind": "entry",
        "id": entry.id,
        "at": utc_text(entry.at),
        "actor": entry.actor,
        "verb": entry.verb,
        "object": entry.object,
        "purpose": entry.purpose,
        "detail": json.loads(entry.detail),
        "leaf": entry.leaf,
        "seal": entry.seal_id,
        "position": entry.position,
    }
