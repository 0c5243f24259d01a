"""A chat server that answers as it is told: rightly, slowly, wrongly, without end."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


class ChatServer:
    """What it was asked is in `asked`; `behaviour` answers."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.over = threading.Event()
        self.behaviour: Behaviour = says({})

    @property
    def told(self) -> str:
        """All that the last request told the model."""
        return "\n".join(one["content"] for one in self.asked[-1]["messages"])


def says(value: Any, finish: str = "stop") -> Behaviour:
    """Answer with a completion whose words are a value as JSON, or a text as it stands."""
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return answers({"choices": [{"message": {"content": words}, "finish_reason": finish}]})


def answers(body: Any, status: int = 200, **headers: str) -> Behaviour:
    """Answer with a body as JSON, or bytes as they are."""
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()

    def behave(here: BaseHTTPRequestHandler, _asked: dict[str, Any]) -> None:
        here.send_response(status)
        for name, value in headers.items():
            here.send_header(name.replace("_", "-"), value)
        here.send_header("Content-Length", str(len(content)))
        here.end_headers()
        here.wfile.write(content)

    return behave


def drips(server: ChatServer, headers: bool = False) -> Behaviour:
    """Send a sign every 50 ms, without end: within every time-out of a single read."""

    def behave(here: BaseHTTPRequestHandler, _asked: dict[str, Any]) -> None:
        here.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"" if headers else b"\r\n"))
        while not server.over.wait(0.05):
            here.wfile.write(b"X-A: b\r\n" if headers else b" ")

    return behave


def floods(here: BaseHTTPRequestHandler, _asked: dict[str, Any]) -> None:
    """Send for ever, as fast as it goes."""
    here.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    until = time.monotonic() + 10
    while time.monotonic() < until:
        here.wfile.write(b"a" * 65_536)


@contextmanager
def chat_server() -> Iterator[ChatServer]:
    """Run a server on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_arguments: object) -> None:
            pass

        def do_GET(self) -> None:
            found.behaviour(self, {})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found.asked.append(body)
            found.headers.append(dict(self.headers))
            with suppress(OSError):  # who asked has gone
                found.behaviour(self, body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found = ChatServer(f"http://127.0.0.1:{server.server_port}/v1")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.over.set()
        server.shutdown()
        server.server_close()
