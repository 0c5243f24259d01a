"""What telemetry announces."""

from __future__ import annotations

from typing import ClassVar

from madang.kernel.events import Event


class Detection(Event, frozen=True, kw_only=True):
    """A detector opened or closed for a datastream (`detector` is `stale` for a silence).

    `at` is the stamp of the observation, or end of the hour, that decided; for `stale` the server's
    time. `id` follows from detector, datastream, state and stamp, so that a detection that is found
    again after a crash is the same event. `value` is None where there is none.
    """

    NAME: ClassVar[str] = "telemetry.detection"

    detector: str
    datastream: int
    property: str
    state: str
    value: float | None
