"""SensorThings 1.1: one Observation, and the data array extension (OGC 18-088, 13 and 14.2).

Kept of an observation are its Datastream, `phenomenonTime` and `result`. Its feature of interest
is the place of the thing; `resultQuality`, `validTime` and `parameters` are not kept. Where
`phenomenonTime` is missing, the time of arrival is taken, as the standard says.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from madang.telemetry import refusals
from madang.telemetry.doors import rows
from madang.telemetry.doors.errors import MalformedBody
from madang.telemetry.doors.stamps import uniform_stamps

_NUMBERS = {int, float, type(None)}


def parse_observation(body: bytes, received_ms: int, datastream: int | None = None) -> rows.Parsed:
    """Return the one row of an Observation.

    Parameters
    ----------
    datastream : id from the path ``Datastreams(n)/Observations``; None to read the link inside.
    """
    found = rows.Collector()
    document = rows.json_of(body)
    found.read(0, document, lambda source: observation_point(source, received_ms, datastream))
    return found.parsed()


def observation_point(document: Any, received_ms: int, datastream: int | None) -> rows.Point:
    """Return the row of an Observation that is parsed already, or refuse it."""
    if not isinstance(document, dict):
        raise rows.RowError(refusals.MALFORMED, "an Observation is an object")
    if "result" not in document:
        raise rows.RowError(refusals.MALFORMED, '"result" is not given')
    ds = _link(document) if datastream is None else rows.datastream_id(datastream)
    time = document.get("phenomenonTime")
    t = received_ms if time is None else rows.stamp(_text(time))
    return ds, t, rows.number(document["result"])


def _text(time: Any) -> str:
    if not isinstance(time, str):
        raise rows.RowError(refusals.MALFORMED, "phenomenonTime is not an ISO 8601 text")
    return time


def _link(document: dict[str, Any]) -> int:
    link = document.get("Datastream")
    if not isinstance(link, dict) or "@iot.id" not in link:
        raise rows.RowError(
            refusals.MALFORMED,
            'the Observation names no Datastream: {"Datastream": {"@iot.id": 3}}',
        )
    return rows.datastream_id(link["@iot.id"])


def parse_data_array(body: bytes, received_ms: int) -> rows.Parsed:
    """Return the rows of a ``CreateObservations`` body, numbered through all its groups.

    Raises
    ------
    MalformedBody
        If the body is not a list of ``{"Datastream", "components", "dataArray"}``.
    """
    groups = rows.json_of(body)
    if not isinstance(groups, list):
        raise MalformedBody("the body must be a list of data arrays")
    parts: list[rows.Parsed] = []
    start = 0
    for position, group in enumerate(groups):
        part = _group(group, position, received_ms)
        parts.append(part.moved(start))
        start += part.sent
    return _joined(parts)


def _group(group: Any, position: int, received_ms: int) -> rows.Parsed:
    if not isinstance(group, dict) or not isinstance(group.get("dataArray"), list):
        raise MalformedBody(f'data array {position} has no list "dataArray"')
    names = group.get("components")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise MalformedBody(f'data array {position} has no list "components"')
    if "result" not in names:
        raise MalformedBody(f'the components of data array {position} lack "result"')
    result = names.index("result")
    time = names.index("phenomenonTime") if "phenomenonTime" in names else None
    quick = _quick(group, result, time, len(names))
    if quick is not None:
        return quick
    found = rows.Collector()
    for row, source in enumerate(group["dataArray"]):
        found.read(row, source, lambda cells: _cells(cells, names, group, received_ms))
    return found.parsed()


def _cells(cells: Any, names: list[str], group: dict[str, Any], received_ms: int) -> rows.Point:
    if not isinstance(cells, list) or len(cells) != len(names):
        raise rows.RowError(
            refusals.MALFORMED, f"the row must be a list of {len(names)} components"
        )
    document = dict(zip(names, cells, strict=True))
    return observation_point({**document, "Datastream": group.get("Datastream")}, received_ms, None)


def _quick(group: dict[str, Any], result: int, time: int | None, width: int) -> rows.Parsed | None:
    """Return the group read column by column, or None where one row needs a closer look."""
    table = group["dataArray"]
    if time is None or set(map(type, table)) != {list} or set(map(len, table)) != {width}:
        return None
    times = [cells[time] for cells in table]
    stamps = uniform_stamps(times) if set(map(type, times)) == {str} else None
    numbers = _numbers([cells[result] for cells in table])
    if stamps is None or numbers is None:
        return None
    try:
        ds = _link(group)
    except rows.RowError:
        return None
    return rows.columns(np.full(len(table), ds, dtype=np.uint32), stamps, numbers)


def _numbers(values: list[Any]) -> np.ndarray | None:
    """Return results as float64, or None where one of them is not a finite number or null."""
    if not set(map(type, values)) <= _NUMBERS:
        return None
    try:
        numbers = np.array(values, dtype=np.float64)
    except OverflowError:
        return None
    infinite = np.count_nonzero(~np.isfinite(numbers)) - values.count(None)
    return None if infinite else numbers


def _joined(parts: list[rows.Parsed]) -> rows.Parsed:
    if not parts:
        return rows.columns([], [], [])
    return rows.Parsed(
        np.concatenate([part.ds for part in parts]),
        np.concatenate([part.t for part in parts]),
        np.concatenate([part.v for part in parts]),
        np.concatenate([part.row for part in parts]),
        sum(part.sent for part in parts),
        tuple(item for part in parts for item in part.refused),
    )
