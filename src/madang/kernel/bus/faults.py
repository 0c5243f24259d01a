"""What the client library says went wrong, as errors of ours."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import nats.errors
import nats.js.errors

from madang.kernel.errors import Invalid, LimitReached, MadangError, Unavailable

_FULL = (10077, 10054)  # "maximum bytes exceeded", "message size exceeds maximum allowed"


async def translated(call: Awaitable[Any]) -> Any:
    """Return what `call` returns, with the client's errors turned into ours."""
    try:
        return await call
    except (nats.errors.Error, nats.js.errors.Error, OSError) as error:
        raise as_ours(error) from error


def as_ours(error: Exception) -> MadangError:
    """Return what the client library raised, as one of ours."""
    if isinstance(error, nats.errors.MaxPayloadError):
        return Invalid("the message is larger than the bus takes (8 MiB); send smaller batches")
    if isinstance(error, nats.errors.BadSubjectError | nats.errors.BadHeaderError):
        return Invalid(f"not a subject or header of the bus: {error}")
    if isinstance(error, nats.js.errors.APIError):
        if error.err_code in _FULL:
            return LimitReached(f"the stream is full: {error.description}", retry_after_s=10.0)
        return Unavailable(f"the bus refused: {error.description} ({error.err_code})")
    if isinstance(error, nats.js.errors.NoStreamResponseError):
        return Unavailable("no stream keeps this subject, or the bus is just starting")
    return Unavailable(f"the bus does not answer: {error or type(error).__name__}")
