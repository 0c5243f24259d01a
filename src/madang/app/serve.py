"""``python -m madang.app.serve web|stream``: a process of ours on granian."""

from __future__ import annotations

import sys

from granian import Granian
from granian.constants import Interfaces, Loops

from madang.kernel.config import settings

_WEB_THREADS = 4
_STREAM_BACKLOG = 4096


def web() -> None:
    """Serve pages and the JSON API: Django as WSGI, one worker process with threads."""
    Granian(
        "madang.app.wsgi:application",
        address="127.0.0.1",
        port=settings().web_port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=_WEB_THREADS,
        loop=Loops.asyncio,  # hardly used by WSGI, and lighter than uvloop
        respawn_failed_workers=True,
        log_access=False,
    ).serve()


def stream() -> None:
    """Serve the intake doors and live events: a small ASGI application, one worker process."""
    Granian(
        "madang.app.stream:application",
        address="127.0.0.1",
        port=settings().stream_port,
        interface=Interfaces.ASGI,
        workers=1,
        backlog=_STREAM_BACKLOG,
        respawn_failed_workers=True,
        log_access=False,
    ).serve()


if __name__ == "__main__":
    {"web": web, "stream": stream}[sys.argv[1]]()
