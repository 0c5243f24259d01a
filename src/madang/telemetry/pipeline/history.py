"""What the history in the lake already holds of observations older than the short memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from madang.kernel.lake.store import Store
from madang.telemetry.engine.catalogue import Catalogue
from madang.telemetry.engine.duplicates import filled_seen
from madang.telemetry.engine.state import State
from madang.telemetry.pipeline.core import Admitted
from madang.telemetry.pipeline.effects import MISSING_INT32
from madang.telemetry.pipeline.stored import observed


def known(
    store: Store, catalogue: Catalogue, admitted: Admitted
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which undecided rows the history holds: with the same value, with another value.

    Within the batch the first of equal stamps counts, as it does in the history. A datastream kept
    at second resolution is compared at that resolution.
    """
    places = admitted.undecided
    none = np.empty(0, np.int64)
    if not len(places):
        return none, none
    rows = admitted.arrivals
    row, t, v = rows.row[places], rows.t[places], rows.v[places]
    resolution = catalogue.resolution[row]
    stamp = np.where(resolution > 0, t // 1000 * 1000, t)
    held = _held(store, catalogue, row, stamp, resolution)
    held |= _in_batch(catalogue, admitted, row, stamp)
    same, other = [], []
    tolerance = resolution / 2
    for i, (place, key) in enumerate(
        zip(places.tolist(), zip(row.tolist(), stamp.tolist(), strict=True), strict=True)
    ):
        value = held.get(key)
        if value is None:
            held[key] = float(v[i])
        elif abs(value - v[i]) <= tolerance[i] or (np.isnan(value) and np.isnan(v[i])):
            same.append(place)
        else:
            other.append(place)
    return np.array(same, np.int64), np.array(other, np.int64)


def _held(
    store: Store,
    catalogue: Catalogue,
    row: NDArray[np.int32],
    stamp: NDArray[np.int64],
    resolution: NDArray[np.float64],
) -> dict[tuple[int, int], float]:
    """Return (row, stamp [ms]) -> value of what the lake holds at these stamps."""
    held: dict[tuple[int, int], float] = {}
    for table, chosen in (("obs", resolution > 0), ("obs_ms", resolution <= 0)):
        wanted = catalogue.ids[row[chosen]], stamp[chosen]
        for answer in observed(store, table, ("ds", "t", "v"), *wanted):
            found = columns_of(answer)
            at = catalogue.rows(found["ds"])
            value = found["v"].astype(np.float64)
            if table == "obs":
                value = np.where(
                    found["v"] == MISSING_INT32, np.nan, value * catalogue.resolution[at]
                )
            held |= dict(
                zip(zip(at.tolist(), found["t"].tolist(), strict=True), value.tolist(), strict=True)
            )
    return held


def _in_batch(
    catalogue: Catalogue, admitted: Admitted, row: NDArray[np.int32], stamp: NDArray[np.int64]
) -> dict[tuple[int, int], float]:
    """Return (row, stamp [ms]) -> value of the batch's new observations at the asked stamps.

    A batch may be longer than the short memory, and its rows are not in the lake yet.
    """
    rows = admitted.arrivals
    own = np.where(catalogue.resolution[rows.row] > 0, rows.t // 1000 * 1000, rows.t)
    is_new = np.ones(len(rows), np.bool_)
    is_new[admitted.undecided] = False
    asked = np.isin(_key(rows.row, own), _key(row, stamp)) & is_new
    keys = zip(rows.row[asked].tolist(), own[asked].tolist(), strict=True)
    return dict(zip(keys, rows.v[asked].tolist(), strict=True))


def _key(row: NDArray[np.int32], stamp: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return one number for (row, stamp): stamps before 2106 fit 42 bits, rows the rest."""
    return row.astype(np.int64) << 42 | stamp


def columns_of(answer: pa.Table) -> dict[str, NDArray[Any]]:
    """Return an answer's columns as arrays; times as int64 [ms]."""
    found: dict[str, NDArray[Any]] = {}
    for name in answer.column_names:
        column = answer.column(name)
        if pa.types.is_timestamp(column.type):
            column = column.cast(pa.timestamp("ms", "UTC")).cast(pa.int64())
        found[name] = column.to_numpy()
    return found


def begun(store: Store, catalogue: Catalogue, state: State) -> None:
    """Fill an empty state with the newest observation of each datastream in the lake.

    For an instance whose state file is lost or of another layout: open hours and detectors begin
    anew, repeats are still recognised.
    """
    for table in ("obs", "obs_ms"):
        found = columns_of(
            store.query(
                "SELECT ds, max(t) AS newest, argMax(v, t) AS value, argMax(q, t) AS flags, "  # noqa: S608
                f"count() AS n FROM {table} GROUP BY ds"
            )
        )
        row = catalogue.rows(found["ds"])
        kept = row >= 0
        at, t = row[kept], found["newest"][kept]
        v = found["value"][kept].astype(np.float64)
        if table == "obs":
            v = np.where(v == MISSING_INT32, np.nan, v * catalogue.resolution[at])
        state.live["t"][at] = state.live["received"][at] = t
        state.live["closed"][at] = t // 3_600_000
        state.live["v"][at], state.live["q"][at] = v, found["flags"][kept]
        state.live["count"][at] = found["n"][kept]
        state.past["t"][at], state.past["v"][at] = t, v
        state.seen[at] = filled_seen(t, v)
