"""What the engine must know of each datastream, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

REAL, SIMULATED, REPLAYED = 0, 1, 2
ORIGINS = ("real", "simulated", "replayed")

# A direct table answers a look-up in one read; past this many entries (64 MB) it is not worth it.
_DIRECT_TABLE_LIMIT = 16_000_000


@dataclass(frozen=True)
class Limits:
    """Thresholds of the quality tests for one observed property, in its unit (QARTOD names).

    Parameters
    ----------
    fail_span, suspect_span : (low, high); a value outside is 4 fail, respectively 3 suspect.
    spike : distance from the mean of both neighbours above which a value is suspect.
    rate_per_s : change per second above which a value is suspect.
    flat_line_s : time [s] without a change of `flat_line_eps` after which a value is suspect.
    """

    fail_span: tuple[float, float]
    suspect_span: tuple[float, float]
    spike: float
    rate_per_s: float
    flat_line_s: int
    flat_line_eps: float
    source: str = ""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """All datastreams, one row each, sorted by id; a row number is an index into every array.

    Parameters
    ----------
    ids : (n,) uint32
        Primary keys of the datastreams, strictly increasing.
    property : (n,) uint8
        Index into `properties`.
    properties : ids of the observed properties (at most 255).
    resolution : (n,) float64
        Smallest step kept in the lake, in the property's unit. 0 means "not quantised": the
        datastream is kept with milliseconds and float values in the side table `obs_ms`.
    period_s : (n,) int32
        Nominal time between two observations [s].
    freshness_s : (n,) int32
        Age [s] at which the datastream counts as stale; 0 for never.
    gateway : (n,) uint32
        Gateway that may write it.
    origin : (n,) uint8
        0 real, 1 simulated, 2 replayed.
    limits : by property id; a property without limits is not evaluated.
    version : grows with every change of what is above.
    upper_bound : (n,) int32, optional
        Row of the datastream whose value at the same time must not be exceeded (PM2.5 of a thing
        points to its PM10), -1 for none.

    Raises
    ------
    ValueError
        If an array has the wrong shape, or ids are not strictly increasing.
    """

    ids: NDArray[np.uint32]
    property: NDArray[np.uint8]
    properties: tuple[str, ...]
    resolution: NDArray[np.float64]
    period_s: NDArray[np.int32]
    freshness_s: NDArray[np.int32]
    gateway: NDArray[np.uint32]
    origin: NDArray[np.uint8]
    limits: Mapping[str, Limits]
    version: int = 0
    upper_bound: NDArray[np.int32] | None = None

    def __post_init__(self) -> None:
        for name, kind in COLUMNS.items():
            column = getattr(self, name)
            if name == "upper_bound" and column is None:
                column = np.full(len(self.ids), -1, np.int32)
            column = np.ascontiguousarray(column, kind)
            if column.shape != (len(self.ids),):
                raise ValueError(f"catalogue column {name} has shape {column.shape}")
            object.__setattr__(self, name, column)
        if (np.diff(self.ids.astype(np.int64)) <= 0).any():
            raise ValueError("catalogue ids are not strictly increasing")
        if len(self.ids) and int(self.property.max()) >= len(self.properties):
            raise ValueError("catalogue column property points past `properties`")

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, ds: NDArray[np.uint32]) -> NDArray[np.int32]:
        """Return the row of each datastream id, -1 where it is unknown."""
        ds = np.asarray(ds, np.uint32)
        if not len(self.ids):
            return np.full(ds.shape, -1, np.int32)
        if self._direct is not None:
            table = self._direct
            return table[np.minimum(ds, np.uint32(len(table) - 1))]
        place = np.minimum(np.searchsorted(self.ids, ds), len(self.ids) - 1)
        return np.where(self.ids[place] == ds, place, -1).astype(np.int32)

    @cached_property
    def _direct(self) -> NDArray[np.int32] | None:
        """Return id -> row; the last entry is -1 and stands for every id past the end."""
        size = int(self.ids[-1]) + 2
        if size > _DIRECT_TABLE_LIMIT:
            return None
        table = np.full(size, -1, np.int32)
        table[self.ids] = np.arange(len(self.ids), dtype=np.int32)
        return table


COLUMNS: Mapping[str, type] = {
    "ids": np.uint32,
    "property": np.uint8,
    "resolution": np.float64,
    "period_s": np.int32,
    "freshness_s": np.int32,
    "gateway": np.uint32,
    "origin": np.uint8,
    "upper_bound": np.int32,
}


def empty_catalogue() -> Catalogue:
    """Return the catalogue without a datastream."""
    columns: dict[str, Any] = {name: np.empty(0, kind) for name, kind in COLUMNS.items()}
    return Catalogue(properties=(), limits={}, **columns)
