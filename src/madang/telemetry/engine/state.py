"""All that is kept per datastream, as arrays with one row each; to bytes and back without loss."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from madang.telemetry.engine import detectors, duplicates, quality, windows
from madang.telemetry.engine.catalogue import COLUMNS, Catalogue, Limits

_MAGIC = b"MDGSTATE"
_FORMAT = 1
_HEAD = struct.Struct("<8sIQI")  # magic, format, bytes of the JSON header, its crc32


@dataclass(frozen=True, eq=False)
class State:
    """What the engine remembers of each datastream, in the order of the catalogue's rows.

    Parameters
    ----------
    live : (n,) windows.LIVE. past : (n,) quality.PAST. seen : (n,) duplicates.SEEN.
    window : (n, 2) windows.OPEN. watch : (n, width) detectors.WATCH.
    """

    live: NDArray[Any]
    past: NDArray[Any]
    seen: NDArray[Any]
    window: NDArray[Any]
    watch: NDArray[Any]


def empty_state(n: int, width: int) -> State:
    """Return the state of `n` datastreams that never sent anything."""
    return State(
        windows.empty_live(n),
        quality.empty_past(n),
        duplicates.empty_seen(n),
        windows.empty_open(n),
        detectors.empty_watch(n, width),
    )


def carried(
    state: State,
    before: tuple[Catalogue, detectors.Compiled],
    after: tuple[Catalogue, detectors.Compiled],
) -> State:
    """Return the state for a new catalogue and new rules.

    Datastreams keep their state by id, detectors by id, property and kind; what is new starts
    empty, what left the catalogue is forgotten.
    """
    (old, old_rules), (new, new_rules) = before, after
    grown = empty_state(len(new), new_rules.width)
    source = old.rows(new.ids)
    kept = np.flatnonzero(source >= 0)
    for name in ("live", "past", "seen", "window"):
        getattr(grown, name)[kept] = getattr(state, name)[source[kept]]
    places = {_named(rule): place for place, rule in enumerate(old_rules.rules)}
    for place, rule in enumerate(new_rules.rules):
        at = places.get(_named(rule))
        if at is None:
            continue
        prop, old_prop = new.properties.index(rule.property), old.properties.index(rule.property)
        rows = kept[new.property[kept] == prop]
        rows = rows[old.property[source[rows]] == old_prop]
        here, there = place - new_rules.first[prop], at - old_rules.first[old_prop]
        grown.watch[rows, here] = state.watch[source[rows], there]
    return grown


def _named(rule: detectors.Rule) -> tuple[str, str, str]:
    """Return what makes a rule the same rule after its numbers changed."""
    return rule.id, rule.property, rule.kind


@dataclass(frozen=True, eq=False)
class Snapshot:
    """State with all that is needed to go on from it.

    Parameters
    ----------
    catalogue, rules : what the state's rows and detector places mean.
    facts : small JSON values of the owner: the position in the stream, counters.
    """

    catalogue: Catalogue
    rules: tuple[detectors.Rule, ...]
    state: State
    facts: Mapping[str, Any]


def to_bytes(snapshot: Snapshot) -> bytes:
    """Return the snapshot as bytes: header, JSON, then the arrays as they lie in memory."""
    catalogue = snapshot.catalogue
    arrays = {f"catalogue.{name}": getattr(catalogue, name) for name in COLUMNS}
    arrays |= {
        f"state.{name}": getattr(snapshot.state, name) for name in State.__dataclass_fields__
    }
    body = b"".join(array.tobytes() for array in arrays.values())
    header = {
        "arrays": {
            name: {"dtype": _described(array.dtype), "shape": array.shape}
            for name, array in arrays.items()
        },
        "crc32": zlib.crc32(body),
        "properties": catalogue.properties,
        "limits": {name: asdict(limits) for name, limits in catalogue.limits.items()},
        "version": catalogue.version,
        "rules": [asdict(rule) for rule in snapshot.rules],
        "facts": snapshot.facts,
    }
    text = json.dumps(header).encode()
    return _HEAD.pack(_MAGIC, _FORMAT, len(text), zlib.crc32(text)) + text + body


def from_bytes(data: bytes) -> Snapshot:
    """Return the snapshot that `to_bytes` wrote.

    Raises
    ------
    ValueError
        If the bytes are damaged, or were written by another version with another layout.
    """
    if len(data) < _HEAD.size:
        raise ValueError("state file is cut off")
    magic, version, size, check = _HEAD.unpack_from(data)
    text = data[_HEAD.size : _HEAD.size + size]
    if magic != _MAGIC or version != _FORMAT or zlib.crc32(text) != check:
        raise ValueError("not a state file of this version")
    header = json.loads(text)
    body = memoryview(data)[_HEAD.size + size :]
    if zlib.crc32(body) != header["crc32"]:
        raise ValueError("state file is damaged")
    arrays = _arrays(header["arrays"], body)
    catalogue = Catalogue(
        properties=tuple(header["properties"]),
        limits={name: _limits(fields) for name, fields in header["limits"].items()},
        version=header["version"],
        **{name: arrays[f"catalogue.{name}"] for name in COLUMNS},
    )
    state = State(**{name: arrays[f"state.{name}"] for name in State.__dataclass_fields__})
    _check_layout(state)
    rules = tuple(detectors.Rule(**fields) for fields in header["rules"])
    return Snapshot(catalogue, rules, state, header["facts"])


def _arrays(entries: Mapping[str, Any], body: memoryview) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    start = 0
    for name, entry in entries.items():
        kind = _dtype(entry["dtype"])
        count = int(np.prod(entry["shape"], dtype=np.int64))
        end = start + count * kind.itemsize
        # a bytearray of its own: writable, padding kept
        arrays[name] = np.frombuffer(bytearray(body[start:end]), kind).reshape(entry["shape"])
        start = end
    return arrays


def _described(kind: np.dtype[Any]) -> Any:
    """Return a dtype as JSON: a string, or names, formats, offsets and size of a record."""
    if kind.fields is None:
        return kind.str if kind.subdtype is None else [kind.subdtype[0].str, list(kind.shape)]
    fields = [(name, *kind.fields[name][:2]) for name in kind.names or ()]
    return {
        "names": [name for name, _, _ in fields],
        "formats": [_described(inner) for _, inner, _ in fields],
        "offsets": [offset for _, _, offset in fields],
        "itemsize": kind.itemsize,
    }


def _dtype(described: Any) -> Any:
    if isinstance(described, str):
        return np.dtype(described)
    if isinstance(described, list):
        return np.dtype((described[0], tuple(described[1])))
    layout: Any = {**described, "formats": [_dtype(inner) for inner in described["formats"]]}
    return np.dtype(layout)


def _limits(fields: Mapping[str, Any]) -> Limits:
    spans = {name: tuple(fields[name]) for name in ("fail_span", "suspect_span")}
    return Limits(**{**fields, **spans})


def _check_layout(state: State) -> None:
    layout = (windows.LIVE, quality.PAST, duplicates.SEEN, windows.OPEN, detectors.WATCH)
    for name, kind in zip(State.__dataclass_fields__, layout, strict=True):
        if getattr(state, name).dtype != kind:
            raise ValueError(f"state file has another layout of {name!r}")


@dataclass(frozen=True, eq=False)
class Latest:
    """The newest observation of some datastreams.

    Parameters
    ----------
    ds : (n,) uint32. t, received : (n,) int64 [ms]. v : (n,) float64. q : (n,) uint16.
    """

    ds: NDArray[np.uint32]
    t: NDArray[np.int64]
    v: NDArray[np.float64]
    q: NDArray[np.uint16]
    received: NDArray[np.int64]


def latest(catalogue: Catalogue, state: State, ids: NDArray[np.uint32] | None = None) -> Latest:
    """Return the newest observation of the given datastreams, or of all; silent ones left out."""
    rows = np.arange(len(catalogue), dtype=np.int32) if ids is None else catalogue.rows(ids)
    n = len(rows)
    out = Latest(
        np.empty(n, np.uint32),
        np.empty(n, np.int64),
        np.empty(n, np.float64),
        np.empty(n, np.uint16),
        np.empty(n, np.int64),
    )
    columns = (out.ds, out.t, out.v, out.q, out.received)
    count = _gather(catalogue.ids, state.live, rows, *columns)
    cut: list[Any] = [column[:count] for column in columns]
    return Latest(*cut)


@njit(cache=True, nogil=True)
def _gather(ids: Any, live: Any, rows: Any, ds: Any, t: Any, v: Any, q: Any, received: Any) -> int:
    at = 0
    for r in rows:
        if r < 0 or live[r].count == 0:
            continue
        ds[at] = ids[r]
        t[at] = live[r].t
        v[at] = live[r].v
        q[at] = live[r].q
        received[at] = live[r].received
        at += 1
    return at
