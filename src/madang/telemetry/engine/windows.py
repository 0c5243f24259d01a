"""Hours in event time, and the newest observation of each datastream.

The watermark of a datastream is its newest stamp less the allowed lateness. An hour is named by its
end; an observation stamped exactly at the end belongs to it (stamps are ends of intervals). The
hour closes when the watermark reaches its end, and then stands: what comes for it later is kept as
an observation and counted, and changes no hour.

| `period_s` | hours |
|---|---|
| below 3600 | closed by the watermark, or by `close_idle` |
| 3600 | every observation is its hour and closes it at once, in whatever order they come |
| above 3600 | none: a daily mean is not an hour |

Missing and failed values (QARTOD 9 and 4) enter no hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from madang.telemetry.engine.catalogue import REPLAYED, Catalogue
from madang.telemetry.engine.flags import FAIL, MISSING, worst
from madang.telemetry.engine.quality import NONE

HOUR_MS = 3_600_000
# Two hours are open at most, so an observation may be this much late and no more.
LATENESS_LIMIT_MS = HOUR_MS

LIVE = np.dtype(
    [
        ("t", "i8"),  # newest stamp [ms]; NONE before the first observation
        ("v", "f8"),
        ("received", "i8"),  # server time of the newest stamp [ms]
        ("count", "i8"),  # observations accepted
        ("closed", "i8"),  # number of the last closed hour (its end / 1 h)
        ("q", "u2"),
        ("stale", "u1"),  # 1 while its silence is alarmed
    ]
)
OPEN = np.dtype(
    [
        ("hour", "i8"),
        ("sum", "f8"),
        ("min", "f8"),
        ("max", "f8"),
        ("last", "f8"),
        ("last_t", "i8"),
        ("n", "u4"),
        ("q", "u2"),
    ],
    align=True,
)

SHORT, HOURLY, NO_HOURS = range(3)


@dataclass(frozen=True, eq=False)
class Hours:
    """Closed hours, in the order in which they closed.

    Parameters
    ----------
    row : (n,) int32, row of the datastream.
    t : (n,) int64, end of the hour [ms].
    n : (n,) uint32, observations; sum, min, max : (n,) float64; last : value of the newest stamp.
    q : (n,) uint16, all test bits and the worst flag of the observations.
    """

    row: NDArray[np.int32]
    t: NDArray[np.int64]
    n: NDArray[np.uint32]
    sum: NDArray[np.float64]
    min: NDArray[np.float64]
    max: NDArray[np.float64]
    last: NDArray[np.float64]
    q: NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.row)

    def mean(self) -> NDArray[np.float64]:
        """Return the hourly means."""
        return self.sum / self.n

    def take(self, which: Any) -> Hours:
        """Return some of the hours, by mask, slice or places."""
        return Hours(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


def joined(parts: list[Hours]) -> Hours:
    """Return several lots of hours as one."""
    if not parts:
        parts = [_hours(0)]
    names = Hours.__dataclass_fields__
    return Hours(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _hours(n: int) -> Hours:
    kinds = ("i4", "i8", "u4", "f8", "f8", "f8", "f8", "u2")
    columns: list[Any] = [np.empty(n, kind) for kind in kinds]
    return Hours(*columns)


def empty_live(n: int) -> NDArray[Any]:
    """Return the newest observations of `n` datastreams that never sent anything, (n,) LIVE."""
    live = np.zeros(n, LIVE)
    live["t"] = live["received"] = NONE
    live["closed"] = NONE // HOUR_MS
    live["v"] = np.nan
    live["q"] = MISSING
    return live


def empty_open(n: int) -> NDArray[Any]:
    """Return the open hours of `n` datastreams, (n, 2) OPEN; the place is the hour's parity."""
    return np.zeros((n, 2), OPEN)


def modes(catalogue: Catalogue) -> NDArray[np.uint8]:
    """Return SHORT, HOURLY or NO_HOURS for each datastream."""
    return np.select(
        [catalogue.period_s < 3600, catalogue.period_s == 3600], [SHORT, HOURLY], NO_HOURS
    ).astype(np.uint8)


