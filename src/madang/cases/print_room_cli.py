"""``madang notices letters ...``: print letters, say that they are posted or came back."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from madang.kernel.errors import MadangError
from madang.kernel.orm import ready

as_json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


@click.command("print")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True,
              help="The PDF to write.")  # fmt: skip
@click.option("--manifest", "sheet", type=click.Path(path_type=Path, dir_okay=False),
              help="A CSV for a print provider: a line for each letter.")  # fmt: skip
@click.option("--limit", type=click.IntRange(1, 100), default=100, help="Letters at most.")
@click.option("--batch", "again", type=int, help="Print this batch again instead.")
@as_json_option
def print_letters(
    out: Path, sheet: Path | None, limit: int, again: int | None, *, as_json: bool
) -> None:
    """Take on letters that wait and write them as one PDF; say `posted` once they are."""
    room, actor = _room()
    still = sorted(one.number for one in room.batches(actor, limit=100) if one.number != again)
    for one in still:  # a print that broke off, perhaps: its letters wait for somebody's word
        click.echo(f"batch {one} is not posted: print it with --batch {one}, or say posted {one}",
                   err=True)  # fmt: skip
    number = again if again is not None else _tried(room.take_batch, actor, limit).number
    _write(out, _tried(room.print_batch, actor, number))
    if sheet is not None:
        _write(sheet, _tried(room.manifest, actor, number).encode("utf-8-sig"))
    found = room.batch_of(actor, number)
    said = f"batch {number}: {found.count} letters, print {found.prints}, in {out}"
    answer = {"batch": number, "letters": found.count, "print": found.prints, "file": str(out),
              "not_posted": still}  # fmt: skip
    _say(answer, said, as_json)


@click.command("posted")
@click.argument("batch", type=int)
@click.option("--left-out", multiple=True, metavar="REFERENCE", help="A letter that was not.")
@as_json_option
def posted(batch: int, left_out: tuple[str, ...], *, as_json: bool) -> None:
    """Say that a batch was posted."""
    room, actor = _room()
    count = _tried(room.confirm_posted, actor, batch, left_out)
    _say({"batch": batch, "posted": count}, f"batch {batch}: {count} letters are posted", as_json)


@click.command("returned")
@click.argument("reference")
@click.option("--why", required=True, help="moved, unknown, address, refused, not-fetched, "
              "deceased, other.")  # fmt: skip
@click.option("--note", default="", help="What stands on the envelope.")
@as_json_option
def returned(reference: str, why: str, note: str, *, as_json: bool) -> None:
    """Say that a letter came back, by the reference in its window."""
    room, actor = _room()
    row = _tried(room.came_back, actor, reference, why, note)
    _say({"reference": row.reference, "matter": row.matter, "why": row.why},
         f"letter {row.reference} of {row.matter} came back: {row.why}", as_json)  # fmt: skip


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: half a print would look like one."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)


def _room() -> Any:
    ready()
    from madang.access.api import system_actor
    from madang.cases import print_room

    return print_room, system_actor("command-line")


def _tried(call: Any, *given: Any) -> Any:
    try:
        return call(*given)
    except MadangError as error:
        click.echo(error.message, err=True)
        sys.exit(2)


def _say(answer: dict[str, Any], text: str, as_json: bool) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else text)
