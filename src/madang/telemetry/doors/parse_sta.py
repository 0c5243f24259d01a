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
    quick = _quick(groups)
    if quick is not None:
        return quick
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


def _quick(groups: list[Any]) -> rows.Parsed | None:
    """Return all groups read column by column, or None where one row needs a closer look."""
    ids: list[int] = []
    sizes: list[int] = []
    times: list[Any] = []
    results: list[Any] = []
    for group in groups:
        found = _columns_of(group)
        if found is None:
            return None
        ds, group_times, group_results = found
        ids.append(ds)
        sizes.append(len(group_times))
        times += group_times
        results += group_results
    stamps = uniform_stamps(times) if set(map(type, times)) == {str} else None
    numbers = _numbers(results)
    if stamps is None or numbers is None:
        return None
    return rows.columns(np.repeat(np.array(ids, np.uint32), sizes), stamps, numbers)


def _columns_of(group: Any) -> tuple[int, list[Any], list[Any]] | None:
    """Return a group's datastream, times and results, or None where its form is not the usual."""
    try:
        names, table = group["components"], group["dataArray"]
        result, time = names.index("result"), names.index("phenomenonTime")
        if type(names) is not list or set(map(type, names)) != {str}:
            return None
        if set(map(type, table)) != {list} or set(map(len, table)) != {len(names)}:
            return None
        ds = _link(group)
    except (KeyError, TypeError, ValueError, AttributeError):  # a RowError is a ValueError
        return None
    return ds, [cells[time] for cells in table], [cells[result] for cells in table]


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
