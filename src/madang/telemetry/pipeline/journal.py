"""Snapshot and journal on disk: from these two and the stream everything is found again.

    <folder>/state.bin         the newest snapshot, replaced by rename
    <folder>/journal-<n>.log   what was decided since snapshot n, one line each, on disk before it
                               has any effect outside

An entry that is not on disk had no effect; the effects of all entries but the last were complete
before the next was written. So after a crash only the last entry's effects are in doubt.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from madang.telemetry.engine.state import Snapshot, from_bytes, to_bytes

STATE = "state.bin"


@dataclass(frozen=True)
class Entry:
    """One decision.

    Parameters
    ----------
    first, last : sequence numbers of the batch's messages; equal to the last batch's `last` and 0
        messages for a tick (`first` is `last` + 1).
    now_ms : server time of a tick, 0 for a batch.
    repeated, clashing : rows of the batch that the history held already.
    flush : hours, flags and dead letters gathered so far go to the lake with this entry.
    noted_ms : server time when it was decided; what else has no time gets this one.
    since_ms : when the process that ticked had begun to listen.
    """

    first: int
    last: int
    now_ms: int = 0
    repeated: list[int] = field(default_factory=list)
    clashing: list[int] = field(default_factory=list)
    flush: bool = False
    noted_ms: int = 0
    since_ms: int = 0

    @property
    def is_tick(self) -> bool:
        """True for a tick of the clock."""
        return self.now_ms > 0

    def label(self) -> str:
        """Return what names this entry for ever: part of tokens and message ids.

        A clock that was put back may show a tick's time again, so the time alone does not name it.
        """
        return f"t{self.now_ms}-{self.last}" if self.is_tick else f"{self.first}-{self.last}"


class Journal:
    """The files of one folder; one process at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._number = 0
        self._file: BinaryIO | None = None

    def load(self) -> tuple[Snapshot | None, list[Entry]]:
        """Return the newest snapshot and what was decided since; opens the journal to go on.

        Raises
        ------
        ValueError
            If the snapshot is damaged or of another layout.
        """
        self.close()
        path = self.folder / STATE
        snapshot = from_bytes(path.read_bytes()) if path.exists() else None
        self._number = int(snapshot.facts["journal"]) if snapshot else 0
        entries, size = _entries(self._path())
        self._open(size)
        self._forget_others()
        return snapshot, entries

    def append(self, entry: Entry) -> None:
        """Write an entry; it is on disk when this returns.

        Raises
        ------
        OSError
            If the disk is full or fails; the journal is as before then.
        """
        assert self._file is not None
        text = json.dumps(asdict(entry), separators=(",", ":")).encode()
        start = self._file.tell()
        try:
            self._file.write(b"%08x %s\n" % (zlib.crc32(text), text))
            self._file.flush()
            os.fdatasync(self._file.fileno())
        except OSError:
            self.close()
            self._open(start)
            raise

    def keep(self, snapshot: Snapshot) -> None:
        """Write a snapshot, durably, and begin a new journal after it.

        Raises
        ------
        OSError
            If the disk is full or fails; snapshot and journal are as before then.
        """
        facts = {**snapshot.facts, "journal": self._number + 1}
        draft = self.folder / f"{STATE}.draft"
        content = to_bytes(Snapshot(snapshot.catalogue, snapshot.rules, snapshot.state, facts))
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / STATE)
        _sync_folder(self.folder)
        self.close()
        self._number += 1
        self._open(0)
        self._forget_others()

    def close(self) -> None:
        """Let go of the journal's file."""
        if self._file is not None:
            file, self._file = self._file, None
            try:
                file.close()
            except OSError:  # its buffer could not be written; what was synced is on disk
                _abandon(file)

    def _path(self) -> Path:
        return self.folder / f"journal-{self._number}.log"

    def _open(self, size: int) -> None:
        path = self._path()
        path.touch()
        _sync_folder(self.folder)
        self._file = path.open("r+b")
        self._file.truncate(size)
        self._file.seek(size)

    def _forget_others(self) -> None:
        for path in self.folder.glob("journal-*.log"):
            if path != self._path():
                path.unlink()


def _abandon(file: BinaryIO) -> None:
    """Close the descriptor below a buffered file that cannot be flushed."""
    raw = getattr(file, "raw", file)
    raw.close()


def _entries(path: Path) -> tuple[list[Entry], int]:
    """Return the whole entries of a journal and their length [bytes]; a torn tail is left out."""
    entries: list[Entry] = []
    size = 0
    if not path.exists():
        return entries, size
    for line in path.read_bytes().splitlines(keepends=True):
        check, _, text = line.rstrip(b"\n").partition(b" ")
        if not line.endswith(b"\n") or check != b"%08x" % zlib.crc32(text):
            break
        fields: Mapping[str, Any] = json.loads(text)
        entries.append(Entry(**fields))
        size += len(line)
    return entries, size


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
