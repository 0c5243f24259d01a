"""What the core decided, as rows of the lake and messages of the bus."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid5

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from madang.kernel.bus.message import Outgoing
from madang.kernel.events import encode, subject_of
from madang.telemetry.engine import windows
from madang.telemetry.engine.catalogue import Catalogue
from madang.telemetry.engine.detectors import OPENED
from madang.telemetry.engine.keepable import INT32_LIMIT
from madang.telemetry.engine.state import Latest
from madang.telemetry.events import Detection, Silence
from madang.telemetry.pipeline.core import Arrivals, Core, Effects
from madang.telemetry.refusals import Refusal

MISSING_INT32 = -(1 << 31)
_DETECTIONS = UUID("6f0b5c4e-2f3c-5b8a-9a61-0d0f7c1f9a55")


def observation_tables(core: Core, effects: Effects) -> dict[str, pa.Table]:
    """Return the rows of `obs` and `obs_ms`."""
    rows = effects.rows
    resolution = core.catalogue.resolution[rows.row]
    coarse = resolution > 0
    tables = {}
    if coarse.any():
        tables["obs"] = _obs(core.catalogue, rows.where(coarse), effects.q[coarse])
    if not coarse.all():
        tables["obs_ms"] = _obs_ms(core.catalogue, rows.where(~coarse), effects.q[~coarse])
    return tables


def _obs(catalogue: Catalogue, rows: Arrivals, q: NDArray[np.uint16]) -> pa.Table:
    return pa.table(
        {
            "ds": catalogue.ids[rows.row],
            "t": pa.array(rows.t // 1000, pa.timestamp("s", "UTC")),
            "v": scaled(rows.v, catalogue.resolution[rows.row]),
            "q": q,
        }
    )


def _obs_ms(catalogue: Catalogue, rows: Arrivals, q: NDArray[np.uint16]) -> pa.Table:
    return pa.table(
        {
            "ds": catalogue.ids[rows.row],
            "t": pa.array(rows.t, pa.timestamp("ms", "UTC")),
            "v": pa.array(rows.v, from_pandas=False),
            "q": q,
        }
    )


def scaled(v: NDArray[np.float64], resolution: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return values as whole steps of their resolution; missing is -2147483648.

    >>> scaled(np.array([12.3, np.nan]), np.array([0.1, 0.1]))
    array([        123, -2147483648], dtype=int32)
    """
    steps = np.rint(v / resolution)
    assert not (np.abs(steps) > INT32_LIMIT).any()  # the core refused them
    return np.where(np.isnan(steps), MISSING_INT32, steps).astype(np.int32)


@dataclass
class Gathered:
    """Rows of the small tables, gathered until a flush: hours, later verdicts, dead letters."""

    hours: list[tuple[NDArray[np.uint32], windows.Hours]] = field(default_factory=list)
    revised: list[tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.uint16]]] = field(
        default_factory=list
    )
    refused: list[Refusal] = field(default_factory=list)

    def add(self, catalogue: Catalogue, effects: Effects) -> None:
        """Take the effects' share."""
        if len(effects.hours):
            self.hours.append((catalogue.ids[effects.hours.row], effects.hours))
        if len(effects.revised[0]):
            self.revised.append(effects.revised)
        self.refused.extend(effects.refused)

    @property
    def is_empty(self) -> bool:
        """True if there is nothing to flush."""
        return not (self.hours or self.revised or self.refused)

    def tables(self, now_ms: int) -> dict[str, pa.Table]:
        """Return the gathered rows by table; see `dead_letter_table` for `now_ms`."""
        found: dict[str, pa.Table] = {}
        if self.hours:
            found["obs_1h"] = pa.concat_tables([_hours_table(*lot) for lot in self.hours])
        if self.revised:
            ds, t, q = (np.concatenate(columns) for columns in zip(*self.revised, strict=True))
            stamp = pa.array(t, pa.timestamp("ms", "UTC"))
            found["obs_flag"] = pa.table({"ds": ds, "t": stamp, "q": q})
        if self.refused:
            found["dead_letter"] = dead_letter_table(self.refused, now_ms)
        return found

    def clear(self) -> None:
        """Forget what was gathered."""
        self.hours.clear()
        self.revised.clear()
        self.refused.clear()


