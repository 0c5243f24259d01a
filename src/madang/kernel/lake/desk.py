"""The lake's desk: takes requests on the Unix socket, has them answered, sends the answers.

Questions in SQL run in threads, beside the inserts. Services answer on the event loop, from state
in memory.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from madang.kernel.errors import Invalid, LimitReached, MadangError, NotFound
from madang.kernel.lake.service import Service
from madang.kernel.lake.store import Store
from madang.kernel.lake.wire import (
    LENGTHS,
    LONGEST_REQUEST,
    Answer,
    Request,
    frame,
    packed_columns,
    packed_table,
    refusal,
)
from madang.kernel.tracing import span

log = logging.getLogger(__name__)
_THREADS = 4  # as many questions at a time; the others wait
_WAITING = 64  # questions that may wait before more are turned away
_CONNECTIONS = 256


class Desk:
    """Answers questions about one store and its services."""

    def __init__(
        self,
        path: Path,
        store: Store,
        services: Mapping[str, Service],
        status: Callable[[], dict[str, Any]],
    ) -> None:
        self._path = path
        self._store = store
        self._services = services
        self._status = status
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="question")
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self._asked = self._refused = self._in_hand = 0
        self._since = time.monotonic()

    async def open(self) -> None:
        """Listen on the socket; only this user may connect."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path.unlink(missing_ok=True)  # left by a process that was killed
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._welcome, str(self._path))
        finally:
            os.umask(before)

    async def close(self) -> None:
        """Take no more requests, cut off who is connected, end the threads."""
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await asyncio.to_thread(self._threads.shutdown, cancel_futures=True)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, request by request, until it ends or speaks nonsense."""
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            if len(self._open) > _CONNECTIONS:
                busy = LimitReached(f"the lake serves {_CONNECTIONS} connections; close some")
                await _send(writer, refusal(busy))
                return
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went away
        except asyncio.CancelledError:
            log.debug("lake: a connection is cut off, the lake stops")
        finally:
            self._open.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False if the connection cannot go on."""
        first = await reader.readexactly(LENGTHS.size)
        head_size, body_size = LENGTHS.unpack(first)
        if body_size or head_size > LONGEST_REQUEST:
            self._refused += 1
            await _send(writer, refusal(Invalid("not a request of the lake, or too long")))
            return False
        try:
            request = msgspec.msgpack.decode(await reader.readexactly(head_size), type=Request)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            self._refused += 1
            await _send(writer, refusal(Invalid(f"not a request of the lake: {error}")))
            return False
        self._asked += 1
        answer, body = await self._answered(request)
        await _send(writer, answer, body)
        return True

    async def _answered(self, request: Request) -> tuple[Answer, memoryview | bytes]:
        try:
            if request.kind == "status":
                return Answer(status=await self._full_status()), b""
            with span(f"lake.{request.kind}", service=request.service, op=request.op):
                return Answer(), await self._table(request)
        except MadangError as error:
            self._refused += 1
            return refusal(error), b""
        except Exception:
            log.exception("lake: %s %s.%s failed", request.kind, request.service, request.op)
            return refusal(MadangError("the lake made a mistake; its log says more")), b""

    async def _table(self, request: Request) -> memoryview | bytes:
        if request.kind == "query":
            return await self._in_thread(self._queried, request)
        if request.kind == "ask":
            return _packed(request, self._asked_of(request))
        raise Invalid(f"the lake knows no request {request.kind!r}")

    async def _in_thread(
        self, work: Callable[[Request], memoryview | bytes], request: Request
    ) -> memoryview | bytes:
        if self._in_hand >= _THREADS + _WAITING:
            raise LimitReached("too many questions wait for the lake; ask again in a second")
        self._in_hand += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, work, request)
        finally:
            self._in_hand -= 1

    def _queried(self, request: Request) -> memoryview | bytes:
        return _packed(request, self._store.query(request.sql, request.parameters))

    def _asked_of(self, request: Request) -> pa.Table:
        service = self._services.get(request.service)
        if service is None:
            raise NotFound(
                f"the lake runs no service {request.service!r}; it runs {sorted(self._services)}"
            )
        return service.answer(request.op, request.arguments)

    async def _full_status(self) -> dict[str, Any]:
        own = await asyncio.to_thread(self._status)
        return {
            **own,
            "services": sorted(self._services),
            "asked": self._asked,
            "refused": self._refused,
            "in_hand": self._in_hand,
            "connections": len(self._open),
            "up_s": time.monotonic() - self._since,
        }


def _packed(request: Request, table: pa.Table) -> memoryview | bytes:
    return packed_columns(table) if request.plain else packed_table(table)


async def _send(writer: asyncio.StreamWriter, head: Answer, body: bytes | memoryview = b"") -> None:
    for part in frame(head, body):
        writer.write(part)
    await writer.drain()
