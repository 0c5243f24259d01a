"""The stream process: intake doors and live events, composed from what the rooms offer.

A small ASGI application: `StreamRoute` offers by path and method, `StreamTask` offers for the
life of the process. It writes only to the bus.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog

from madang.kernel import metrics, orm, tracing
from madang.kernel.errors import MadangError, NotFound
from madang.kernel.logs import configure
from madang.kernel.problem import problem_document
from madang.kernel.registry import StreamRoute, StreamTask, load, registry

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
log = structlog.get_logger("madang.stream")


class Router:
    """Sends a request to the first offer whose methods and pattern fit."""

    def __init__(self, routes: list[StreamRoute]) -> None:
        self._routes: list[tuple[re.Pattern[str], frozenset[str], Application]] = [
            (re.compile(route.pattern), frozenset(route.methods), load(route.target))
            for route in routes
        ]

    def application(self, method: str, path: str) -> Application | None:
        """Return the application for a request, or None."""
        for pattern, methods, application in self._routes:
            if method in methods and pattern.match(path):
                return application
        return None


async def _answer_problem(send: Send, error: MadangError, path: str) -> None:
    status, headers, body = problem_document(error, instance=path)
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


class StreamApplication:
    """The ASGI application of the stream process."""

    def __init__(self) -> None:
        configure("stream")
        tracing.configure("stream")
        orm.ready()
        self._router = Router(registry().offers(StreamRoute))
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        application = self._router.application(scope["method"], scope["path"])
        if application is None:
            error = NotFound(f"nothing at {scope['method']} {scope['path']}")
            await _answer_problem(send, error, scope["path"])
            return
        await application(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                metrics.start_writing("stream")
                self._tasks = [
                    asyncio.create_task(_kept_running(task))
                    for task in registry().offers(StreamTask)
                ]
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)
                await send({"type": "lifespan.shutdown.complete"})
                return


async def _kept_running(offer: StreamTask) -> None:
    """Run a task for the life of the process; one that fails is logged and started again."""
    pause_s = 0.5
    while True:
        try:
            await load(offer.target)()
            return
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("stream task failed, starting it again", task=offer.name)
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, 10.0)


application = StreamApplication()
