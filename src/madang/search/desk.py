"""The desk of the search process: takes questions on the Unix socket, framed as the lake's are."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from madang.kernel.errors import Invalid, LimitReached, MadangError
from madang.kernel.lake.wire import LENGTHS, Answer, Request, frame, refusal

log = logging.getLogger(__name__)
Answering = Callable[[str, dict[str, Any]], Any]

_THREADS = 4
_WAITING = 64
_LONGEST = 1 << 20
"""Bytes of a request; a question of 100 kB fits and is cut to its first 1,000 characters."""


class SearchDesk:
    """Answers requests with a function; few at a time, the others wait, too many are turned away.

    Parameters
    ----------
    answering : (operation, arguments) → a value that msgpack can hold; raises `MadangError`.
    """

    def __init__(
        self, path: Path, answering: Answering, status: Callable[[], dict[str, Any]]
    ) -> None:
        self._path = path
        self._answering = answering
        self._status = status
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="question")
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self._in_hand = 0

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
        """Take no more questions, cut off who is connected, end the threads."""
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await asyncio.to_thread(self._threads.shutdown, cancel_futures=True)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the asker went away
        except asyncio.CancelledError:
            log.debug("search: a connection is cut off, the process stops")
        finally:
            self._open.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False if the connection cannot go on."""
        head_size, body_size = LENGTHS.unpack(await reader.readexactly(LENGTHS.size))
        try:
            if body_size or head_size > _LONGEST:
                raise Invalid("not a request of search, or too long")
            request = msgspec.msgpack.decode(await reader.readexactly(head_size), type=Request)
        except (Invalid, msgspec.MsgspecError, UnicodeDecodeError) as error:
            await _send(writer, refusal(Invalid(f"not a request of search: {error}")))
            return False
        await _send(writer, *await self._answered(request))
        return True

    async def _answered(self, request: Request) -> tuple[Answer, bytes]:
        if request.kind == "status":
            return Answer(status=self._status()), b""
        if self._in_hand >= _THREADS + _WAITING:
            return refusal(LimitReached("too many questions wait; ask again in a second")), b""
        self._in_hand += 1
        try:
            loop = asyncio.get_running_loop()
            found = await loop.run_in_executor(
                self._threads, self._answering, request.op, request.arguments
            )
            return Answer(), msgspec.msgpack.encode(found)
        except MadangError as error:
            return refusal(error), b""
        except Exception:
            log.exception("search: %s failed", request.op)
            return refusal(MadangError("search made a mistake; its log says more")), b""
        finally:
            self._in_hand -= 1


async def _send(writer: asyncio.StreamWriter, answer: Answer, body: bytes = b"") -> None:
    writer.writelines(frame(answer, body))
    await writer.drain()
