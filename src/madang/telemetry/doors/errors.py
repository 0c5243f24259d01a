"""What can go wrong at a door, as a whole; single rows are refused by a `RefusedRow` instead."""

from __future__ import annotations

from collections.abc import Sequence

from madang.kernel.errors import Forbidden, Invalid, MadangError, NotFound, Unavailable
from madang.telemetry import refusals


class MalformedBody(Invalid):
    """The body cannot be read at all, so no row of it can be judged."""

    code = "malformed"
    http_status = 400


class TooLarge(MadangError):
    """The body, or what it unpacks to, is above the door's limit."""

    code = "too-large"
    http_status = 413


class UnsupportedForm(MadangError):
    """The content type or path names no form that this door reads."""

    code = "unsupported-form"
    http_status = 415


class DoorBusy(Unavailable):
    """The intake queue is full, or the bus did not confirm in time; send the same again later."""

    code = "busy"

    def __init__(self, message: str, *, retry_after_s: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class UnknownDatastream(NotFound):
    """The one observation of a request names a datastream that does not exist."""

    code = refusals.UNKNOWN_DATASTREAM


class ForbiddenDatastream(Forbidden):
    """The one observation of a request is for another gateway's datastream."""

    code = refusals.FORBIDDEN_DATASTREAM


class NotFinite(Invalid):
    """The one observation of a request has no finite result."""

    code = refusals.NOT_FINITE


class FutureStamp(Invalid):
    """The one observation of a request is ahead of the server's clock."""

    code = refusals.FUTURE_STAMP


class OutOfRangeTime(Invalid):
    """The one observation of a request is from before the lake's time."""

    code = refusals.OUT_OF_RANGE_TIME


class AllRefused(Invalid):
    """No row of a batch was accepted; `fields` names them."""

    code = "all-refused"


_SINGLE: Sequence[type[MadangError]] = (
    MalformedBody,
    UnknownDatastream,
    ForbiddenDatastream,
    NotFinite,
    FutureStamp,
    OutOfRangeTime,
)
_BY_CODE = {kind.code: kind for kind in _SINGLE}


def single_refusal(code: str, reason: str) -> MadangError:
    """Return the error that tells the sender of a single observation why it was refused."""
    return _BY_CODE[code](reason)
