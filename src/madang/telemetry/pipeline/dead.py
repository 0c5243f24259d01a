"""Dead letters: from the stream `DEAD` to the table `dead_letter`, each once."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from madang.kernel.bus.client import Bus
from madang.kernel.bus.message import DEAD_LETTERS, Message
from madang.kernel.errors import Invalid
from madang.kernel.lake.store import Store
from madang.kernel.times import now_ms
from madang.telemetry import refusals
from madang.telemetry.pipeline.effects import dead_letter_table
from madang.telemetry.pipeline.insist import insist
from madang.telemetry.pipeline.stored import mend
from madang.telemetry.refusals import Refusal

log = logging.getLogger(__name__)

_GATHER_S = 0.5
_ROWS = 5_000


class DeadLetters:
    """Reads the stream; the range it is about to insert is on disk before the insert."""

    def __init__(self, folder: Path, epoch: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "dead.json"
        self._epoch = epoch

    async def run(self, store: Store, bus: Bus) -> None:
        """Go on for ever."""
        first, last, noted_ms = self._range()
        state = await bus.state(DEAD_LETTERS.name)
        if state.last_seq < last:
            log.warning("stream DEAD begins anew; it was read to %d", last)
            first, last = 1, 0
        waiting: list[Message] = []
        doubtful = last if first <= last else 0  # this range goes in again, exactly as it was
        clock = asyncio.get_running_loop().time
        since = clock()
        start = first if doubtful else last + 1
        async for messages in bus.consume(DEAD_LETTERS.name, start_seq=start, idle_s=_GATHER_S):
            waiting += messages
            if doubtful and waiting and waiting[-1].seq >= doubtful:
                again = [message for message in waiting if message.seq <= doubtful]
                await self._keep(store, bus, again, (first, doubtful), noted_ms)
                waiting, doubtful = waiting[len(again) :], 0
            due = len(waiting) >= _ROWS or not messages or clock() - since > _GATHER_S
            if waiting and due and not doubtful:
                await self._keep(store, bus, waiting, (waiting[0].seq, waiting[-1].seq))
                waiting, since = [], clock()

    async def _keep(
        self,
        store: Store,
        bus: Bus,
        messages: Sequence[Message],
        reach: tuple[int, int],
        noted_ms: int = 0,
    ) -> None:
        """Insert letters; `noted_ms` is when it was tried before."""
        (first, last), at_ms = reach, noted_ms or now_ms()
        await insist(lambda: asyncio.to_thread(self._note, first, last, at_ms), "note of letters")
        table = dead_letter_table([_read(message) for message in messages], at_ms)
        token = f"{self._epoch}-dead-{first}-{last}"
        tries = count(int(noted_ms > 0))

        def insert() -> None:
            if next(tries):
                mend(store, "dead_letter", table, token=token)
            else:
                store.insert("dead_letter", table, token=token)

        await insist(lambda: asyncio.to_thread(insert), "dead letters")
        await insist(lambda: asyncio.to_thread(self._note, last + 1, last, 0), "note of letters")
        await insist(lambda: bus.trim(DEAD_LETTERS.name, last + 1), "trim DEAD")

    def _range(self) -> tuple[int, int, int]:
        """Return the range that was tried last (empty if it is done), and when [ms]."""
        if not self._path.exists():
            return 1, 0, 0
        noted = json.loads(self._path.read_text())
        if noted["epoch"] != self._epoch:
            return 1, 0, 0
        return noted["first"], noted["last"], noted.get("at_ms") or now_ms()

    def _note(self, first: int, last: int, at_ms: int) -> None:
        draft = self._path.with_suffix(".draft")
        with draft.open("w") as file:
            json.dump({"epoch": self._epoch, "first": first, "last": last, "at_ms": at_ms}, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)


def _read(message: Message) -> Refusal:
    try:
        return refusals.decode(message.data)
    except Invalid as error:
        door = message.subject.rpartition(".")[2]
        shown = refusals.shown(message.data)
        return Refusal(0, door, "", error.message, refusals.MALFORMED, shown)
