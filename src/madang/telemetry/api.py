"""The door of telemetry.

Times are ms since 1970-01-01 UTC in columns and aware datetimes in arguments; values are in the
observed property's unit. Columns `q` are as in docs/explanation/spine.md.
"""

from __future__ import annotations

from madang.telemetry.gateways import (
    Gateway,
    create_gateway,
    enable_gateway,
    gateway_of,
    gateways,
    rotate_key,
)
from madang.telemetry.history import hours, latest, series
from madang.telemetry.keys import Credentials, credentials
from madang.telemetry.stations import Datastream, Station, datastreams, stations

__all__ = [
    "Credentials",
    "Datastream",
    "Gateway",
    "Station",
    "create_gateway",
    "credentials",
    "datastreams",
    "enable_gateway",
    "gateway_of",
    "gateways",
    "hours",
    "latest",
    "rotate_key",
    "series",
    "stations",
]
