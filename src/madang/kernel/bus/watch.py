"""Watching our own bus server: what is wrong with it, and the one thing that mends it.

A stream that once met a full disk takes nothing more until the server is started anew, also after
there is room again (NATS 2.15). Nothing acknowledged is lost by that, but somebody must end the
server; the supervisor starts it at once. The lake process runs `keep_writable`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import shutil
import signal
from http.client import HTTPConnection, HTTPException

from madang.kernel.bus.server import running_pid
from madang.kernel.config import Settings, settings
from madang.kernel.health import PATIENCE_S

log = logging.getLogger(__name__)
_EVERY_S = 5.0
_ROOM = 64 << 20  # bytes free before a restart is worth it


def problem() -> str | None:
    """Return what is wrong with this instance's bus, or None (health check)."""
    return problem_of(settings())


def problem_of(here: Settings) -> str | None:
    """Return what is wrong with the bus, in words for the operator, or None."""
    if here.nats_url:
        return None  # watched by its own operator; our readers and writers say if it is away
    words = _server_says(here)
    if words is not None and "no space left" in words:
        return f"the bus cannot write to {here.data / 'bus'}: the disk is full; make room"
    return words


def _server_says(here: Settings) -> str | None:
    # not httpx, which a web process that asks this for its status page would load for nothing else
    line = HTTPConnection("127.0.0.1", here.bus_monitor_port, timeout=PATIENCE_S)
    try:
        line.request("GET", "/healthz")
        answer = line.getresponse()
        body = answer.read()
    except TimeoutError:
        return f"the bus server has not answered for {PATIENCE_S:g} s"
    except (OSError, HTTPException) as error:
        return f"the bus server does not answer on port {here.bus_monitor_port}: {error}"
    finally:
        line.close()
    if answer.status == 200:
        return None
    return f"the bus server is not well: {_error_in(body)}"


def _error_in(body: bytes) -> str:
    try:
        return str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        return body.decode("utf-8", "replace")


def mended(here: Settings) -> bool:
    """End the server if it is stuck after a full disk and there is room again."""
    words = _server_says(here) if not here.nats_url else None
    if words is None or "write error" not in words:
        return False
    pid = running_pid(here)
    if pid is None or shutil.disk_usage(here.data).free < _ROOM:
        return False
    log.warning("bus: %s; there is room again, the server is started anew", words)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    return True


async def keep_writable(here: Settings) -> None:
    """Look after the server every 5 seconds until cancelled."""
    while True:
        await asyncio.sleep(_EVERY_S)
        await asyncio.to_thread(mended, here)
