"""What devices publish over MQTT, by topic.

| topic | payload |
|---|---|
| `gw/<gateway>/v1.1/Datastreams(<id>)/Observations` | a SensorThings Observation |
| `gw/<gateway>/v1.1/Observations` | the same, with its Datastream inside |
| `gw/<gateway>/obs` | columnar JSON, an observation object, or a list of them |
| `gw/<gateway>/telemetry` | `{"<thing>": [{"ts": ms, "values": {"<property>": 1.5}}]}` |

The last is the form of ThingsBoard's gateway API, with external ids of things and codes of
observed properties for names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from madang.telemetry.doors import rows
from madang.telemetry.doors.errors import MalformedBody
from madang.telemetry.doors.parse_columns import columns_of, parse_columns
from madang.telemetry.doors.parse_lines import named, parse_objects
from madang.telemetry.doors.parse_sta import parse_observation

REJECTED = "rejected"
"""Last level of the topic on which a gateway hears what was refused."""

_OBSERVATIONS = re.compile(r"v1\.1/(?:Datastreams\((\d{1,10})\)/)?Observations\Z")


@dataclass(frozen=True)
class Topic:
    """A device's topic: whose it is, and what follows ``gw/<gateway>/``."""

    gateway: str
    rest: str


def topic_of(name: str) -> Topic | None:
    """Return the parts of ``gw/<gateway>/<rest>``, or None if it has another form.

    >>> topic_of("gw/north-1/obs")
    Topic(gateway='north-1', rest='obs')
    """
    root, _, tail = name.partition("/")
    gateway, _, rest = tail.partition("/")
    return Topic(gateway, rest) if root == "gw" and gateway and rest else None


def parse_mqtt(
    topic: Topic, payload: bytes, resolve: rows.Resolve, received_ms: int
) -> rows.Parsed:
    """Return the rows of one MQTT message.

    Raises
    ------
    MalformedBody
        If the topic is none of ours, or the payload cannot be read at all.
    """
    observation = _OBSERVATIONS.match(topic.rest)
    if observation:
        ds = int(observation[1]) if observation[1] else None
        return parse_observation(payload, received_ms, ds)
    if topic.rest == "obs":
        return _batch(payload, resolve)
    if topic.rest == "telemetry":
        return _by_name(rows.json_of(payload), resolve)
    raise MalformedBody(f"no form is read from the topic gw/{topic.gateway}/{topic.rest[:80]}")


def _batch(payload: bytes, resolve: rows.Resolve) -> rows.Parsed:
    if payload.lstrip()[:1] != b"{":
        document = rows.json_of(payload)
        if not isinstance(document, list):
            raise MalformedBody("the payload is neither columns, nor an observation, nor a list")
        return parse_objects(document, resolve)
    try:
        return parse_columns(payload)
    except MalformedBody:
        document = rows.json_of(payload)
        if any(isinstance(document.get(name), list) for name in ("ds", "t", "v")):
            return columns_of(document)
        return parse_objects([document], resolve)


def _by_name(document: Any, resolve: rows.Resolve) -> rows.Parsed:
    if not isinstance(document, dict):
        raise MalformedBody('the payload must be {"<thing>": [{"ts": ..., "values": {...}}]}')
    found = rows.Collector()
    row = 0
    for thing, entries in document.items():
        for entry in entries if isinstance(entries, list) else [entries]:
            for code, value, time in _values(entry):
                source = {"thing": thing, "property": code, "t": time, "v": value}
                found.read(row, source, lambda given: _named_point(given, resolve))
                row += 1
    return found.parsed()


def _values(entry: Any) -> list[tuple[str, Any, Any]]:
    if not isinstance(entry, dict) or not isinstance(entry.get("values"), dict):
        raise MalformedBody('an entry must be {"ts": ..., "values": {"<property>": ...}}')
    return [(code, value, entry.get("ts")) for code, value in entry["values"].items()]


def _named_point(given: dict[str, Any], resolve: rows.Resolve) -> tuple[int, int, float]:
    ds = named(given["thing"], given["property"], resolve)
    return ds, rows.stamp(given["t"]), rows.number(given["v"])
