"""Stations on the map by whether they report: live, late, silent."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from madang.kernel import times
from madang.kernel.errors import NotFound
from madang.kernel.maps import Detail, Fact, LegendClass, Rows
from madang.telemetry.history import last_heard, latest, readings
from madang.telemetry.stations import Datastream, Station, datastreams, stations

_SILENT = 3  # times its limit without a reading: silent
_SHORTEST_LOOK_S = 3600  # of a moment of the past, for stations that are never late


def legend(layer: str) -> tuple[LegendClass, ...]:
    """Return the states of a station."""
    return (
        LegendClass("live", _("Reports"), "cai-good", "neutral"),
        LegendClass("late", _("Overdue"), "clock", "warning"),
        LegendClass("silent", _("Silent"), "cai-very-bad", "danger"),
    )


def rows(layer: str, at: datetime | None, language: str) -> Rows:
    """Return all stations that have a place, with their state now, or as it was at a moment.

    The past goes by the stamps of what is stored: what was sent later than it was stamped counts
    as if it had come in time.
    """
    streams: dict[int, list[Datastream]] = defaultdict(list)
    for stream in datastreams():
        streams[stream.station].append(stream)
    shown = [s for s in stations() if s.lon is not None and s.id in streams]
    limits = [_limit(streams[station.id]) for station in shown]
    found = latest() if at is None else last_heard(at, _looked_back_s(limits))
    seen = dict(zip(found["ds"].tolist(), found["t"].tolist(), strict=True))
    now = times.to_ms(times.now() if at is None else at)
    newest = [_newest(streams[station.id], seen) for station in shown]
    return Rows(
        ids=[str(station.id) for station in shown],
        names=[station.name for station in shown],
        lons=[station.lon for station in shown],
        lats=[station.lat for station in shown],
        classes=[_state(t, limit, now) for t, limit in zip(newest, limits, strict=True)],
        values=[len(streams[station.id]) for station in shown],
        times=newest,
        limits=[0] * len(shown),  # being late is what this layer shows
        origins=[station.origin for station in shown],
        streams=[0] * len(shown),
    )


def _looked_back_s(limits: Sequence[int]) -> int:
    """Return how far back a moment's states reach [s]: whoever sent nothing since was silent."""
    return max(_SILENT * max(limits, default=0), _SHORTEST_LOOK_S)


def _newest(streams: Sequence[Datastream], seen: dict[int, int]) -> int | None:
    return max((seen[stream.id] for stream in streams if stream.id in seen), default=None)


def _limit(streams: Sequence[Datastream]) -> int:
    """Return the age past which the station is late: that of its quickest stream; 0 for never."""
    limits = [s.freshness_s for s in streams if s.freshness_s and s.origin != "replayed"]
    return min(limits, default=0)


def _state(newest: int | None, limit_s: int, now_ms: int) -> str:
    if newest is None:
        return "silent"
    age_s = (now_ms - newest) / 1000
    if not limit_s or age_s <= limit_s:
        return "live"
    return "late" if age_s <= _SILENT * limit_s else "silent"


def detail(layer: str, station_id: str, language: str) -> Detail:
    """Return the card of a station: each datastream, its newest reading and its limit."""
    number = int(station_id) if station_id.isascii() and station_id.isdecimal() else -1
    found = stations(ids=[number])
    if not found:
        raise NotFound(f"there is no station {station_id!r}")
    station, streams = found[0], datastreams(station=number)
    seen = {ds: (t, v) for ds, t, v, _q in readings([s.id for s in streams])}
    return Detail(
        heading=station.name,
        place=_place(station),
        origin=station.origin,
        facts=[
            Fact(s.name, _value(seen.get(s.id)), s.unit_symbol.strip("[]"), 3, _at(seen.get(s.id)),
                 _("expected within %(n)s s") % {"n": s.freshness_s} if s.freshness_s else "")
            for s in streams
        ],
        why=[_("Gateway %(name)s, class %(class)s.")
             % {"name": station.gateway, "class": station.station_class or "–"}],
    )  # fmt: skip


def _place(station: Station) -> str:
    return "" if station.lon is None else f"{station.lat:.4f}, {station.lon:.4f}"


def _value(reading: tuple[int, float] | None) -> float | None:
    return None if reading is None or math.isnan(reading[1]) else reading[1]


def _at(reading: tuple[int, float] | None) -> datetime | None:
    return None if reading is None else times.from_ms(reading[0])