def _hours_table(ds: NDArray[np.uint32], hours: windows.Hours) -> pa.Table:
    return pa.table(
        {
            "ds": ds,
            "t": pa.array(hours.t // 1000, pa.timestamp("s", "UTC")),
            "n": hours.n,
            "sum": hours.sum,
            "min": hours.min,
            "max": hours.max,
            "last": hours.last,
            "q": hours.q,
        }
    )


def dead_letter_table(refused: list[Refusal], now_ms: int) -> pa.Table:
    """Return refusals as rows of `dead_letter`.

    One whose time of receipt is not known (0) or impossible gets `now_ms`: a stamp of 1970 would be
    past its retention at once.
    """
    stamps = [
        (received if 0 < received <= now_ms else now_ms) // 1000
        for received in (refusal.received_ms for refusal in refused)
    ]
    texts = ("door", "gateway", "code", "reason", "payload")
    columns = {name: [getattr(refusal, name) for refusal in refused] for name in texts}
    return pa.table({"t": pa.array(stamps, pa.timestamp("s", "UTC")), **columns})


def hour_messages(
    catalogue: Catalogue, hours: windows.Hours, label: str, wall_ms: int
) -> Iterator[Outgoing]:
    """Yield the closed hours as one message per property; `label` makes their ids."""
    of_hour = catalogue.property[hours.row]
    for place in np.unique(of_hour).tolist():
        name = catalogue.properties[place]
        chosen = hours.take(of_hour == place)
        columns = {"ds": catalogue.ids[chosen.row], "t": chosen.t, "n": chosen.n}
        columns |= {key: getattr(chosen, key) for key in ("sum", "min", "max", "last", "q")}
        yield Outgoing(
            f"madang.hours.{name}",
            _ipc(pa.table(columns)),
            {"wall": str(wall_ms)},
            f"hours-{name}-{label}",
        )


def detection_messages(core: Core, effects: Effects) -> Iterator[Outgoing]:
    """Yield what opened and closed: `telemetry.detection`, and `telemetry.silence` per gateway."""
    found, catalogue = effects.detections, core.catalogue
    rules = core.watching.rules
    for place in range(len(found)):
        yield _detection(
            catalogue,
            int(found.row[place]),
            detector=rules[found.rule[place]].id,
            opened=bool(found.state[place] == OPENED),
            t_ms=int(found.t[place]),
            value=float(found.v[place]),
        )
    for rows, state in ((effects.silent, "opened"), (effects.heard, "closed")):
        for gateway in np.unique(catalogue.gateway[rows]).tolist():
            ds = catalogue.ids[rows[catalogue.gateway[rows] == gateway]].tolist()
            yield _silence(gateway, state, ds, effects.now_ms)


def _silence(gateway: int, state: str, ds: list[int], now_ms: int) -> Outgoing:
    event = Silence(
        id=str(uuid5(_DETECTIONS, f"silence/{gateway}/{state}/{now_ms}")),
        at=datetime.fromtimestamp(now_ms / 1000, UTC),
        gateway=gateway,
        state=state,
        datastreams=ds,
    )
    return Outgoing(subject_of(Silence.NAME), encode(event), {}, event.id)


def _detection(
    catalogue: Catalogue,
    row: int,
    *,
    detector: str,
    opened: bool,
    t_ms: int,
    value: float,
) -> Outgoing:
    ds, state = int(catalogue.ids[row]), "opened" if opened else "closed"
    event = Detection(
        id=str(uuid5(_DETECTIONS, f"{detector}/{ds}/{state}/{t_ms}")),
        at=datetime.fromtimestamp(t_ms / 1000, UTC),
        detector=detector,
        datastream=ds,
        property=catalogue.properties[catalogue.property[row]],
        state=state,
        value=value,
    )
    return Outgoing(subject_of(Detection.NAME), encode(event), {}, event.id)


def live_frame(latest: Latest) -> bytes:
    """Return the newest observations as Arrow IPC: ds, t, v, q, received."""
    return _ipc(latest_table(latest))


def latest_table(latest: Latest) -> pa.Table:
    """Return the newest observations as a table: ds, t, v, q, received."""
    names = ("ds", "t", "v", "q", "received")
    return pa.table({name: pa.array(getattr(latest, name), from_pandas=False) for name in names})


def _ipc(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content
