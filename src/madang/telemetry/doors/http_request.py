"""A request of the ASGI server: headers, and the body within its limit."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from madang.telemetry.doors.errors import MalformedBody, TooLarge, UnsupportedForm

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_BYTES = 8 << 20
"""Longest body as sent."""
UNPACKED_BYTES = 64 << 20
"""Most that a compressed body may unpack to."""
BODY_PATIENCE_S = 30.0
"""A body must be here within this time."""


class GoneAway(Exception):
    """The client left before its request was complete; nobody waits for an answer."""


def headers_of(scope: Scope) -> Mapping[str, str]:
    """Return the headers by their names in lower case."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


async def body_of(headers: Mapping[str, str], receive: Receive) -> bytes:
    """Return the body, unpacked where it came with ``Content-Encoding: gzip``.

    Raises
    ------
    TooLarge
        If it is above the limit, as sent or unpacked.
    UnsupportedForm
        If it is packed in another way.
    MalformedBody
        If it does not unpack, or did not arrive in time.
    """
    if int_of(headers.get("content-length", "")) > BODY_BYTES:
        raise _too_large()
    try:
        async with asyncio.timeout(BODY_PATIENCE_S):
            body = await _read(receive)
    except TimeoutError:
        raise MalformedBody(f"the body did not arrive within {BODY_PATIENCE_S:g} s") from None
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("identity", ""):
        return body
    if encoding != "gzip":
        raise UnsupportedForm(f"Content-Encoding {encoding!r} is not read; send gzip or plain")
    return _unpacked(body)


def int_of(text: str) -> int:
    """Return a whole number of a header, 0 where there is none."""
    return int(text) if text.isdecimal() else 0


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise GoneAway
        part = message.get("body", b"")
        length += len(part)
        if length > BODY_BYTES:
            raise _too_large()
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def _unpacked(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, UNPACKED_BYTES)
    except zlib.error as error:
        raise MalformedBody(f"the body is not gzip: {error}") from None
    if unpacker.unconsumed_tail:
        raise TooLarge(f"the body unpacks to more than {UNPACKED_BYTES} bytes; send it in parts")
    if not unpacker.eof:
        raise MalformedBody("the gzip body is cut off")
    return plain


def _too_large() -> TooLarge:
    return TooLarge(f"the body is longer than {BODY_BYTES} bytes; send it in parts")
