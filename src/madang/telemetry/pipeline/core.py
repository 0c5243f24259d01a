"""What follows from a batch of observations and from a tick of the clock.

`Core` is deterministic: the same catalogue, rules, messages and decisions give the same state and
the same effects, however the messages are cut into batches. All that is not in the messages (the
time of a tick, what the history already holds) comes in as an argument, and the caller journals it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from madang.kernel.bus.message import Message
from madang.kernel.errors import Invalid
from madang.telemetry import frames, refusals
from madang.telemetry.engine import (
    detectors,
    duplicates,
    freshness,
    keepable,
    quality,
    windows,
)
from madang.telemetry.engine.catalogue import Catalogue
from madang.telemetry.engine.flags import LATE
from madang.telemetry.engine.state import Snapshot, State, carried, empty_state
from madang.telemetry.refusals import Refusal

_UNKEEPABLE = {
    keepable.UNKNOWN: (refusals.UNKNOWN_DATASTREAM, "there is no datastream {ds}"),
    keepable.NO_TIME: (refusals.OUT_OF_RANGE_TIME, "time {t} ms lies outside 1970-2106"),
    keepable.NO_VALUE: (
        refusals.OUT_OF_RANGE_VALUE,
        "value {v} does not fit the datastream's resolution",
    ),
}


@dataclass(frozen=True, eq=False)
class Arrivals:
    """The observations of several messages, in order, and what was refused of them.

    Parameters
    ----------
    row : (n,) int32, row of the catalogue. t : (n,) int64 [ms]. v : (n,) float64.
    received : (n,) int64, server time of acceptance [ms].
    source : (n,) int32, place of the row's message among `origins`.
    """

    row: NDArray[np.int32]
    t: NDArray[np.int64]
    v: NDArray[np.float64]
    received: NDArray[np.int64]
    source: NDArray[np.int32]
    origins: Sequence[frames.Origin]
    refused: list[Refusal]

    def __len__(self) -> int:
        return len(self.row)

    @property
    def names_unknown(self) -> bool:
        """True if a datastream was refused as unknown; it may be new."""
        return any(one.code == refusals.UNKNOWN_DATASTREAM for one in self.refused)

    def where(self, mask: NDArray[np.bool_]) -> Arrivals:
        """Return the rows of the mask."""
        if mask.all():
            return self
        columns: tuple[Any, ...] = (self.row, self.t, self.v, self.received, self.source)
        row, t, v, received, source = (column[mask] for column in columns)
        return Arrivals(row, t, v, received, source, self.origins, self.refused)


@dataclass(frozen=True, eq=False)
class Admitted:
    """Arrivals without the repeats that the short memory knows.

    Parameters
    ----------
    undecided : (k,) places in `arrivals` of stamps older than the memory; the history knows.
    """

    arrivals: Arrivals
    undecided: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Effects:
    """What follows: rows for the lake, hours, detections, flags revised, refusals.

    Parameters
    ----------
    rows : the accepted observations, and q : (n,) uint16 their quality words.
    revised : ds (k,) uint32, t (k,) int64 [ms], q (k,) uint16 of earlier observations.
    silent : rows that fell silent, and `heard` : rows that are heard again (ticks only).
    """

    rows: Arrivals
    q: NDArray[np.uint16]
    revised: tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.uint16]]
    hours: windows.Hours
    detections: detectors.Detections
    refused: list[Refusal]
    silent: NDArray[np.int32]
    heard: NDArray[np.int32]
    now_ms: int = 0

    @property
    def is_empty(self) -> bool:
        """True if nothing follows."""
        lots = (self.rows, self.hours, self.detections, self.refused, self.silent, self.heard)
        return not any(len(lot) for lot in lots)


@dataclass
class Counters:
    """What went through since the store was made; kept with the state."""

    accepted: int = 0
    duplicates: int = 0
    refused: int = 0
    late: int = 0
    too_late: int = 0
    hours: int = 0
    detections: int = 0
    revised: int = 0
    lost: int = 0
    silences: int = 0


@dataclass
class Core:
    """State and rules of all datastreams."""

    catalogue: Catalogue
    rules: Sequence[detectors.Rule]
    state: State | None = None
    counters: Counters = field(default_factory=Counters)
    lateness_ms: int = 0

    def __post_init__(self) -> None:
        self._compile()
        if self.state is None:
            self.state = empty_state(len(self.catalogue), self.watching.width)
        self.changed = np.zeros(len(self.catalogue), np.bool_)

    def _compile(self) -> None:
        self.watching = detectors.compiled(self.catalogue, self.rules)
        self._quality = quality.compiled(self.catalogue)
        self._mode = windows.modes(self.catalogue)
        self._tolerance = self.catalogue.resolution / 2

    @property
    def kept(self) -> State:
        """The state; there is always one."""
        assert self.state is not None
        return self.state

    def adopt(self, catalogue: Catalogue, rules: Sequence[detectors.Rule]) -> None:
        """Go on under another catalogue and other rules."""
        before = (self.catalogue, self.watching)
        changed = self.catalogue.ids[self.changed]
        self.catalogue, self.rules = catalogue, rules
        self._compile()
        self.state = carried(self.kept, before, (catalogue, self.watching))
        self.changed = np.zeros(len(catalogue), np.bool_)
        still = catalogue.rows(changed)
        self.changed[still[still >= 0]] = True

    def snapshot(self, facts: Mapping[str, Any]) -> Snapshot:
        """Return what must be kept to go on from here."""
        facts = {**facts, "counters": vars(self.counters)}
        return Snapshot(self.catalogue, tuple(self.rules), self.kept, facts)

    @classmethod
    def restored(cls, snapshot: Snapshot) -> Core:
        """Return the core that `snapshot` was taken of."""
        counters = Counters(**snapshot.facts["counters"])
        return cls(snapshot.catalogue, snapshot.rules, snapshot.state, counters)

    def read(self, messages: Sequence[Message]) -> Arrivals:
        """Return the observations of messages; what cannot be kept is refused with its reason."""
        origins: list[frames.Origin] = []
        batches: list[frames.Frame] = []
        refused: list[Refusal] = []
        for message in messages:
            try:
                origin = frames.origin_of(message.headers)
                batches.append(frames.decode(message.data))
                origins.append(origin)
            except Invalid as error:
                refused.append(_poison(message, error))
        sizes = [len(batch) for batch in batches]
        empty = frames.Frame(np.empty(0, np.uint32), np.empty(0, np.int64), np.empty(0))
        lots = [*batches, empty]
        ds = np.concatenate([lot.ds for lot in lots])
        received = np.array([origin.received_ms for origin in origins], np.int64)
        found = Arrivals(
            self.catalogue.rows(ds),
            np.concatenate([lot.t for lot in lots]),
            np.concatenate([lot.v for lot in lots]),
            np.repeat(received, sizes),
            np.repeat(np.arange(len(origins), dtype=np.int32), sizes),
            origins,
            refused,
        )
        return self._keepable(found, ds)

    def _keepable(self, found: Arrivals, ds: NDArray[np.uint32]) -> Arrivals:
        """Return what the lake can hold; the rest goes to `refused`."""
        verdict = keepable.verdicts(found.row, found.t, found.v, self.catalogue.resolution)
        if not verdict.any():
            return found
        for wrong, (code, reason) in _UNKEEPABLE.items():
            _refuse(found, ds, np.flatnonzero(verdict == wrong), code, reason)
        return found.where(verdict == keepable.KEEPABLE)

    def admit(self, found: Arrivals) -> Admitted:
        """Take out repeats that the short memory knows; remember what is new."""
        verdict = duplicates.verdicts(self.kept.seen, found.row, found.t, found.v, self._tolerance)
        if not verdict.any():
            return Admitted(found, np.empty(0, np.int64))
        self.counters.duplicates += int(np.count_nonzero(verdict == duplicates.REPEATED))
        clash = np.flatnonzero(verdict == duplicates.CONFLICTING)
        self._refuse_clashes(found, clash)
        keep = (verdict == duplicates.NEW) | (verdict == duplicates.UNDECIDED)
        undecided = np.flatnonzero(verdict[keep] == duplicates.UNDECIDED)
        return Admitted(found.where(keep), undecided)

    def _refuse_clashes(self, found: Arrivals, places: NDArray[np.int64]) -> None:
        if len(places):
            reason = "datastream {ds} has another value at {t} ms already"
            ds = self.catalogue.ids[found.row]
            _refuse(found, ds, places, refusals.CONFLICTING_DUPLICATE, reason)

    def settle(
        self, admitted: Admitted, repeated: NDArray[np.int64], clashing: NDArray[np.int64]
    ) -> Effects:
        """Carry the admitted observations through tests, hours and detectors.

        Parameters
        ----------
        repeated, clashing : places in `admitted.arrivals` that the history holds already, with the
            same and with another value.
        """
        self._refuse_clashes(admitted.arrivals, clashing)
        self.counters.duplicates += len(repeated)
        mask = np.ones(len(admitted.arrivals), np.bool_)
        mask[repeated] = mask[clashing] = False
        return self._carried(admitted.arrivals.where(mask))

    def _carried(self, rows: Arrivals) -> Effects:
        state = self.kept
        judged = quality.judge(
            self._quality,
            state.past,
            rows.row,
            rows.t,
            rows.v,
            rows.received,
            lateness_ms=self.lateness_ms,
        )
        columns = (
            rows.row,
            rows.t,
            rows.v,
            rows.received,
            judged.q,
            judged.ordered,
            judged.revised,
        )
        folded = windows.fold(
            self._mode, state.live, state.window, columns, lateness_ms=self.lateness_ms
        )
        seen = (rows.row, rows.t, rows.v, judged.q, judged.ordered)
        found = detectors.joined(
            detectors.watch_points(self.watching, state.watch, seen),
            detectors.watch_hours(self.watching, state.watch, folded.hours),
        )
        self.changed[rows.row] = True
        revised = np.flatnonzero(judged.revised)
        self._count(rows, judged, folded, found)
        ds = self.catalogue.ids[rows.row[revised]]
        return Effects(
            rows,
            judged.q,
            (ds, judged.revised_t[revised], judged.revised[revised]),
            folded.hours,
            found,
            rows.refused,
            *(np.empty(0, np.int32),) * 2,
        )

    def _count(
        self,
        rows: Arrivals,
        judged: quality.Verdicts,
        folded: windows.Folded,
        found: detectors.Detections,
    ) -> None:
        counters = self.counters
        counters.accepted += len(rows)
        counters.refused += len(rows.refused)
        counters.late += int(np.count_nonzero(judged.q & LATE))
        counters.too_late += folded.too_late
        counters.hours += len(folded.hours)
        counters.detections += len(found)
        counters.revised += int(np.count_nonzero(judged.revised))

    def would_tick(self, now_ms: int, since_ms: int = 0) -> bool:
        """True if anything follows from a tick at this time; see `tick`."""
        live = self.kept.live
        silent = np.zeros(len(live), np.uint8)
        silent[freshness.stale(self.catalogue, live, now_ms, since_ms).row] = 1
        idle = windows.idle(
            self.catalogue, self._mode, live, self.kept.window, now_ms, self.lateness_ms
        )
        return bool(len(idle)) or not np.array_equal(silent, live["stale"])

    def tick(self, now_ms: int, since_ms: int = 0) -> Effects:
        """Close idle hours and mark silences by the wall clock.

        `since_ms` is when we began to listen; a silence is not counted from before.
        """
        state = self.kept
        hours = windows.close_idle(
            self.catalogue,
            self._mode,
            state.live,
            state.window,
            now_ms,
            lateness_ms=self.lateness_ms,
        )
        found = detectors.watch_hours(self.watching, state.watch, hours)
        silent_now = np.zeros(len(self.catalogue), np.uint8)
        silent_now[freshness.stale(self.catalogue, state.live, now_ms, since_ms).row] = 1
        was = state.live["stale"]
        silent = np.flatnonzero(silent_now & ~was & 1).astype(np.int32)
        heard = np.flatnonzero(was & ~silent_now & 1).astype(np.int32)
        state.live["stale"] = silent_now
        self.counters.hours += len(hours)
        self.counters.detections += len(found)
        self.counters.silences += len(silent)
        no_time, no_place = np.empty(0, np.int64), np.empty(0, np.int32)
        nothing = Arrivals(no_place, no_time, np.empty(0), no_time, no_place, (), [])
        none = (np.empty(0, np.uint32), np.empty(0, np.int64), np.empty(0, np.uint16))
        q = np.empty(0, np.uint16)
        return Effects(nothing, q, none, hours, found, [], silent, heard, now_ms)


def _poison(message: Message, error: Invalid) -> Refusal:
    received = message.headers.get("received", "")
    return Refusal(
        received_ms=int(received) if received.isdigit() and len(received) < 15 else 0,
        door=message.headers.get("door", "lake"),
        gateway=message.headers.get("gateway", ""),
        reason=error.message,
        code=refusals.MALFORMED,
        payload=refusals.shown(message.data),
    )


def _refuse(
    found: Arrivals, ds: NDArray[np.uint32], places: NDArray[np.int64], code: str, reason: str
) -> None:
    """Note rows as refused; the payload is the row as JSON."""
    for place in places.tolist():
        origin = found.origins[found.source[place]]
        row = {"ds": int(ds[place]), "t": int(found.t[place]), "v": float(found.v[place])}
        found.refused.append(
            Refusal(
                received_ms=origin.received_ms,
                door=origin.door,
                gateway=origin.gateway,
                reason=reason.format(**row),
                code=code,
                payload=str(row).replace("'", '"'),
            )
        )
