"""How much an Arrow IPC stream unpacks to, read from its headers before anything is unpacked.

A compressed buffer states its unpacked size in its first eight bytes, and the reader allocates
what it states. A few kilobytes may so ask for many gigabytes; the door looks first. Layout: Arrow
columnar format 1.5, "Serialization and Interprocess Communication", and Message.fbs.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from madang.telemetry.doors.errors import MalformedBody

_CONTINUATION = 0xFFFFFFFF
_RECORD_BATCH = 3  # MessageHeader.RecordBatch in Message.fbs
_BUFFERS = 2  # fields of RecordBatch: length, nodes, buffers, compression
_COMPRESSION = 3


def unpacked_bytes(body: bytes) -> int:
    """Return the bytes that all record batches of an IPC stream take in memory.

    Raises
    ------
    MalformedBody
        If the headers point outside the body.
    """
    try:
        return sum(_batch_bytes(head, inner) for head, inner in _messages(memoryview(body)))
    except (struct.error, IndexError, ValueError):
        raise MalformedBody("the body is not an Arrow IPC stream: broken message header") from None


def _messages(body: memoryview) -> Iterator[tuple[memoryview, memoryview]]:
    """Yield (flatbuffer, message body) of each encapsulated message."""
    at = 0
    while at < len(body):
        (size,) = struct.unpack_from("<I", body, at)
        at += 4
        if size == _CONTINUATION:
            (size,) = struct.unpack_from("<I", body, at)
            at += 4
        if size == 0:
            return
        head = body[at : at + size]
        at += size
        length = _int64(head, _table(head, 0), 3)
        if length < 0 or at + length > len(body):
            raise ValueError("message body outside the stream")
        yield head, body[at : at + length]
        at += length


def _batch_bytes(head: memoryview, inner: memoryview) -> int:
    root = _table(head, 0)
    kind = _field(head, root, 1)
    header = _field(head, root, 2)
    if kind is None or header is None or head[kind] != _RECORD_BATCH:
        return len(inner)
    batch = _table(head, header)
    buffers = _field(head, batch, _BUFFERS)
    if buffers is None or _field(head, batch, _COMPRESSION) is None:
        return len(inner)
    vector = buffers + struct.unpack_from("<I", head, buffers)[0]
    (count,) = struct.unpack_from("<I", head, vector)
    if count * 16 > len(head):
        raise ValueError("more buffers than the header holds")
    return sum(_buffer_bytes(head, vector + 4 + 16 * i, inner) for i in range(count))


def _buffer_bytes(head: memoryview, at: int, inner: memoryview) -> int:
    offset: int
    length: int
    offset, length = struct.unpack_from("<qq", head, at)
    if offset < 0 or length < 0 or offset + length > len(inner):
        raise ValueError("buffer outside the message body")
    if length < 8:
        return length
    unpacked: int = struct.unpack_from("<q", inner, offset)[0]
    if unpacked < -1:
        raise ValueError("negative size")
    return length if unpacked == -1 else unpacked


def _table(head: memoryview, at: int) -> int:
    offset: int = struct.unpack_from("<I", head, at)[0]
    return at + offset


def _field(head: memoryview, table: int, index: int) -> int | None:
    """Return where a table's field lies, or None where it is not set."""
    vtable = table - struct.unpack_from("<i", head, table)[0]
    if vtable < 0:
        raise ValueError("vtable outside the header")
    (size,) = struct.unpack_from("<H", head, vtable)
    slot = 4 + 2 * index
    if slot >= size:
        return None
    (offset,) = struct.unpack_from("<H", head, vtable + slot)
    return table + offset if offset else None


def _int64(head: memoryview, table: int, index: int) -> int:
    at = _field(head, table, index)
    if at is None:
        return 0
    value: int = struct.unpack_from("<q", head, at)[0]
    return value
