"""What can go wrong at a door, as a whole; single rows are refused by a `RefusedRow` instead."""

from __future__ import annotations

from madang.kernel.errors import Invalid, MadangError, Unavailable


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
