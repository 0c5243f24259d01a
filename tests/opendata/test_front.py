"""Port 8088 of the real front: paths and absolute-form request lines reach the dialect."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from madang.app.front import write_caddyfile
from madang.app.processes import binary
from madang.kernel.config import settings
from madang.kernel.ports import free_offset

pytestmark = pytest.mark.system


class Echo(BaseHTTPRequestHandler):
    """Answers with the path that came."""

    def do_GET(self) -> None:
        content = self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments) -> None:
        pass


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    data = tmp_path_factory.mktemp("front")
    here = replace(settings(), data=data, port_offset=free_offset())
    web = HTTPServer(("127.0.0.1", here.web_port), Echo)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    command = [
        binary("caddy"),
        "run",
        "--config",
        write_caddyfile(here, []),
        "--adapter",
        "caddyfile",
    ]
    child = subprocess.Popen(list(map(str, command)), stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", here.dialect_port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield here
    finally:
        child.terminate()
        child.wait(10)
        web.shutdown()
        web.server_close()


def ask(port: int, line: str, host: str) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        request = f"{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        connection.sendall(request.encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    return body.decode()


WANTED = "/sample/json/RealtimeCityAir/1/5/%20/%EB%A7%88%ED%8F%AC%EA%B5%AC"


def test_the_path_reaches_the_dialect_as_it_is(front):
    found = ask(front.dialect_port, f"GET {WANTED}", f"localhost:{front.dialect_port}")
    assert found == f"/_dialect/seoul{WANTED}"


def test_a_client_behind_http_proxy_reaches_it_too(front):
    """HTTP_PROXY=http://us:8088 sends the whole address in the request line (RFC 9112, 3.2.2)."""
    host = "openapi.seoul.go.kr:8088"
    found = ask(front.dialect_port, f"GET http://{host}{WANTED}", host)
    assert found == f"/_dialect/seoul{WANTED}"
