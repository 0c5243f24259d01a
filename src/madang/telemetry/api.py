"""The door of telemetry.

Times are ms since 1970-01-01 UTC in columns and aware datetimes in arguments; values are in the
observed property's unit. Columns `q` are as in docs/explanation/spine.md.
"""

from __future__ import annotations

from madang.telemetry.catalogue import load_catalogue
from madang.telemetry.gateways import (
    Gateway,
    create_gateway,
    enable_gateway,
    gateway_of,
    gateways,
    rotate_key,
)
from madang.telemetry.history import hours, latest, readings, series, snapshot
from madang.telemetry.keys import Credentials, credentials
from madang.telemetry.operations import (
    DeadLetter,
    Stale,
    dead_letter_counts,
    dead_letters,
    pipeline_counters,
    stale,
)
from madang.telemetry.refusals import CODES as REFUSAL_CODES
from madang.telemetry.stations import Datastream, Station, datastreams, stations

__all__ = [
    "REFUSAL_CODES",
    "Credentials",
    "Datastream",
    "DeadLetter",
    "Gateway",
    "Stale",
    "Station",
    "create_gateway",
    "credentials",
    "datastreams",
    "dead_letter_counts",
    "dead_letters",
    "enable_gateway",
    "gateway_of",
    "gateways",
    "hours",
    "latest",
    "load_catalogue",
    "pipeline_counters",
    "readings",
    "rotate_key",
    "series",
    "snapshot",
    "stale",
    "stations",
]
