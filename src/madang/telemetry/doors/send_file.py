"""Send a file of observations to the intake log of the running instance."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from madang.kernel import times
from madang.kernel.bus import sync
from madang.kernel.bus.message import Outgoing
from madang.kernel.errors import LimitReached, Unavailable
from madang.telemetry.doors.admit import admit
from madang.telemetry.doors.directory import Device, Directory
from madang.telemetry.doors.files import Reading, chunks, without_repetitions
from madang.telemetry.doors.intake import Lane, observation_messages
from madang.telemetry.doors.letters import Sender, letters
from madang.telemetry.doors.rows import Parsed, RefusedRow

DOOR = "file"
PATIENCE_S = 60.0
"""The bus may be away, or its intake log full, for this long before the sending ends."""
_RETRY_S = 1.0
_LISTED = 1000


@dataclass
class Report:
    """What became of a file; `refused` lists the first 1,000."""

    file: str
    sha256: str
    accepted: int = 0
    refused_total: int = 0
    duplicates_of_file: int = 0
    refused: list[dict[str, object]] = field(default_factory=list)

    def add(self, admitted: Parsed, repeated: int) -> None:
        """Count a chunk."""
        self.accepted += len(admitted.ds)
        self.refused_total += len(admitted.refused)
        self.duplicates_of_file += repeated
        room = _LISTED - len(self.refused)
        self.refused += [_listed(item) for item in admitted.refused[: max(room, 0)]]


def _listed(item: RefusedRow) -> dict[str, object]:
    return {"line": item.row, "code": item.code, "reason": item.reason}


@dataclass(frozen=True)
class Sending:
    """A file on its way. `device` is None for the administrator, who may write everything."""

    path: Path
    reading: Reading
    directory: Directory
    device: Device | None
    progress: Callable[[int], None] = lambda _lines: None

    def judge(self) -> Report:
        """Return the report as if the file were sent; nothing is stored."""
        report = Report(str(self.path), _digest(self.path))
        for admitted, repeated in self._admitted():
            report.add(admitted, repeated)
        return report

    def send(self) -> Report:
        """Store the file's observations durably, chunk by chunk, and return the report.

        A sending that was cut off has stored some chunks; sent again, nothing counts twice, since
        each message's id follows from the file's content.

        Raises
        ------
        Unavailable
            If the bus stayed away; the message says up to which line all is stored.
        """
        report = Report(str(self.path), _digest(self.path))
        line = 0
        for number, (admitted, repeated) in enumerate(self._admitted()):
            messages = self._messages(admitted, f"file-{report.sha256[:32]}-{number}")
            try:
                _publish(messages)
            except (Unavailable, LimitReached) as error:
                raise Unavailable(
                    f"{self.path}: all is stored up to line {line}, then: {error.message}; "
                    "send the same file again, nothing counts twice"
                ) from error
            report.add(admitted, repeated)
            line = max([line, *admitted.row[-1:].tolist()])
            self.progress(line)
        return report

    def _admitted(self) -> Iterator[tuple[Parsed, int]]:
        gateway = None if self.device is None else self.device.id
        for parsed in chunks(self.path, self.reading):
            unique, repeated = without_repetitions(parsed)
            yield admit(unique, self.directory.catalogue, gateway, times.now_ms()), repeated

    def _messages(self, admitted: Parsed, msg_id: str) -> list[Outgoing]:
        now_ms = times.now_ms()
        name = self.device.name if self.device else ""
        found = letters(Sender(name, DOOR, now_ms), admitted.refused, msg_id)
        gateways = self.directory.catalogue.gateway[self.directory.catalogue.rows(admitted.ds)]
        for device in self.directory.by_name.values():
            rows = gateways == device.id
            if rows.any():
                lane = Lane(device.name, device.origin, DOOR)
                part = admitted.only(rows, ())
                found += observation_messages(lane, part, now_ms, f"{msg_id}-{device.id}")
        return found


def _publish(messages: list[Outgoing]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            sync.publish_many(messages)
            return
        except (Unavailable, LimitReached):
            if time.monotonic() > deadline:
                raise
        time.sleep(_RETRY_S)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def named_anywhere(directory: Directory) -> Callable[[str, str], int | None]:
    """Return the look-up by names over all gateways; a name that two of them use means nothing."""
    found: dict[tuple[str, str], int | None] = {}
    for (_, thing, code), ds in directory.named.items():
        found[thing, code] = None if (thing, code) in found else ds
    return lambda thing, code: found.get((thing, code))