@dataclass(frozen=True, eq=False)
class Folded:
    """What `fold` gives: closed hours, and how many observations came after their hour closed."""

    hours: Hours
    too_late: int


def fold(
    mode: NDArray[np.uint8],
    live: NDArray[Any],
    window: NDArray[Any],
    columns: tuple[NDArray[Any], ...],
    *,
    lateness_ms: int = 0,
) -> Folded:
    """Carry observations into `live` and the open hours; return the hours that closed.

    Parameters
    ----------
    mode : (datastreams,) of `modes`.
    live : (datastreams,) LIVE and window : (datastreams, 2) OPEN, changed in place.
    columns : row (n,) int32, t (n,) [ms], v (n,), received (n,) [ms], q (n,) uint16, and `ordered`
        and `revised` of `quality.Verdicts`; in order of arrival.
    lateness_ms : allowed lateness [ms], at most one hour.

    Raises
    ------
    ValueError
        If the lateness is negative or above one hour.
    """
    if not 0 <= lateness_ms <= LATENESS_LIMIT_MS:
        raise ValueError(f"lateness of {lateness_ms} ms; it must be 0 to {LATENESS_LIMIT_MS}")
    parts: list[Hours] = []
    start, too_late, n = 0, 0, len(columns[0])
    while start < n:
        out = _hours(min(n - start, 1 << 16) + 3)
        arguments: list[Any] = [*columns, lateness_ms, start, *_arrays(out)]
        start, count, late = _fold(mode, live, window, *arguments)
        too_late += late
        parts.append(out.take(slice(count)))
    return Folded(joined(parts), too_late)


def _arrays(hours: Hours) -> tuple[NDArray[Any], ...]:
    return tuple(getattr(hours, name) for name in Hours.__dataclass_fields__)


