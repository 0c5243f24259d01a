"""Detectors: rules over one observed property, run for each of its datastreams in event time.

| kind | opens | closes |
|---|---|---|
| `threshold` | `points` in a row beyond `above` (or `below`) | first at or within `clear` |
| `hourly_run` | hourly mean above `above`, `hours` consecutive hours | mean at or below `clear` |
| `zscore` | further than `limit` deviations from the moving mean | within `clear` deviations |
| `stuck` | unchanged within `eps` for `seconds` | first change |

`hourly_run` sees closed hours, the others observations. Observations that are missing, failed their
quality tests or came behind a newer one are passed over.
A missing hour ends a run that has not opened yet and never closes one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from madang.telemetry.engine.catalogue import Catalogue
from madang.telemetry.engine.flags import FAIL
from madang.telemetry.engine.windows import HOUR_MS, Hours

THRESHOLD, HOURLY_RUN, ZSCORE, STUCK = range(4)
KINDS = {"threshold": THRESHOLD, "hourly_run": HOURLY_RUN, "zscore": ZSCORE, "stuck": STUCK}
OPENED, CLOSED = 1, 0

WATCH = np.dtype(
    [
        ("mean", "f8"),  # zscore: moving mean; stuck: value of the run
        ("var", "f8"),  # zscore: moving variance
        ("since", "i8"),  # stuck: start of the run; hourly_run: last hour seen [ms]
        ("count", "i4"),  # observations or hours in a row; zscore: observations seen
        ("open", "u1"),
    ]
)
RULE = np.dtype(
    [("kind", "i4"), ("points", "i4"), ("sign", "f8"), ("limit", "f8"), ("clear", "f8"),
     ("alpha", "f8"), ("floor", "f8"), ("ms", "i8")],
    align=True,
)  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """A detector: `kind` and `parameters` as in the table above, units of the property."""

    id: str
    property: str
    kind: str
    parameters: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Compiled:
    """Rules as the kernels read them, grouped by property.

    Parameters
    ----------
    rules : in the order of `table`.
    table : (rules,) RULE
    first : (properties + 1,) int32, place in `table` of each property's first rule.
    property : (datastreams,) uint8
    width : rules of the property that has most.
    """

    rules: tuple[Rule, ...]
    table: NDArray[Any]
    first: NDArray[np.int32]
    property: NDArray[np.uint8]
    width: int


@dataclass(frozen=True, eq=False)
class Detections:
    """Rules that opened or closed, in the order in which it happened.

    Parameters
    ----------
    rule : (n,) int32, place in `Compiled.rules`. row : (n,) int32, row of the datastream.
    t : (n,) int64 [ms], stamp of the observation (or end of the hour) that decided.
    v : (n,) float64, its value (or hourly mean). state : (n,) uint8, OPENED or CLOSED.
    """

    rule: NDArray[np.int32]
    row: NDArray[np.int32]
    t: NDArray[np.int64]
    v: NDArray[np.float64]
    state: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.rule)


_ALLOWED: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    # by kind: what it needs, what it may have
    "threshold": (frozenset(), frozenset({"above", "below", "clear", "points"})),
    "hourly_run": (frozenset({"above", "hours"}), frozenset({"clear"})),
    "zscore": (frozenset({"limit", "alpha"}), frozenset({"clear", "warmup", "floor"})),
    "stuck": (frozenset({"seconds"}), frozenset({"eps"})),
}
# An EWMA has forgotten its start after about 1/alpha observations; three times that leaves 5 %.
_WARMUP_MEMORIES = 3


def compiled(catalogue: Catalogue, rules: Sequence[Rule]) -> Compiled:
    """Return the rules for this catalogue; rules of properties it does not hold are left out.

    Raises
    ------
    ValueError
        If a rule has an unknown kind or parameter, or lacks one; the message names the rule.
    """
    for rule in rules:
        _check(rule)
    kept: list[Rule] = []
    first = [0]
    for name in catalogue.properties:
        kept += [rule for rule in rules if rule.property == name]
        first.append(len(kept))
    table = np.zeros(max(len(kept), 1), RULE)
    for place, rule in enumerate(kept):
        table[place] = _row(rule)
    width = int(np.diff(first).max()) if len(first) > 1 else 0
    return Compiled(tuple(kept), table, np.array(first, np.int32), catalogue.property, width)


def _check(rule: Rule) -> None:
    if rule.kind not in KINDS:
        raise ValueError(
            f"detector {rule.id!r}: kind {rule.kind!r}; it is one of {', '.join(KINDS)}"
        )
    needed, optional = _ALLOWED[rule.kind]
    given = frozenset(rule.parameters)
    if missing := needed - given:
        raise ValueError(f"detector {rule.id!r} lacks the parameter {min(missing)!r}")
    if unknown := given - needed - optional:
        raise ValueError(f"detector {rule.id!r} has no parameter {min(unknown)!r}")
    if rule.kind == "threshold" and len(given & {"above", "below"}) != 1:
        raise ValueError(f"detector {rule.id!r} needs either 'above' or 'below'")
    if not 0 < rule.parameters.get("alpha", 0.5) <= 1:
        raise ValueError(f"detector {rule.id!r}: alpha must lie in (0, 1]")


def _row(rule: Rule) -> tuple[float, ...]:
    """Return a RULE; "below" is "above" with both signs turned."""
    p = rule.parameters
    sign = -1.0 if "below" in p else 1.0
    limit = sign * p.get("above", p.get("below", 0.0))
    points, alpha, floor, ms = p.get("points", p.get("hours", 1)), 0.0, 0.0, 0
    clear = sign * p["clear"] if "clear" in p else limit
    if rule.kind == "zscore":
        limit, alpha = p["limit"], p["alpha"]
        clear = p.get("clear", limit)
        points = p.get("warmup", int(np.ceil(_WARMUP_MEMORIES / alpha)))
        floor = p.get("floor", 0.0)
    if rule.kind == "stuck":
        floor, ms = p.get("eps", 0.0), int(p["seconds"] * 1000)
    return KINDS[rule.kind], int(points), sign, limit, clear, alpha, floor, ms


def empty_watch(n: int, width: int) -> NDArray[Any]:
    """Return the detector state of `n` datastreams, (n, width) WATCH."""
    watch = np.zeros((n, max(width, 1)), WATCH)
    watch["mean"] = np.nan
    return watch


def watch_points(
    rules: Compiled, watch: NDArray[Any], columns: tuple[NDArray[Any], ...]
) -> Detections:
    """Carry observations through the rules that see observations; return what opened and closed.

    Parameters
    ----------
    watch : (datastreams, width) WATCH, changed in place.
    columns : row (n,) int32, t (n,) [ms], v (n,), q (n,) uint16, ordered (n,) bool; in order of
        arrival.
    """
    return _drained(_watch_points, rules, watch, columns)


def watch_hours(rules: Compiled, watch: NDArray[Any], hours: Hours) -> Detections:
    """Carry closed hours through the `hourly_run` rules; return what opened and closed.

    An hour that is not newer than the last one seen is passed over.
    """
    return _drained(_watch_hours, rules, watch, (hours.row, hours.t, hours.mean()))


def _drained(
    kernel: Any, rules: Compiled, watch: NDArray[Any], columns: tuple[NDArray[Any], ...]
) -> Detections:
    """Call a kernel until it has seen everything; it pauses when its output is full."""
    parts: list[tuple[NDArray[Any], ...]] = []
    start, n = 0, len(columns[0])
    capacity = min(n, 1 << 14) + max(rules.width, 1)
    while start < n and rules.rules:
        out = _outputs(capacity)
        start, count = kernel(
            rules.table, rules.first, rules.property, watch, *columns, start, *out
        )
        parts.append(tuple(column[:count] for column in out))
    if not parts:
        return Detections(*_outputs(0))
    return Detections(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def joined(*parts: Detections) -> Detections:
    """Return several lots of detections as one, in the order of their stamps."""
    names = Detections.__dataclass_fields__
    columns = [np.concatenate([getattr(part, name) for part in parts]) for name in names]
    order = np.argsort(columns[2], kind="stable")
    return Detections(*(column[order] for column in columns))


def _outputs(n: int) -> tuple[NDArray[Any], ...]:
    return tuple(np.empty(n, kind) for kind in ("i4", "i4", "i8", "f8", "u1"))


@njit(cache=True, nogil=True)
def _watch_points(
    table: Any,
    first: Any,
    property_of: Any,
    watch: Any,
    row: Any,
    t: Any,
    v: Any,
    q: Any,
    ordered: Any,
    start: int,
    o_rule: Any,
    o_row: Any,
    o_t: Any,
    o_v: Any,
    o_state: Any,
) -> tuple[int, int]:
    at = 0
    room = o_rule.shape[0] - watch.shape[1]
    for i in range(start, row.shape[0]):
        if at > room:
            return i, at
        flag = q[i] & 7
        if flag >= FAIL or not ordered[i]:  # fail or missing
            continue
        r = row[i]
        x = v[i]
        p = property_of[r]
        begin = first[p]
        for k in range(begin, first[p + 1]):
            rule = table[k]
            w = watch[r, k - begin]
            change = -1
            if rule.kind == THRESHOLD:
                y = rule.sign * x
                if w.open:
                    if y <= rule.clear:
                        change = CLOSED
                        w.count = 0
                elif y > rule.limit:
                    w.count += 1
                    if w.count >= rule.points:
                        change = OPENED
                else:
                    w.count = 0
            elif rule.kind == ZSCORE:
                if w.count == 0:
                    w.mean = x
                    w.var = 0.0
                    w.count = 1
                    continue
                away = x - w.mean
                if w.count >= rule.points:
                    deviation = max(np.sqrt(w.var), rule.floor)
                    if w.open:
                        if abs(away) <= rule.clear * deviation:
                            change = CLOSED
                    elif abs(away) > rule.limit * deviation:
                        change = OPENED
                else:
                    w.count += 1
                # T. Finch, "Incremental calculation of weighted mean and variance", 2009,
                # equations 124 and 143
                step = rule.alpha * away
                w.mean += step
                w.var = (1.0 - rule.alpha) * (w.var + away * step)
            elif rule.kind == STUCK:
                if abs(x - w.mean) <= rule.floor:
                    if not w.open and t[i] - w.since >= rule.ms:
                        change = OPENED
                else:
                    if w.open:
                        change = CLOSED
                    w.mean = x
                    w.since = t[i]
            if change >= 0:
                w.open = change
                o_rule[at] = k
                o_row[at] = r
                o_t[at] = t[i]
                o_v[at] = x
                o_state[at] = change
                at += 1
    return row.shape[0], at


@njit(cache=True, nogil=True)
def _watch_hours(
    table: Any,
    first: Any,
    property_of: Any,
    watch: Any,
    row: Any,
    t: Any,
    mean: Any,
    start: int,
    o_rule: Any,
    o_row: Any,
    o_t: Any,
    o_v: Any,
    o_state: Any,
) -> tuple[int, int]:
    at = 0
    room = o_rule.shape[0] - watch.shape[1]
    for i in range(start, row.shape[0]):
        if at > room:
            return i, at
        r = row[i]
        x = mean[i]
        begin = first[property_of[r]]
        for k in range(begin, first[property_of[r] + 1]):
            rule = table[k]
            w = watch[r, k - begin]
            if rule.kind != HOURLY_RUN or t[i] <= w.since:
                continue
            change = -1
            if w.open:
                if x <= rule.clear:
                    change = CLOSED
                    w.count = 0
            elif x > rule.limit:
                w.count = w.count + 1 if t[i] - w.since == HOUR_MS else 1
                if w.count >= rule.points:
                    change = OPENED
            else:
                w.count = 0
            w.since = t[i]
            if change >= 0:
                w.open = change
                o_rule[at] = k
                o_row[at] = r
                o_t[at] = t[i]
                o_v[at] = x
                o_state[at] = change
                at += 1
    return row.shape[0], at
