"""The streams of the bus: made, and brought to their limits, as far as the disk has room."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

import nats.errors
import nats.js.errors
from nats.js import JetStreamContext, api

from madang.kernel.bus.faults import as_ours
from madang.kernel.bus.message import Stream

log = logging.getLogger(__name__)

_TRIES = 20  # to find room beside another process that is finding its own
_PAUSE_S = 0.25
_NAME_IN_USE = 10058  # "stream name already in use with a different configuration"
_NO_SPACE = 10047  # "insufficient storage resources available"
_SMALLEST_STREAM = 64 << 20  # bytes


async def ensure_streams(js: JetStreamContext, streams: Iterable[Stream]) -> None:
    """Create the streams, or bring existing ones to the given limits.

    Where the disk is too small for all, all take half, and half again, down to 64 MiB each, so
    that the first does not leave the last without any.
    """
    wanted, halvings, tries = list(streams), 0, 0
    while True:
        try:
            for stream in wanted:
                least = min(stream.max_bytes, _SMALLEST_STREAM)
                await _ensure(js, stream, max(stream.max_bytes >> halvings, least))
            return
        except nats.js.errors.APIError as error:
            if error.err_code != _NO_SPACE:
                raise as_ours(error) from error
            if any(stream.max_bytes >> halvings > _SMALLEST_STREAM for stream in wanted):
                halvings += 1
                log.warning("disk is short: streams take 1/%d of their room", 1 << halvings)
            elif tries < _TRIES:  # another process may be trying larger ones at this moment
                tries += 1
                await asyncio.sleep(_PAUSE_S)
            else:
                raise as_ours(error) from error
        except (nats.errors.Error, nats.js.errors.Error, OSError) as error:
            raise as_ours(error) from error


async def _ensure(js: JetStreamContext, stream: Stream, size: int) -> None:
    """Create a stream, or update it; it never gets smaller than what it holds."""
    try:
        info: api.StreamInfo = await js.stream_info(stream.name)
    except nats.js.errors.NotFoundError:
        try:
            await js.add_stream(_stream_config(stream, size))
            return
        except nats.js.errors.APIError as error:
            if error.err_code != _NAME_IN_USE:
                raise
        info = await js.stream_info(stream.name)  # another process was first
    await js.update_stream(_stream_config(stream, max(size, info.state.bytes)))


def _stream_config(stream: Stream, size: int) -> api.StreamConfig:
    return api.StreamConfig(
        name=stream.name,
        subjects=list(stream.subjects),
        max_age=stream.max_age_s,
        max_bytes=size,
        duplicate_window=stream.duplicate_window_s,
        discard=api.DiscardPolicy.NEW if stream.refuse_when_full else api.DiscardPolicy.OLD,
        storage=api.StorageType.FILE,
    )
