"""Asking the lake from any other process, over its Unix socket.

    client.query("SELECT ds, max(t) AS t FROM obs WHERE ds = {ds:UInt32} GROUP BY ds", {"ds": 7})
    client.latest([7, 8])
    client.ask("telemetry", "health")

Calls block; in an event loop use ``asyncio.to_thread``. Each answers with an Arrow table, or with
columns as lists or as NumPy arrays, which a process may ask for that does without Arrow (it weighs
40 MB, and pandas comes with it); or it raises:
`Invalid` (wrong SQL or arguments), `LimitReached` (over the budget of one question), `NotFound`,
`Unavailable` (the lake is down; it comes back by itself under ``madang up``).
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from madang.kernel.config import settings
from madang.kernel.errors import Unavailable
from madang.kernel.lake.wire import (
    LENGTHS,
    Answer,
    Numbers,
    Request,
    as_error,
    as_list,
    frame,
    unpacked_columns,
    unpacked_table,
)

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

_TIMEOUT_S = 60.0
_IDLE_KEPT = 8


class LakeClient:
    """Connections to one lake, or to another process that speaks as it does (`name`).

    They are shared by the threads of this process.
    """

    def __init__(
        self, path: Path, *, timeout_s: float = _TIMEOUT_S, name: str = "the lake"
    ) -> None:
        self.path = path
        self.name = name
        self.timeout_s = timeout_s
        self._idle: list[socket.socket] = []
        self._pid = os.getpid()
        self._lock = threading.Lock()

    def query(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Return the answer to one SELECT; parameters as ``{name:Type}``."""
        return self._table(Request("query", sql=sql, parameters=dict(parameters or {})))

    def query_columns(
        self, sql: str, parameters: Mapping[str, object] | None = None
    ) -> dict[str, list[Any]]:
        """Return the answer to one SELECT as lists by column: for few rows."""
        return _lists(
            self._columns(Request("query", sql=sql, parameters=dict(parameters or {}), plain=True))
        )

    def query_arrays(
        self, sql: str, parameters: Mapping[str, object] | None = None
    ) -> dict[str, NDArray[Any]]:
        """Return the answer to one SELECT as arrays by column; text and times are objects."""
        return _arrays(
            self._columns(Request("query", sql=sql, parameters=dict(parameters or {}), plain=True))
        )

    def ask(self, service: str, op: str, /, **arguments: Any) -> pa.Table:
        """Return what a service in the lake process answers."""
        return self._table(Request("ask", service=service, op=op, arguments=arguments))

    def columns(self, service: str, op: str, /, **arguments: Any) -> dict[str, list[Any]]:
        """Return what a service answers as lists by column: for few rows."""
        return _lists(
            self._columns(Request("ask", service=service, op=op, arguments=arguments, plain=True))
        )

    def arrays(self, service: str, op: str, /, **arguments: Any) -> dict[str, NDArray[Any]]:
        """Return what a service answers as arrays by column."""
        return _arrays(
            self._columns(Request("ask", service=service, op=op, arguments=arguments, plain=True))
        )

    def body(self, service: str, op: str, /, **arguments: Any) -> bytes:
        """Return what a service answers as it is packed: for answers that are no columns."""
        asked = Request("ask", service=service, op=op, arguments=arguments, plain=True)
        return self._exchange(asked)[1]

    def status(self) -> dict[str, Any]:
        """Return what the lake says about itself: tables, sizes, services, questions."""
        answer, _body = self._exchange(Request("status"))
        return answer.status

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            for connection in self._idle:
                connection.close()
            self._idle.clear()

    def _table(self, request: Request) -> pa.Table:
        return unpacked_table(self._exchange(request)[1])

    def _columns(self, request: Request) -> dict[str, Numbers | list[Any]]:
        return unpacked_columns(self._exchange(request)[1])

    def _exchange(self, request: Request) -> tuple[Answer, bytes]:
        """Send a request and return the answer; a connection gone stale is replaced once."""
        parts = frame(request)
        connection = self._kept()
        if connection is not None:
            try:
                return self._over(connection, parts)
            except (ConnectionError, EOFError):
                pass  # the lake was started anew since; questions may be asked twice
        try:
            return self._over(self._connected(), parts)
        except TimeoutError:
            raise Unavailable(f"{self.name} did not answer within {self.timeout_s:.0f} s") from None
        except (OSError, EOFError) as error:
            raise Unavailable(
                f"{self.name} at {self.path} does not answer ({error}); is 'madang up' running?"
            ) from error

    def _over(
        self, connection: socket.socket, parts: Iterable[bytes | memoryview]
    ) -> tuple[Answer, bytes]:
        try:
            connection.sendall(b"".join(parts))
            head_size, body_size = LENGTHS.unpack(_exactly(connection, LENGTHS.size))
            head = msgspec.msgpack.decode(_exactly(connection, head_size), type=Answer)
            body = _exactly(connection, body_size)
        except BaseException:
            connection.close()
            raise
        self._keep(connection)
        if head.error:
            raise as_error(head)
        return head, body

    def _connected(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(self.timeout_s)
        try:
            connection.connect(str(self.path))
        except BaseException:
            connection.close()
            raise
        return connection

    def _kept(self) -> socket.socket | None:
        with self._lock:
            if self._pid != os.getpid():  # after a fork the parent goes on with the old ones
                self._idle, self._pid = [], os.getpid()
            return self._idle.pop() if self._idle else None

    def _keep(self, connection: socket.socket) -> None:
        with self._lock:
            if self._pid == os.getpid() and len(self._idle) < _IDLE_KEPT:
                self._idle.append(connection)
                return
        connection.close()


def _lists(columns: Mapping[str, Numbers | list[Any]]) -> dict[str, list[Any]]:
    return {name: as_list(column) for name, column in columns.items()}


def _arrays(columns: Mapping[str, Numbers | list[Any]]) -> dict[str, NDArray[Any]]:
    return {name: _array(column) for name, column in columns.items()}


def _array(column: Numbers | list[Any]) -> NDArray[Any]:
    import numpy as np

    if isinstance(column, Numbers):
        return np.frombuffer(column.data, column.kind)
    found: NDArray[np.object_] = np.empty(len(column), object)
    found[:] = column
    return found


def _exactly(connection: socket.socket, size: int) -> bytes:
    buffer = bytearray(size)
    view = memoryview(buffer)
    while view:
        received = connection.recv_into(view)
        if not received:
            raise EOFError("the connection was closed")
        view = view[received:]
    return bytes(buffer)


@cache
def _here() -> LakeClient:
    return LakeClient(settings().lake_socket)


def query(sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
    """Return the answer to one SELECT; parameters as ``{name:Type}``."""
    return _here().query(sql, parameters)


def query_columns(sql: str, parameters: Mapping[str, object] | None = None) -> dict[str, list[Any]]:
    """Return the answer to one SELECT as lists by column: for few rows.

    Times come as numbers only where the statement makes them such.
    """
    return _here().query_columns(sql, parameters)


def query_arrays(
    sql: str, parameters: Mapping[str, object] | None = None
) -> dict[str, NDArray[Any]]:
    """Return the answer to one SELECT as arrays by column; text and times are objects."""
    return _here().query_arrays(sql, parameters)


def latest(ids: Iterable[int] | None = None) -> dict[str, NDArray[Any]]:
    """Return the live state of these datastreams, or of all: ``ds, t, v, q, received``."""
    return _here().arrays("telemetry", "latest", ids=None if ids is None else [int(i) for i in ids])


def latest_columns(ids: Iterable[int], only: Sequence[str] = ()) -> dict[str, list[Any]]:
    """Return the live state of these datastreams as lists: ``ds, t, v, q, received``, or some."""
    return _here().columns("telemetry", "latest", ids=[int(i) for i in ids], only=list(only))


def ask(service: str, op: str, /, **arguments: Any) -> pa.Table:
    """Return what a service in the lake process answers."""
    return _here().ask(service, op, **arguments)


def columns(service: str, op: str, /, **arguments: Any) -> dict[str, list[Any]]:
    """Return what a service in the lake process answers as lists by column: for few rows."""
    return _here().columns(service, op, **arguments)


def status() -> dict[str, Any]:
    """Return what the lake says about itself: tables, sizes, services, questions."""
    return _here().status()


def problem() -> str | None:
    """Return what is wrong with the lake, or None (health check)."""
    from madang.kernel.health import PATIENCE_S

    client = LakeClient(settings().lake_socket, timeout_s=PATIENCE_S)
    try:
        client.status()
    except Unavailable as error:
        return error.message
    finally:
        client.close()
    return None
