"""What telemetry announces."""

from __future__ import annotations

from typing import ClassVar

from madang.kernel.events import Event


class Detection(Event, frozen=True, kw_only=True):
    """A detector opened or closed for a datastream.

    `at` is the stamp of the observation, or end of the hour, that decided. `id` follows from
    detector, datastream, state and stamp, so that a detection that is found again after a crash is
    the same event.
    """

    NAME: ClassVar[str] = "telemetry.detection"

    detector: str
    datastream: int
    property: str
    state: str
    value: float


class Silence(Event, frozen=True, kw_only=True):
    """Datastreams of one gateway fell silent (`opened`) or are heard again (`closed`).

    One event for all that one look at the clock found, since a gateway falls silent as a whole.
    """

    NAME: ClassVar[str] = "telemetry.silence"

    gateway: int
    state: str
    datastreams: list[int]
