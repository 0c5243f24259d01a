"""`Pipeline`: the telemetry service of the lake process.

One task reads `OBS` in order, in micro-batches; `Progress` takes each of them, once in effect.
Between them the task ticks the clock, follows the catalogue, tells what is new, and has the state
written every half minute.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from madang.kernel.bus.client import Bus
from madang.kernel.bus.message import OBSERVATIONS, Message
from madang.kernel.config import settings
from madang.kernel.errors import Invalid, MadangError, NotFound
from madang.kernel.lake.store import Store
from madang.kernel.times import now_ms
from madang.telemetry.engine import freshness
from madang.telemetry.engine.state import latest
from madang.telemetry.engine.warm import warm_up
from madang.telemetry.pipeline.dead import DeadLetters
from madang.telemetry.pipeline.effects import (
    latest_table,
    live_frame,
)
from madang.telemetry.pipeline.journal import Journal
from madang.telemetry.pipeline.progress import Progress
from madang.telemetry.pipeline.sources import Sources, installed

log = logging.getLogger(__name__)

LIVE_SUBJECT = "madang.live.obs"
CHANGED_SUBJECT = "madang.changed.telemetry"


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
        self._pace = pace or Pace()
        self._clock = clock
        self.progress = Progress(self._journal, sources or installed(), clock)
        self._pending: list[Message] = []
        self._due = _Due()
        self._last_seq = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()
        self._catalogue_told = asyncio.Event()
        self._up = asyncio.Event()

    # Service

    async def start(self, store: Store, bus: Bus) -> None:
        """Begin restoring and consuming; `health` tells when and whether it goes well."""
        self._store, self._bus = store, bus
        self.progress.attach(store, bus)
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
        """Answer `latest`, `health`, `stale` or `detectors`; see docs/explanation/spine.md."""
        if op == "latest":
            found = self._latest(arguments.get("ids"))
            only = arguments.get("only")
            return found.select(only) if only else found
        if op == "health":
            return pa.Table.from_pylist([self._health()])
        if op == "stale":
            return self._stale()
        if op == "detectors":
            return self._detectors()
        raise NotFound(f"telemetry answers latest, health, stale and detectors; not {op!r}")

    def _latest(self, ids: Any) -> pa.Table:
        if ids is not None:
            try:
                ids = np.asarray(ids, np.uint32)
            except (ValueError, OverflowError, TypeError):
                raise Invalid("ids must be datastream numbers", {"ids": "uint32"}) from None
        with self.progress.lock:
            return latest_table(latest(self.progress.core.catalogue, self.progress.core.kept, ids))

    def _stale(self) -> pa.Table:
        with self.progress.lock:
            core = self.progress.core
            now, since = self._clock(), self.progress.since_ms
            found = freshness.stale(core.catalogue, core.kept.live, now, since)
            ds = core.catalogue.ids[found.row]
        return pa.table({"ds": ds, "age_s": found.age_s, "limit_s": found.limit_s})

    def _detectors(self) -> pa.Table:
        with self.progress.lock:
            return self.progress.watch_log.table(self.progress.core, self._clock())

    def _health(self) -> dict[str, Any]:
        with self.progress.lock:
            core = self.progress.core
            stale = int(core.kept.live["stale"].sum())
            counters = dict(vars(core.counters))
        return {
            "seq": self.progress.seq,
            "lag": max(self._last_seq - self.progress.seq, 0),
            **counters,
            "datastreams": len(core.catalogue),
            "stale": stale,
            "catalogue_version": core.catalogue.version,
            "batch_rows": self.progress.batch[0],
            "batch_ms": self.progress.batch[1] * 1000,
            "newest_received": self.progress.newest_ms,
            "problem": self.progress.trouble,
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
                self.progress.trouble = "the pipeline broke and was restored; see the log"
                self.progress.watch_log.breaks += 1
                await asyncio.sleep(1.0)

    async def _bury(self) -> None:
        """Bring dead letters to their table, once the state says under which tokens."""
        await self._up.wait()
        await DeadLetters(self._journal.folder, self.progress.epoch).run(self._store, self._bus)

    async def _read(self) -> None:
        entries = await self.progress.restored()
        feed = self._bus.consume(
            OBSERVATIONS.name,
            start_seq=self.progress.seq + 1,
            batch=1024,
            idle_s=self._pace.gather_s / 3,
        )
        async with aclosing(feed):  # type: ignore[type-var]
            self._pending = await self.progress.replayed(entries, feed)
            await self.progress.adopted()
            self.progress.since_ms = self._clock()
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
                await self.progress.take(self._pending, flush=self._is_due("flush"))
                self._pending, size = [], 0
            await self._upkeep()
            if self._stopping.is_set():
                await self.progress.keep_state()
                return

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
            await self.progress.adopted()
            await self._ticked()
        elif not self.progress.gathered.is_empty and self._is_due("flush"):
            await self.progress.tick(self._clock(), flush=True)
        if time.monotonic() - self.progress.kept_at >= self._pace.snapshot_s:
            await self.progress.keep_state()

    async def _ticked(self) -> None:
        """Let the clock close hours and mark silences, unless a backlog makes all look silent."""
        try:
            self._last_seq = (await self._bus.state(OBSERVATIONS.name)).last_seq
        except MadangError as error:
            self.progress.trouble = f"bus: {error}"
            return
        now = self._clock()
        behind = self._last_seq > self.progress.seq and now - self.progress.newest_ms > 10_000
        if not behind:
            await self.progress.tick(now, flush=False)

    async def _tell_live(self) -> None:
        core = self.progress.core
        rows = np.flatnonzero(core.changed)
        if not len(rows):
            return
        core.changed[rows] = False
        with self.progress.lock:
            frame = live_frame(latest(core.catalogue, core.kept, core.catalogue.ids[rows]))
        try:
            await self._bus.broadcast(LIVE_SUBJECT, frame)
        except MadangError as error:
            log.warning("live summary lost: %s", error)

    async def _listen(self) -> None:
        async for _ in self._bus.listen(CHANGED_SUBJECT):
            self._catalogue_told.set()
