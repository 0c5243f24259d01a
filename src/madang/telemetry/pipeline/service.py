"""`Pipeline`: the telemetry service of the lake process.

One task reads `OBS` in order. For each micro-batch: judge it, write the decision to the journal,
publish what follows, insert the rows; then the next. The state is written every half minute, and
the stream is trimmed to it. A crash at any point is mended at the next start: restore the state,
replay the journal's entries through the same code, carry out of the last entry what did not happen.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa

from madang.kernel.bus.client import Bus
from madang.kernel.bus.message import OBSERVATIONS, Message
from madang.kernel.config import settings
from madang.kernel.errors import Invalid, MadangError, NotFound
from madang.kernel.lake.store import Store
from madang.kernel.times import now_ms
from madang.telemetry.engine import freshness
from madang.telemetry.engine.catalogue import Catalogue, empty_catalogue
from madang.telemetry.engine.state import latest
from madang.telemetry.engine.warm import warm_up
from madang.telemetry.pipeline import history
from madang.telemetry.pipeline.core import Admitted, Arrivals, Core, Effects
from madang.telemetry.pipeline.dead import DeadLetters
from madang.telemetry.pipeline.effects import (
    Gathered,
    detection_messages,
    hour_messages,
    latest_table,
    live_frame,
    observation_tables,
)
from madang.telemetry.pipeline.insist import insist
from madang.telemetry.pipeline.journal import Entry, Journal
from madang.telemetry.pipeline.republish import unpublished
from madang.telemetry.pipeline.sources import Sources, installed
from madang.telemetry.pipeline.stored import mend

log = logging.getLogger(__name__)

LIVE_SUBJECT = "madang.live.obs"
CHANGED_SUBJECT = "madang.changed.telemetry"
_ON_THE_WIRE = 512  # messages published without waiting for each


@dataclass(frozen=True)
class Pace:
    """How often things happen [s], and the largest micro-batch [bytes of messages]."""

    gather_s: float = 0.15
    batch_bytes: int = 250_000 * 20  # 20 bytes an observation in Arrow IPC
    flush_s: float = 2.0
    live_s: float = 1.0
    poll_s: float = 5.0
    snapshot_s: float = 30.0


@dataclass
class _Due:
    """When something last happened [s of the monotonic clock]."""

    flush: float = 0.0
    live: float = 0.0
    poll: float = 0.0
    snapshot: float = field(default_factory=time.monotonic)


class Pipeline:
    """`kernel.lake.service.Service` of telemetry."""

    def __init__(
        self,
        *,
        folder: Path | None = None,
        sources: Sources | None = None,
        pace: Pace | None = None,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        self._journal = Journal(folder or settings().data / "lake-state")
        self._sources = sources or installed()
        self._pace = pace or Pace()
        self._clock = clock
        self._lock = threading.Lock()  # the state is changed and read in threads
        self._core = Core(empty_catalogue(), ())
        self._gathered = Gathered()
        self._seq = 0
        self._epoch = ""
        self._pending: list[Message] = []
        self._due = _Due()
        self._trouble = ""
        self._last_seq = 0
        self._newest_ms = 0
        self._batch = (0, 0.0)
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()
        self._catalogue_told = asyncio.Event()
        self._up = asyncio.Event()

    # Service

    async def start(self, store: Store, bus: Bus) -> None:
        """Begin restoring and consuming; `health` tells when and whether it goes well."""
        self._store, self._bus = store, bus
        work = (self._live(), self._listen(), self._bury())
        self._tasks = [asyncio.create_task(part) for part in work]

    async def stop(self) -> None:
        """Finish the batch in hand, keep the state, stop."""
        self._stopping.set()
        if self._tasks:
            await asyncio.wait({self._tasks[0]}, timeout=10.0)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._journal.close()

    def answer(self, op: str, arguments: Mapping[str, Any]) -> pa.Table:
        """Answer `latest`, `health` or `stale`; see docs/explanation/spine.md."""
        if op == "latest":
            return self._latest(arguments.get("ids"))
        if op == "health":
            return pa.Table.from_pylist([self._health()])
        if op == "stale":
            return self._stale()
        raise NotFound(f"telemetry answers latest, health and stale; not {op!r}")

    def _latest(self, ids: Any) -> pa.Table:
        if ids is not None:
            try:
                ids = np.asarray(ids, np.uint32)
            except (ValueError, OverflowError, TypeError):
                raise Invalid("ids must be datastream numbers", {"ids": "uint32"}) from None
        with self._lock:
            return latest_table(latest(self._core.catalogue, self._core.kept, ids))

    def _stale(self) -> pa.Table:
        with self._lock:
            core = self._core
            found = freshness.stale(core.catalogue, core.kept.live, self._clock())
            ds = core.catalogue.ids[found.row]
        return pa.table({"ds": ds, "age_s": found.age_s, "limit_s": found.limit_s})

    def _health(self) -> dict[str, Any]:
        with self._lock:
            core = self._core
            stale = int(core.kept.live["stale"].sum())
            counters = dict(vars(core.counters))
        return {
            "seq": self._seq,
            "lag": max(self._last_seq - self._seq, 0),
            **counters,
            "datastreams": len(core.catalogue),
            "stale": stale,
            "catalogue_version": core.catalogue.version,
            "batch_rows": self._batch[0],
            "batch_ms": self._batch[1] * 1000,
            "newest_received": self._newest_ms,
            "problem": self._trouble,
        }

    # reading

    async def _live(self) -> None:
        """Restore, then read; after a fault of our own restore again and go on."""
        await asyncio.to_thread(warm_up)
        while True:
            try:
                await self._read()
                return
            except asyncio.CancelledError:
                raise
            except Exception:
                log.exception("the pipeline broke; it goes on from its state on disk")
                self._trouble = "the pipeline broke and was restored; see the log"
                await asyncio.sleep(1.0)

    async def _bury(self) -> None:
        """Bring dead letters to their table, once the state says under which tokens."""
        await self._up.wait()
        await DeadLetters(self._journal.folder, self._epoch).run(self._store, self._bus)

    async def _read(self) -> None:
        entries = await self._restored()
        feed = self._bus.consume(
            OBSERVATIONS.name, start_seq=self._seq + 1, batch=1024, idle_s=self._pace.gather_s / 3
        )
        self._pending = []
        async with aclosing(feed):  # type: ignore[type-var]
            await self._replayed(entries, feed)
            await self._adopted()
            self._up.set()
            await self._followed(feed)

    async def _followed(self, feed: AsyncIterator[Sequence[Message]]) -> None:
        """Take what comes in micro-batches until told to stop."""
        since = time.monotonic()
        size = sum(len(message.data) for message in self._pending)
        async for messages in feed:
            if not self._pending:
                since = time.monotonic()
            self._pending += messages
            size += sum(len(message.data) for message in messages)
            old = time.monotonic() - since >= self._pace.gather_s
            if self._pending and (old or not messages or size >= self._pace.batch_bytes):
                await self._take(self._pending)
                self._pending, size = [], 0
            await self._upkeep()
            if self._stopping.is_set():
                await self._keep_state()
                return

    # restoring

    async def _restored(self) -> list[Entry]:
        """Load the state; return the entries since."""
        try:
            snapshot, entries = await asyncio.to_thread(self._journal.load)
        except ValueError as error:
            aside = self._journal.folder / f"state.bin.unusable-{self._clock()}"
            (self._journal.folder / "state.bin").rename(aside)
            log.error("%s; kept as %s, the state is found again from the lake", error, aside)
            snapshot, entries = None, []
        self._gathered = Gathered()
        if snapshot is None:
            await self._begin()
            return []
        with self._lock:
            self._core = Core.restored(snapshot)
        self._seq, self._epoch = snapshot.facts["seq"], snapshot.facts["epoch"]
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
        with self._lock:
            self._core = core
        self._seq, self._epoch = 0, uuid4().hex[:12]
        await self._keep_state()

    async def _check_stream(self, entries: Sequence[Entry]) -> None:
        """Begin at the stream's start where it was made anew; count what it no longer has."""
        state = await self._insist(lambda: self._bus.state(OBSERVATIONS.name), "stream OBS")
        needed = entries[-1].last if entries else self._seq
        if state.last_seq < needed:
            log.error(
                "stream OBS ends at %d, we read to %d: it was made anew", state.last_seq, needed
            )
            entries = []
            self._seq, self._epoch = 0, uuid4().hex[:12]
            await self._keep_state()
        gone = state.first_seq - 1 - self._seq
        if gone > 0 and state.last_seq > self._seq:
            log.error("stream OBS let go of %d messages that the lake had not read", gone)
            self._core.counters.lost += gone

    async def _replayed(self, entries: list[Entry], feed: AsyncIterator[Sequence[Message]]) -> None:
        """Apply the journal's entries; carry out the effects of the last one again."""
        for place, entry in enumerate(entries):
            while not entry.is_tick and (not self._pending or self._pending[-1].seq < entry.last):
                self._pending += await anext(feed)
            chosen = [message for message in self._pending if message.seq <= entry.last]
            if not entry.is_tick:
                self._pending = self._pending[len(chosen) :]
            is_last = place == len(entries) - 1
            effects = await asyncio.to_thread(self._applied, entry, chosen)
            self._gathered.add(self._core.catalogue, effects)
            if is_last:
                await self._carry_out(entry, effects, again=True)
            elif entry.flush:
                self._gathered.clear()
            self._seq = entry.last

    def _applied(self, entry: Entry, messages: Sequence[Message]) -> Effects:
        with self._lock:
            if entry.is_tick:
                return self._core.tick(entry.now_ms)
            admitted = self._core.admit(self._core.read(messages))
            repeated = np.array(entry.repeated, np.int64)
            return self._core.settle(admitted, repeated, np.array(entry.clashing, np.int64))

    # one batch

    async def _take(self, messages: Sequence[Message]) -> None:
        """Judge, journal, carry out."""
        begun = time.monotonic()
        found = await asyncio.to_thread(self._core.read, messages)
        if found.names_unknown and await self._adopted():
            found = await asyncio.to_thread(self._core.read, messages)
        admitted = await asyncio.to_thread(self._admitted, found)
        repeated, clashing = await self._insist(
            lambda: asyncio.to_thread(history.known, self._store, self._core.catalogue, admitted),
            "question to the lake",
        )
        entry = Entry(
            first=messages[0].seq,
            last=messages[-1].seq,
            repeated=repeated.tolist(),
            clashing=clashing.tolist(),
            flush=self._is_due("flush"),
            noted_ms=self._clock(),
        )
        await self._note(entry)

        def settled() -> Effects:
            with self._lock:
                return self._core.settle(admitted, repeated, clashing)

        effects = await asyncio.to_thread(settled)
        self._gathered.add(self._core.catalogue, effects)
        await self._carry_out(entry, effects)
        self._seq = entry.last
        rows = admitted.arrivals
        if len(rows):
            self._newest_ms = int(rows.received[-1])
        self._batch = (len(rows), time.monotonic() - begun)

    def _admitted(self, found: Arrivals) -> Admitted:
        with self._lock:
            return self._core.admit(found)

    async def _note(self, entry: Entry) -> None:
        await self._insist(lambda: asyncio.to_thread(self._journal.append, entry), "journal")

    async def _carry_out(self, entry: Entry, effects: Effects, *, again: bool = False) -> None:
        """Publish messages and insert rows; `again` if some of it may have happened already."""
        label = f"{self._epoch}-{entry.label()}"
        tables = observation_tables(self._core, effects) if len(effects.rows) else {}
        if entry.flush:
            tables |= self._gathered.tables(entry.noted_ms or self._clock())
        outgoing = [
            *detection_messages(self._core, effects),
            *hour_messages(self._core.catalogue, effects.hours, label, self._clock()),
        ]
        if again:
            outgoing = await self._insist(lambda: unpublished(self._bus, outgoing), "bus")
        for start in range(0, len(outgoing), _ON_THE_WIRE):
            some = outgoing[start : start + _ON_THE_WIRE]
            await self._insist(partial(self._bus.publish_many, some), "bus")
        for name, table in tables.items():
            await self._inserted(name, table, f"{label}-{name}", in_doubt=again)
        if entry.flush:
            self._gathered.clear()

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
            self._trouble = text

        return await insist(call, what, trouble)

    # upkeep

    def _is_due(self, what: str) -> bool:
        """Return whether the time has come, and note it."""
        now = time.monotonic()
        if now - getattr(self._due, what) < getattr(self._pace, f"{what}_s"):
            return False
        setattr(self._due, what, now)
        return True

    async def _upkeep(self) -> None:
        if self._is_due("live"):
            await self._tell_live()
        if self._catalogue_told.is_set() or self._is_due("poll"):
            self._catalogue_told.clear()
            await self._adopted()
            await self._ticked()
        elif not self._gathered.is_empty and self._is_due("flush"):
            await self._tick(self._clock(), flush=True)
        if self._is_due("snapshot"):
            await self._keep_state()

    async def _ticked(self) -> None:
        """Let the clock close hours and mark silences, unless a backlog makes all look silent."""
        try:
            self._last_seq = (await self._bus.state(OBSERVATIONS.name)).last_seq
        except MadangError as error:
            self._trouble = f"bus: {error}"
            return
        now = self._clock()
        behind = self._last_seq > self._seq and now - self._newest_ms > 10_000
        if not behind:
            await self._tick(now, flush=False)

    async def _tick(self, now: int, *, flush: bool) -> None:
        """Journal and carry out a tick, if anything follows from it."""
        with self._lock:
            if not flush and not self._core.would_tick(now):
                return
        entry = Entry(first=self._seq + 1, last=self._seq, now_ms=now, flush=flush, noted_ms=now)
        await self._note(entry)
        effects = await asyncio.to_thread(self._applied, entry, ())
        self._gathered.add(self._core.catalogue, effects)
        await self._carry_out(entry, effects)

    async def _adopted(self) -> bool:
        """Go on under the present catalogue and rules; False if they are ours already."""
        rules = self._sources.rules()
        version = await self._insist(lambda: asyncio.to_thread(self._sources.version), "catalogue")
        if version == self._core.catalogue.version and tuple(rules) == tuple(self._core.rules):
            return False
        catalogue: Catalogue = await self._insist(
            lambda: asyncio.to_thread(self._sources.catalogue), "catalogue"
        )
        if not self._gathered.is_empty:  # their rows are known by the old catalogue
            await self._tick(self._clock(), flush=True)
        with self._lock:
            self._core.adopt(catalogue, rules)
        # replay never crosses a change of the catalogue: the state on disk is of this one
        await self._keep_state()
        log.info("catalogue %d: %d datastreams", catalogue.version, len(catalogue))
        return True

    async def _keep_state(self) -> None:
        if not self._gathered.is_empty:
            await self._tick(self._clock(), flush=True)
        facts = {"seq": self._seq, "epoch": self._epoch}
        snapshot = self._core.snapshot(facts)
        await self._insist(lambda: asyncio.to_thread(self._journal.keep, snapshot), "state file")
        self._due.snapshot = time.monotonic()
        try:
            await self._bus.trim(OBSERVATIONS.name, self._seq + 1)
        except MadangError as error:
            log.warning("stream OBS is trimmed later: %s", error)

    async def _tell_live(self) -> None:
        core = self._core
        rows = np.flatnonzero(core.changed)
        if not len(rows):
            return
        core.changed[rows] = False
        with self._lock:
            frame = live_frame(latest(core.catalogue, core.kept, core.catalogue.ids[rows]))
        try:
            await self._bus.broadcast(LIVE_SUBJECT, frame)
        except MadangError as error:
            log.warning("live summary lost: %s", error)

    async def _listen(self) -> None:
        async for _ in self._bus.listen(CHANGED_SUBJECT):
            self._catalogue_told.set()
