"""Quality tests after QARTOD, all in one pass over the observations in order of arrival.

Every test looks at the datastream's own past only, kept in one record per datastream, so that a
stream may be cut into batches anywhere and gets the same flags.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from madang.telemetry.engine.catalogue import Catalogue
from madang.telemetry.engine.flags import (
    CROSS,
    FAIL,
    FLAT_LINE,
    GAP,
    LATE,
    MISSING,
    NOT_EVALUATED,
    RANGE,
    RATE,
    SKEW,
    SPIKE,
    SUSPECT,
)

# A stamp this far ahead of the server's clock is flagged (5 minutes ahead is refused at the door).
# Ours: an NTP client keeps within 0.128 s or steps (RFC 5905, section 12); the rest allows for
# devices that set their clock by radio once a day.
SKEW_MS = 5_000
# One whole observation is missing once the step, rounded to whole periods, is 2 or more.
GAP_PERIODS = 1.5
# QARTOD's flat line compares at least three values.
LEAST_FLAT_STEPS = 2

PAST = np.dtype(
    [
        ("t", "i8"),  # newest stamp [ms]; NONE before the first observation
        ("v", "f8"),  # its value, NaN if missing
        ("before", "f8"),  # the value before it, NaN if missing
        ("low", "f8"),  # least and greatest value of the flat run
        ("high", "f8"),
        ("since", "i8"),  # stamp of the run's first observation [ms]
        ("run", "i4"),  # observations in the run
        ("holes", "u2"),  # missing values just before
        ("q", "u2"),  # quality word of the newest observation
    ]
)
NONE = np.int64(-(1 << 62))

LIMITS = np.dtype(
    [
        ("fail_low", "f8"),
        ("fail_high", "f8"),
        ("low", "f8"),
        ("high", "f8"),
        ("spike", "f8"),
        ("rate", "f8"),  # per ms
        ("flat_ms", "i8"),
        ("eps", "f8"),
        ("known", "u1"),
    ],
    align=True,
)

STREAM = np.dtype(
    [
        ("gap_ms", "i8"),  # longest step without a missing observation
        ("above", "i4"),  # row that bounds this one from above, -1 for none
        ("below", "i4"),  # row that this one bounds from above, -1 for none
        ("flat_steps", "i4"),  # steps without a change that make a flat line
        ("period_s", "i4"),
        ("property", "i4"),  # row of the limits
    ],
    align=True,
)


@dataclass(frozen=True, eq=False)
class Rules:
    """The catalogue as the kernel reads it.

    Parameters
    ----------
    limits : (properties,) LIMITS
    streams : (n,) STREAM
    """

    limits: NDArray[Any]
    streams: NDArray[Any]


def compiled(catalogue: Catalogue) -> Rules:
    """Return the quality rules of a catalogue."""
    limits = np.zeros(max(len(catalogue.properties), 1), LIMITS)
    for place, name in enumerate(catalogue.properties):
        known = catalogue.limits.get(name)
        if known is None:
            continue
        limits[place] = (
            *sorted(known.fail_span),
            *sorted(known.suspect_span),
            known.spike,
            known.rate_per_s / 1000.0,
            known.flat_line_s * 1000,
            known.flat_line_eps,
            1,
        )
    streams = np.zeros(len(catalogue), STREAM)
    streams["property"] = catalogue.property
    streams["period_s"] = catalogue.period_s
    streams["gap_ms"] = GAP_PERIODS * 1000 * catalogue.period_s.astype(np.int64)
    period_ms = np.maximum(catalogue.period_s.astype(np.int64) * 1000, 1)
    steps = limits["flat_ms"][catalogue.property] // period_ms
    streams["flat_steps"] = np.clip(steps, LEAST_FLAT_STEPS, 1 << 30)
    streams["above"] = catalogue.upper_bound
    streams["below"] = -1
    paired = np.flatnonzero(streams["above"] >= 0)
    streams["below"][streams["above"][paired]] = paired
    return Rules(limits, streams)


def empty_past(n: int) -> NDArray[Any]:
    """Return the state of `n` datastreams that never sent anything, (n,) PAST."""
    past = np.zeros(n, PAST)
    past["t"] = NONE
    past["v"] = past["before"] = np.nan
    past["low"], past["high"] = np.inf, -np.inf
    past["q"] = MISSING
    return past


@dataclass(frozen=True, eq=False)
class Verdicts:
    """What `judge` found, one entry per observation.

    Parameters
    ----------
    q : (n,) uint16, the quality word.
    ordered : (n,) bool, newer than all before it of its datastream.
    revised : (n,) uint16, the new word of the datastream's previous observation; 0 if it stands.
    revised_t : (n,) int64, stamp of that observation [ms]; undefined where `revised` is 0.
    """

    q: NDArray[np.uint16]
    ordered: NDArray[np.bool_]
    revised: NDArray[np.uint16]
    revised_t: NDArray[np.int64]


def judge(
    rules: Rules,
    past: NDArray[Any],
    row: NDArray[np.int32],
    t: NDArray[np.int64],
    v: NDArray[np.float64],
    received: NDArray[np.int64],
    *,
    lateness_ms: int = 0,
) -> Verdicts:
    """Return the quality of observations, and carry `past` forward.

    Parameters
    ----------
    past : (datastreams,) PAST, changed in place.
    row : (n,) row of the datastream; observations of one datastream in order of arrival, without
        repeated stamps.
    t : (n,) phenomenon time [ms]. v : (n,) value, NaN is missing. received : (n,) server time [ms].
    lateness_ms : an observation is late if its stamp is more than this behind the newest one.

    Notes
    -----
    Range, rate of change and flat line give the flags of ioos_qc 3.0.0 at arrival. The spike test
    (distance from the mean of both neighbours) needs the next observation: the flag of an
    observation is given without it, and the next one brings its revision. An observation behind a
    newer one is tested for range only. Source of the tests: QARTOD manuals of U.S. IOOS.
    """
    n = len(row)
    verdicts = Verdicts(
        np.empty(n, np.uint16), np.empty(n, np.bool_), np.zeros(n, np.uint16), np.empty(n, np.int64)
    )
    _judge(
        rules.limits,
        rules.streams,
        past,
        row,
        t,
        v,
        received,
        lateness_ms,
        verdicts.q,
        verdicts.ordered,
        verdicts.revised,
        verdicts.revised_t,
    )
    return verdicts


@njit(cache=True, nogil=True)
def _judge(
    limits: Any,
    streams: Any,
    past: Any,
    row: Any,
    t: Any,
    v: Any,
    received: Any,
    lateness_ms: Any,
    q: Any,
    ordered: Any,
    revised: Any,
    revised_t: Any,
) -> None:
    for i in range(row.shape[0]):
        r = row[i]
        p = past[r]
        stream = streams[r]
        limit = limits[stream.property]
        x = v[i]
        missing = np.isnan(x)
        bits = 0
        flag = 0
        if missing:
            flag = MISSING
        elif limit.known == 0:
            flag = NOT_EVALUATED
        elif x < limit.fail_low or x > limit.fail_high:
            flag = FAIL
            bits = RANGE
        elif x < limit.low or x > limit.high:
            flag = SUSPECT
            bits = RANGE
        if t[i] - received[i] > SKEW_MS:
            bits |= SKEW
        newer = t[i] > p.t
        ordered[i] = newer
        if not newer:
            if t[i] < p.t - lateness_ms:
                bits |= LATE
            q[i] = bits | flag
            continue
        step = t[i] - p.t
        if p.t != NONE and step > stream.gap_ms:
            bits |= GAP
        worse = False
        if limit.known:
            if missing:
                p.holes = min(p.holes + 1, 0xFFFF)
                p.run += 1
            else:
                # rate of change; a comparison with NaN is false
                if abs(x - p.v) > limit.rate * step:
                    bits |= RATE
                    worse = True
                # spike of the previous observation, now that both neighbours are known
                if abs(p.v - (p.before + x) / 2.0) > limit.spike:
                    before = p.q
                    revised[i] = (before & 0xFFF8) | SPIKE | max(before & 7, SUSPECT)
                    revised_t[i] = p.t
                # flat line: the run goes on while its span stays below eps
                low = min(p.low, x)
                high = max(p.high, x)
                if high - low < limit.eps:
                    if p.low > p.high:  # the first value ever
                        p.since = t[i] - 1000 * p.holes * stream.period_s
                    p.low = low
                    p.high = high
                    p.run += 1
                else:
                    p.low = x
                    p.high = x
                    p.run = p.holes + 1
                    p.since = t[i] - 1000 * p.holes * stream.period_s
                p.holes = 0
                if (
                    p.run > stream.flat_steps
                    and p.high - p.low < limit.eps
                    and 2 * (t[i] - p.since) >= limit.flat_ms
                ):
                    bits |= FLAT_LINE
                    worse = True
                # the other of a pair at the same time
                other = stream.above
                if other >= 0 and past[other].t == t[i] and x > past[other].v:
                    bits |= CROSS
                    worse = True
                other = stream.below
                if other >= 0 and past[other].t == t[i] and past[other].v > x:
                    bits |= CROSS
                    worse = True
        if worse and flag < SUSPECT:
            flag = SUSPECT
        p.before = p.v
        p.v = x
        p.t = t[i]
        p.q = bits | flag
        q[i] = bits | flag
