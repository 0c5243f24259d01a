"""The public id of an observation: its datastream and its time, since the lake keys by both.

It is text, ``'<ds>-<t in ms>'``, in SensorThings paths ``Observations('12-1700000000000')``. A
number would not do: datastream and millisecond together pass the 2^53 that JSON readers keep exact
(RFC 8259 §6).
"""

from __future__ import annotations

import re
from typing import NamedTuple

_FORM = re.compile(r"(\d{1,10})-(-?\d{1,15})\Z")


class ObservationKey(NamedTuple):
    """Datastream and phenomenon time in ms since 1970-01-01 UTC."""

    ds: int
    t_ms: int


def observation_id(ds: int, t_ms: int) -> str:
    """Return the public id.

    >>> observation_id(12, 1700000000000)
    '12-1700000000000'
    """
    return f"{ds}-{t_ms}"


def observation_key(public: str) -> ObservationKey | None:
    """Return datastream and time of a public id, or None if it has another form.

    >>> observation_key('12-1700000000000')
    ObservationKey(ds=12, t_ms=1700000000000)
    """
    found = _FORM.match(public)
    return ObservationKey(int(found[1]), int(found[2])) if found else None
