"""Which of the readable rows may enter: the datastream exists, is the sender's, the time can be.

Pure: the clock and the catalogue are arguments.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from madang.telemetry import refusals
from madang.telemetry.doors.rows import Parsed, Point, RefusedRow, RowError, payload_of
from madang.telemetry.engine.catalogue import Catalogue

FUTURE_LIMIT_MS = 5 * 60 * 1000
"""A stamp further ahead of the server's clock is refused (the contract of the spine)."""
EARLIEST_MS = 100_000_000_000
"""1973-03-03. What lies below is a stamp in seconds, sent as milliseconds: until the year 5138
every stamp in seconds is smaller than this, and no datastream of the lake reaches so far back."""

_REASONS = {
    refusals.UNKNOWN_DATASTREAM: "there is no such datastream",
    refusals.FORBIDDEN_DATASTREAM: "it belongs to another gateway",
    refusals.FUTURE_STAMP: "the time is more than 5 minutes ahead of the server's clock",
    refusals.OUT_OF_RANGE_TIME: "the time is before 1973-03-03; was it sent in seconds?",
}


def admit(parsed: Parsed, catalogue: Catalogue, gateway: int | None, now_ms: int) -> Parsed:
    """Return what may enter; the rest is added to the refusals.

    Parameters
    ----------
    gateway : id of the sender; None for the administrator, who may write every datastream.
    now_ms : the server's clock [ms since 1970-01-01 UTC].
    """
    row = catalogue.rows(parsed.ds)
    unknown = row < 0
    if gateway is None or not len(catalogue):
        forbidden = np.zeros(len(row), dtype=bool)
    else:
        forbidden = ~unknown & (catalogue.gateway[row] != gateway)
    known = ~(unknown | forbidden)
    future = known & (parsed.t > now_ms + FUTURE_LIMIT_MS)
    early = known & (parsed.t < EARLIEST_MS)
    keep = known & ~(future | early)
    if keep.all():
        return parsed
    refused = [
        *_refused(parsed, unknown, refusals.UNKNOWN_DATASTREAM),
        *_refused(parsed, forbidden, refusals.FORBIDDEN_DATASTREAM),
        *_refused(parsed, future, refusals.FUTURE_STAMP),
        *_refused(parsed, early, refusals.OUT_OF_RANGE_TIME),
    ]
    return parsed.only(keep, refused)


def admit_point(point: Point, owners: Mapping[int, int], gateway: int, now_ms: int) -> None:
    """Refuse a single row that may not enter, by the same rules.

    Parameters
    ----------
    owners : datastream id -> gateway id.

    Raises
    ------
    RowError
        With the code and the reason.
    """
    ds, t, _ = point
    owner = owners.get(ds)
    if owner is None:
        raise _error(ds, refusals.UNKNOWN_DATASTREAM)
    if owner != gateway:
        raise _error(ds, refusals.FORBIDDEN_DATASTREAM)
    if t > now_ms + FUTURE_LIMIT_MS:
        raise _error(ds, refusals.FUTURE_STAMP)
    if t < EARLIEST_MS:
        raise _error(ds, refusals.OUT_OF_RANGE_TIME)


def _error(ds: int, code: str) -> RowError:
    return RowError(code, f"datastream {ds}: {_REASONS[code]}")


def _refused(parsed: Parsed, mask: np.ndarray, code: str) -> list[RefusedRow]:
    found = []
    for at in np.flatnonzero(mask):
        ds, t, v = int(parsed.ds[at]), int(parsed.t[at]), float(parsed.v[at])
        source = payload_of({"ds": ds, "t": t, "v": v})
        reason = f"datastream {ds}: {_REASONS[code]}"
        found.append(RefusedRow(int(parsed.row[at]), code, reason, source))
    return found
