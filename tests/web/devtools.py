"""The browser's own protocol (Chrome DevTools Protocol) where the driver does not reach.

The driver hands on commands to a page, and no events; a service worker is a target of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx


class Target:
    """One page or worker that answers commands and tells events."""

    def __init__(self, address: str) -> None:
        from websocket import create_connection

        self._socket = create_connection(address, timeout=20, suppress_origin=True)
        self._number = 0
        self.events: list[dict[str, Any]] = []

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Return the command's result; events that come before it are kept in `events`."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}
        self._socket.send(json.dumps(command))
        while True:
            told = json.loads(self._socket.recv())
            if told.get("id") == self._number:
                assert "error" not in told, f"{method}: {told['error']}"
                result: dict[str, Any] = told["result"]
                return result
            self.events.append(told)

    def event(self, method: str) -> dict[str, Any]:
        """Return what the next event of that name tells; waits for it."""
        while True:
            told = self.events.pop(0) if self.events else json.loads(self._socket.recv())
            if told.get("method") == method:
                parameters: dict[str, Any] = told["params"]
                return parameters

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression; a promise is waited for."""
        told = self.send(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def close(self) -> None:
        """Let go of the target."""
        self._socket.close()


@contextmanager
def attached(browser: Any, kind: str, part: str = "") -> Iterator[Target]:
    """Attach to the browser's target of a kind (``page``, ``service_worker``) by its address."""
    host = browser.capabilities["goog:chromeOptions"]["debuggerAddress"]
    listed = httpx.get(f"http://{host}/json/list", timeout=20).json()
    found = [t for t in listed if t["type"] == kind and part in t["url"]]
    assert found, f"no {kind} with {part!r} among {[(t['type'], t['url']) for t in listed]}"
    target = Target(found[0]["webSocketDebuggerUrl"])
    try:
        yield target
    finally:
        target.close()
