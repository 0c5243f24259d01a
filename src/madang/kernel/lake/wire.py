"""How the lake's clients and its server speak: frames on a Unix socket.

A frame is two lengths (4 bytes each, big endian), a msgpack head and a body. A request has no body;
an answer's body is an Arrow IPC stream, or msgpack where columns were asked for, or empty where the
head holds an error or the status. In msgpack a column of numbers is its buffer as it lies in memory
(both sides are on one machine), with the letter of its type; any other column is a list.
"""

from __future__ import annotations

import struct
from array import array
from typing import TYPE_CHECKING, Any

import msgspec

from madang.kernel import errors
from madang.kernel.errors import LimitReached, MadangError

if TYPE_CHECKING:
    import pyarrow as pa

LENGTHS = struct.Struct(">II")
_LETTERS = {
    "int8": "b", "int16": "h", "int32": "i", "int64": "q",
    "uint8": "B", "uint16": "H", "uint32": "I", "uint64": "Q",
    "float": "f", "double": "d",
}  # fmt: skip
LONGEST_REQUEST = 8 << 20  # bytes; `latest` of a million ids fits


class Request(msgspec.Struct, forbid_unknown_fields=True):
    """What is asked: ``query``, ``ask`` or ``status``; `plain` for an answer without Arrow."""

    kind: str
    sql: str = ""
    parameters: dict[str, Any] = {}
    service: str = ""
    op: str = ""
    arguments: dict[str, Any] = {}
    plain: bool = False


class Answer(msgspec.Struct):
    """The head of an answer; `error` is one of the codes of ``kernel.errors``, or empty."""

    error: str = ""
    message: str = ""
    fields: dict[str, str] = {}
    retry_after_s: float = 0.0
    status: dict[str, Any] = {}


def frame(head: Request | Answer, body: bytes | memoryview = b"") -> list[bytes | memoryview]:
    """Return the parts to send, in order."""
    packed = msgspec.msgpack.encode(head)
    return [LENGTHS.pack(len(packed), len(body)), packed, body]


def packed_table(table: pa.Table) -> memoryview:
    """Return the table as an Arrow IPC stream."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return memoryview(sink.getvalue())


class Numbers(msgspec.Struct):
    """A column of numbers; `kind` is a letter of the modules `struct` and `array`."""

    kind: str
    data: bytes


def packed_columns(table: pa.Table) -> bytes:
    """Return the table as msgpack, by column: read without Arrow."""
    return msgspec.msgpack.encode(
        {name: _packed_column(table.column(name)) for name in table.column_names}
    )


def _packed_column(column: pa.ChunkedArray) -> Numbers | list[Any]:
    kind = _LETTERS.get(str(column.type))
    if kind is None or column.null_count:
        values: list[Any] = column.to_pylist()
        return values
    width = struct.calcsize(kind)
    return Numbers(
        kind,
        b"".join(
            memoryview(part.buffers()[1])[part.offset * width : (part.offset + len(part)) * width]
            for part in column.chunks
            if len(part)
        ),
    )


def unpacked_columns(body: bytes) -> dict[str, Numbers | list[Any]]:
    """Return the columns in msgpack."""
    return msgspec.msgpack.decode(body, type=dict[str, Numbers | list[Any]])


def as_list(column: Numbers | list[Any]) -> list[Any]:
    """Return the values of a column."""
    if isinstance(column, list):
        return column
    return array(column.kind, column.data).tolist()


def unpacked_table(body: bytes) -> pa.Table:
    """Return the table in an Arrow IPC stream."""
    import pyarrow as pa

    with pa.ipc.open_stream(body) as reader:
        table: pa.Table = reader.read_all()
    return table


def refusal(error: MadangError) -> Answer:
    """Return the head that carries an error to the other side."""
    return Answer(
        error=_nearest(type(error)).code,
        message=error.message,
        fields=getattr(error, "fields", {}),
        retry_after_s=getattr(error, "retry_after_s", 0.0),
    )


def _nearest(kind: type[MadangError]) -> type[MadangError]:
    """Return the kernel's own error that a room's error derives from."""
    return next(base for base in kind.__mro__ if base in _BY_CODE.values())


def as_error(answer: Answer) -> MadangError:
    """Return the error that a head carries."""
    kind = _BY_CODE.get(answer.error, MadangError)
    if issubclass(kind, errors.Invalid):
        return errors.Invalid(answer.message, answer.fields)
    if issubclass(kind, LimitReached):
        return LimitReached(answer.message, retry_after_s=answer.retry_after_s)
    return kind(answer.message)


_BY_CODE: dict[str, type[MadangError]] = {
    kind.code: kind
    for kind in (
        errors.MadangError,
        errors.NotFound,
        errors.Invalid,
        errors.Conflict,
        errors.Forbidden,
        errors.Unauthenticated,
        errors.Unavailable,
        errors.LimitReached,
    )
}