@njit(cache=True, nogil=True)
def _hour(t: int) -> int:
    return -((-t) // HOUR_MS)


@njit(cache=True, nogil=True)
def _emit(slot: Any, r: int, at: int, o: Any) -> int:
    o[0][at] = r
    o[1][at] = slot.hour * HOUR_MS
    o[2][at] = slot.n
    o[3][at] = slot.sum
    o[4][at] = slot.min
    o[5][at] = slot.max
    o[6][at] = slot.last
    o[7][at] = slot.q
    slot.n = 0
    return at + 1


@njit(cache=True, nogil=True)
def _close_until(window: Any, r: int, hour: int, at: int, o: Any) -> int:
    """Emit the open hours up to and including `hour`, the older first."""
    first = 0
    if window[r, 1].hour < window[r, 0].hour:
        first = 1
    for k in range(2):
        slot = window[r, (first + k) & 1]
        if slot.n > 0 and slot.hour <= hour:
            at = _emit(slot, r, at, o)
    return at


@njit(cache=True, nogil=True)
def _add(slot: Any, hour: int, t: int, x: float, q: int) -> None:
    if slot.n == 0:
        slot.hour = hour
        slot.sum = slot.min = slot.max = slot.last = x
        slot.last_t = t
        slot.q = q
    else:
        slot.sum += x
        slot.min = min(slot.min, x)
        slot.max = max(slot.max, x)
        slot.q = worst(slot.q, q)
        if t > slot.last_t:
            slot.last = x
            slot.last_t = t
    slot.n += 1


@njit(cache=True, nogil=True)
def _fold(
    mode: Any,
    live: Any,
    window: Any,
    row: Any,
    t: Any,
    v: Any,
    received: Any,
    q: Any,
    ordered: Any,
    revised: Any,
    lateness_ms: int,
    start: int,
    o0: Any,
    o1: Any,
    o2: Any,
    o3: Any,
    o4: Any,
    o5: Any,
    o6: Any,
    o7: Any,
) -> tuple[int, int, int]:
    o = (o0, o1, o2, o3, o4, o5, o6, o7)
    at = 0
    too_late = 0
    for i in range(start, row.shape[0]):
        if at + 3 > o0.shape[0]:
            return i, at, too_late
        r = row[i]
        now = live[r]
        kind = mode[r]
        hour = _hour(t[i])
        flag = q[i] & 7
        counts = flag < FAIL  # neither fail nor missing
        if kind == SHORT:
            if revised[i]:
                slot = window[r, _hour(now.t) & 1]
                if slot.n > 0 and slot.hour == _hour(now.t) and (revised[i] & 7) != FAIL:
                    slot.q = worst(slot.q, revised[i])
            done = (t[i] - lateness_ms) // HOUR_MS if ordered[i] else now.closed
            # what is over before this observation's own hour makes room for it
            if done > now.closed and hour - 1 > now.closed:
                now.closed = min(done, hour - 1)
                at = _close_until(window, r, now.closed, at, o)
            if counts:
                if hour <= now.closed:
                    too_late += 1
                else:
                    _add(window[r, hour & 1], hour, t[i], v[i], q[i])
            if done > now.closed:
                at = _close_until(window, r, done, at, o)
                now.closed = done
        elif kind == HOURLY and counts:
            if hour == now.closed:
                too_late += 1  # a second observation of the same hour
            else:
                slot = window[r, 0]
                slot.n = 0
                _add(slot, hour, t[i], v[i], q[i])
                at = _emit(slot, r, at, o)
                now.closed = max(now.closed, hour)
        now.count += 1
        if ordered[i]:
            now.t = t[i]
            now.v = v[i]
            now.received = received[i]
            now.q = q[i]
    return row.shape[0], at, too_late


def idle(
    catalogue: Catalogue,
    mode: NDArray[np.uint8],
    live: NDArray[Any],
    window: NDArray[Any],
    now_ms: int,
    lateness_ms: int,
) -> NDArray[np.int32]:
    """Return the rows with an hour that `close_idle` would close now."""
    silent = now_ms - live["received"] >= 2000 * catalogue.period_s.astype(np.int64)
    waiting = (mode == SHORT) & (catalogue.origin != REPLAYED) & silent
    over = (window["n"] > 0) & (window["hour"] <= (now_ms - lateness_ms) // HOUR_MS)
    return np.flatnonzero(waiting & over.any(axis=1)).astype(np.int32)


def close_idle(
    catalogue: Catalogue,
    mode: NDArray[np.uint8],
    live: NDArray[Any],
    window: NDArray[Any],
    now_ms: int,
    *,
    lateness_ms: int = 0,
) -> Hours:
    """Close the hours of silent live sources by the wall clock; return them.

    Without this the last hour before a sensor falls silent would never close. An hour closes by the
    clock once its end and the allowed lateness are past and the datastream has been silent for two
    periods; silence is needed because a simulated city may run behind the clock and catch up. A
    replayed source is never closed by the clock: its time is not ours.

    Parameters
    ----------
    now_ms : server time [ms since 1970-01-01 UTC].
    """
    rows = idle(catalogue, mode, live, window, now_ms, lateness_ms)
    parts: list[Hours] = []
    if len(rows):
        out = _hours(2 * len(rows))
        hour = (now_ms - lateness_ms) // HOUR_MS
        count = _close_rows(window, live, rows, hour, *_arrays(out))
        parts.append(out.take(slice(count)))
    return joined(parts)


@njit(cache=True, nogil=True)
def _close_rows(
    window: Any,
    live: Any,
    rows: Any,
    hour: int,
    o0: Any,
    o1: Any,
    o2: Any,
    o3: Any,
    o4: Any,
    o5: Any,
    o6: Any,
    o7: Any,
) -> int:
    o = (o0, o1, o2, o3, o4, o5, o6, o7)
    at = 0
    for r in rows:
        before = at
        at = _close_until(window, r, hour, at, o)
        if at > before:
            live[r].closed = max(live[r].closed, o1[at - 1] // HOUR_MS)
    return at
