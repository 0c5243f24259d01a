"""Tokens of inserts that a kill left without their rows.

ClickHouse writes an insert's token into the table's log of tokens before it moves the part into its
place (MergeTreeSink). A kill between the two leaves a token without rows, and the repeated insert
would be dropped as done. So whoever opens the store first takes such tokens out of the logs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from madang.kernel.lake.files import replaced_by

Blocks = Mapping[str, Iterable[tuple[int, int]]]
"""By partition: first and last block number of each part that is in its place."""

_ADDED = "1"
_LINE = re.compile(r"(?P<operation>\d)\t(?P<part>[^\t]+)\t[^\t]+\n")
_PART = re.compile(r"(?P<partition>.+)_(?P<first>\d+)_(?P<last>\d+)_\d+(?:_\d+)?")


def without_rows(folder: Path, blocks: Blocks) -> dict[Path, list[str]]:
    """Return, for each log of a table that has tokens without rows, the lines that stay.

    A line is ``operation TAB part TAB token``. Its rows are there if its part is, or one that it
    was merged into. Of two tokens of one part the first has none: its number was free again. A line
    that was cut off counts as one without rows.
    """
    found = {}
    for file in sorted((folder / "deduplication_logs").glob("deduplication_log_*.txt")):
        lines = file.read_text("utf-8").splitlines(keepends=True)
        newest = {_part(line): number for number, line in enumerate(lines)}
        stay = [
            line
            for number, line in enumerate(lines)
            if newest[_part(line)] == number and _has_rows(line, blocks)
        ]
        if len(stay) < len(lines):
            found[file] = stay
    return found


def rewrite(logs: Mapping[Path, list[str]]) -> None:
    """Write the lines that stay; the table must have let go of its logs before."""
    for file, lines in logs.items():
        with replaced_by(file) as draft:
            draft.write_text("".join(lines), "utf-8")


def _part(line: str) -> str:
    return "\t".join(line.split("\t")[:2])


def _has_rows(line: str, blocks: Blocks) -> bool:
    read = _LINE.fullmatch(line)
    if read is None:
        return False
    if read["operation"] != _ADDED:
        return True
    part = _PART.fullmatch(read["part"])
    if part is None:
        return False
    first, last = int(part["first"]), int(part["last"])
    return any(low <= first and last <= high for low, high in blocks.get(part["partition"], ()))
