"""How far the pipeline came: its core, and the journal that makes each step happen once.

Before a step has any effect its entry is on disk. A crash at any point is mended at the next start:
restore the state, replay the journal's entries through the same code, carry out of the last entry
what did not happen.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from itertools import count
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa

from madang.kernel.bus.client import Bus
from madang.kernel.bus.message import OBSERVATIONS, Message
from madang.kernel.errors import MadangError
from madang.kernel.lake.store import Store
from madang.telemetry.engine.catalogue import Catalogue, empty_catalogue
from madang.telemetry.pipeline import history
from madang.telemetry.pipeline.core import Admitted, Arrivals, Core, Effects
from madang.telemetry.pipeline.effects import (
    Gathered,
    detection_messages,
    hour_messages,
    observation_tables,
)
from madang.telemetry.pipeline.insist import insist
from madang.telemetry.pipeline.journal import Entry, Journal
from madang.telemetry.pipeline.republish import unpublished
from madang.telemetry.pipeline.sources import Sources
from madang.telemetry.pipeline.stored import mend
from madang.telemetry.pipeline.watch_log import WatchLog

log = logging.getLogger(__name__)

_ON_THE_WIRE = 512  # messages published without waiting for each


class Progress:
    """The core and what is on its way from it to store and bus. Its calls come one at a time.

    lock : held while the core is changed in a thread; others hold it to read.
    seq : the last message that is done with. epoch : names this run of sequence numbers for ever.
    batch : rows of the last micro-batch, and the seconds it took.
    since_ms : when this process began to listen. watch_log : how its detectors have done since.
    """

    def __init__(self, journal: Journal, sources: Sources, clock: Callable[[], int]) -> None:
        self.core = Core(empty_catalogue(), ())
        self.lock = threading.Lock()
        self.gathered = Gathered()
        self.seq = 0
        self.epoch = ""
        self.trouble = ""
        self.newest_ms = 0
        self.batch = (0, 0.0)
        self.since_ms = clock()
        self.watch_log = WatchLog()
        self.kept_at = time.monotonic()
        self._journal = journal
        self._sources = sources
        self._clock = clock

    def attach(self, store: Store, bus: Bus) -> None:
        """Say where rows and messages go."""
        self._store, self._bus = store, bus

    # restoring

    async def restored(self) -> list[Entry]:
        """Load the state from disk; return the journal's entries since."""
        try:
            snapshot, entries = await asyncio.to_thread(self._journal.load)
        except ValueError as error:
            aside = self._journal.folder / f"state.bin.unusable-{self._clock()}"
            (self._journal.folder / "state.bin").rename(aside)
            log.error("%s; kept as %s, the state is found again from the lake", error, aside)
            snapshot, entries = None, []
        self.gathered = Gathered()
        if snapshot is None:
            await self._begin()
            return []
        with self.lock:
            self.core = Core.restored(snapshot)
        self.seq, self.epoch = snapshot.facts["seq"], snapshot.facts["epoch"]
        await self._check_stream(entries)
        return entries

    async def _begin(self) -> None:
        """Begin without a state: what the lake holds is the newest of each datastream."""
        catalogue = await self._insist(
            lambda: asyncio.to_thread(self._sources.catalogue), "catalogue"
        )
        core = Core(catalogue, self._sources.rules())
        await self._insist(
            lambda: asyncio.to_thread(history.begun, self._store, catalogue, core.kept), "lake"
        )
        with self.lock:
            self.core = core
        self.seq, self.epoch = 0, uuid4().hex[:12]
        await self.keep_state()

    async def _check_stream(self, entries: Sequence[Entry]) -> None:
        """Begin at the stream's start where it was made anew; count what it no longer has."""
        state = await self._insist(lambda: self._bus.state(OBSERVATIONS.name), "stream OBS")
        needed = entries[-1].last if entries else self.seq
        if state.last_seq < needed:
            log.error(
                "stream OBS ends at %d, we read to %d: it was made anew", state.last_seq, needed
            )
            entries = []
            self.seq, self.epoch = 0, uuid4().hex[:12]
            await self.keep_state()
        gone = state.first_seq - 1 - self.seq
        if gone > 0 and state.last_seq > self.seq:
            log.error("stream OBS let go of %d messages that the lake had not read", gone)
            self.core.counters.lost += gone

    async def replayed(
        self, entries: Sequence[Entry], feed: AsyncIterator[Sequence[Message]]
    ) -> list[Message]:
        """Apply the journal's entries, carry out what is missing of the last one.

        Returns the messages that the feed brought beyond them.
        """
        waiting: list[Message] = []
        for place, entry in enumerate(entries):
            while not entry.is_tick and (not waiting or waiting[-1].seq < entry.last):
                waiting += await anext(feed)
            chosen = [message for message in waiting if message.seq <= entry.last]
            if not entry.is_tick:
                waiting = waiting[len(chosen) :]
            is_last = place == len(entries) - 1
            effects = await asyncio.to_thread(self._applied, entry, chosen)
            self.gathered.add(self.core.catalogue, effects)
            if is_last:
                await self._carry_out(entry, effects, again=True)
            elif entry.flush:
                self.gathered.clear()
            self.seq = entry.last
        return waiting

    def _applied(self, entry: Entry, messages: Sequence[Message]) -> Effects:
        with self.lock:
            if entry.is_tick:
                return self.core.tick(entry.now_ms, entry.since_ms)
            admitted = self.core.admit(self.core.read(messages))
            repeated = np.array(entry.repeated, np.int64)
            return self.core.settle(admitted, repeated, np.array(entry.clashing, np.int64))

    # going on

    async def take(self, messages: Sequence[Message], *, flush: bool) -> None:
        """Judge a micro-batch, journal, carry out; `flush` what was gathered with it."""
        begun = time.monotonic()
        found = await asyncio.to_thread(self.core.read, messages)
        if found.names_unknown and await self.adopted():
            found = await asyncio.to_thread(self.core.read, messages)
        admitted = await asyncio.to_thread(self._admitted, found)
        repeated, clashing = await self._insist(
            lambda: asyncio.to_thread(history.known, self._store, self.core.catalogue, admitted),
            "question to the lake",
        )
        entry = Entry(
            first=messages[0].seq,
            last=messages[-1].seq,
            repeated=repeated.tolist(),
            clashing=clashing.tolist(),
            flush=flush,
            noted_ms=self._clock(),
        )
        await self._note(entry)

        def settled() -> Effects:
            with self.lock:
                return self.core.settle(admitted, repeated, clashing)

        effects = await asyncio.to_thread(settled)
        self.watch_log.add(self.core, effects, self._clock())
        self.gathered.add(self.core.catalogue, effects)
        await self._carry_out(entry, effects)
        self.seq = entry.last
        rows = admitted.arrivals
        if len(rows):
            self.newest_ms = int(rows.received[-1])
        self.batch = (len(rows), time.monotonic() - begun)

    def _admitted(self, found: Arrivals) -> Admitted:
        with self.lock:
            return self.core.admit(found)

    async def tick(self, now: int, *, flush: bool) -> None:
        """Journal and carry out a tick, if anything follows from it."""
        with self.lock:
            if not flush and not self.core.would_tick(now, self.since_ms):
                self.watch_log.looked(now)
                return
        entry = Entry(
            first=self.seq + 1, last=self.seq, now_ms=now, flush=flush, noted_ms=now,
            since_ms=self.since_ms,
        )  # fmt: skip
        await self._note(entry)
        effects = await asyncio.to_thread(self._applied, entry, ())
        self.watch_log.add(self.core, effects, now)
        self.gathered.add(self.core.catalogue, effects)
        await self._carry_out(entry, effects)

    async def adopted(self) -> bool:
        """Go on under the present catalogue and rules; False if they are ours already."""
        rules = self._sources.rules()
        version = await self._insist(lambda: asyncio.to_thread(self._sources.version), "catalogue")
        if version == self.core.catalogue.version and tuple(rules) == tuple(self.core.rules):
            return False
        catalogue: Catalogue = await self._insist(
            lambda: asyncio.to_thread(self._sources.catalogue), "catalogue"
        )
        if not self.gathered.is_empty:  # their rows are known by the old catalogue
            await self.tick(self._clock(), flush=True)
        with self.lock:
            self.core.adopt(catalogue, rules)
        # replay never crosses a change of the catalogue: the state on disk is of this one
        await self.keep_state()
        log.info("catalogue %d: %d datastreams", catalogue.version, len(catalogue))
        return True

    async def keep_state(self) -> None:
        """Write the state, durably, and let go of the messages that it has."""
        if not self.gathered.is_empty:
            await self.tick(self._clock(), flush=True)
        facts = {"seq": self.seq, "epoch": self.epoch}
        snapshot = self.core.snapshot(facts)
        await self._insist(lambda: asyncio.to_thread(self._journal.keep, snapshot), "state file")
        self.kept_at = time.monotonic()
        try:
            await self._bus.trim(OBSERVATIONS.name, self.seq + 1)
        except MadangError as error:
            log.warning("stream OBS is trimmed later: %s", error)

    # effects

    async def _note(self, entry: Entry) -> None:
        await self._insist(lambda: asyncio.to_thread(self._journal.append, entry), "journal")

    async def _carry_out(self, entry: Entry, effects: Effects, *, again: bool = False) -> None:
        """Publish messages and insert rows; `again` if some of it may have happened already."""
        label = f"{self.epoch}-{entry.label()}"
        tables = observation_tables(self.core, effects) if len(effects.rows) else {}
        if entry.flush:
            tables |= self.gathered.tables(entry.noted_ms or self._clock())
        outgoing = [
            *detection_messages(self.core, effects),
            *hour_messages(self.core.catalogue, effects.hours, label, self._clock()),
        ]
        if again:
            outgoing = await self._insist(lambda: unpublished(self._bus, outgoing), "bus")
        for start in range(0, len(outgoing), _ON_THE_WIRE):
            some = outgoing[start : start + _ON_THE_WIRE]
            await self._insist(partial(self._bus.publish_many, some), "bus")
        for name, table in tables.items():
            await self._inserted(name, table, f"{label}-{name}", in_doubt=again)
        if entry.flush:
            self.gathered.clear()

    async def _inserted(self, name: str, table: pa.Table, token: str, *, in_doubt: bool) -> None:
        """Insert rows; once an insert was tried, look which of them are there."""
        tries = count(int(in_doubt))

        def insert() -> None:
            if next(tries):
                lacking = mend(self._store, name, table, token=token)
                log.info("%s: the lake lacked %d of %d rows in doubt", name, lacking, len(table))
            else:
                self._store.insert(name, table, token=token)

        await self._insist(lambda: asyncio.to_thread(insert), f"insert into {name}")

    async def _insist(self, call: Any, what: str) -> Any:
        def trouble(text: str) -> None:
            self.trouble = text

        return await insist(call, what, trouble)
