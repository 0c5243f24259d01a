"""The front's configuration: what goes to the stream process, what to the web."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from madang.app import preflight
from madang.app.doors import public_ports
from madang.app.front import caddyfile, write_caddyfile
from madang.app.processes import binary
from madang.kernel.config import read_settings
from madang.kernel.registry import StreamRoute

ROUTES = [
    StreamRoute(r"^/sta/v1\.1/Observations/?$", ("POST",), "m:f", "key"),
    StreamRoute("^/events", ("GET",), "m:f", "public"),
]


def here(tmp_path, **more):
    return read_settings({"MADANG_DATA": str(tmp_path), **more})


def test_every_stream_route_has_a_handle(tmp_path):
    text = caddyfile(here(tmp_path, MADANG_PORT_OFFSET="100"), ROUTES)
    assert r'path_regexp "^/sta/v1\.1/Observations/?$"' in text
    assert text.count("reverse_proxy 127.0.0.1:18111") == len(ROUTES)
    assert "http://:8100 {" in text
    assert "http://:8188 {" in text


def test_a_city_that_does_not_speak_seouls_dialect_has_no_port_for_it(tmp_path):
    text = caddyfile(here(tmp_path, MADANG_CITY="bogota"), ROUTES)
    assert "http://:8000 {" in text
    assert "8088" not in text
    assert public_ports(here(tmp_path, MADANG_CITY="bogota")) == {"portal": 8000, "mqtt": 1883}
    assert "seoul_dialect" in public_ports(here(tmp_path))


@pytest.mark.system
def test_caddy_accepts_the_configuration(tmp_path):
    path = write_caddyfile(here(tmp_path), ROUTES)
    command = [binary("caddy"), "validate", "--config", str(path), "--adapter", "caddyfile"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


class _Echo(BaseHTTPRequestHandler):
    """Answers with the headers that the front handed on."""

    def do_GET(self) -> None:
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Stay silent."""


@pytest.fixture
def front(tmp_path):
    """A front before a web process that says what reaches it: `ask(mode, request lines)`."""
    offset = 21_500
    children = []
    web = ThreadingHTTPServer(("127.0.0.1", 18010 + offset), _Echo)
    threading.Thread(target=web.serve_forever, daemon=True).start()

    def start(**more: str) -> int:
        settings = here(tmp_path, MADANG_PORT_OFFSET=str(offset), **more)
        path = write_caddyfile(settings, ROUTES)
        command = [binary("caddy"), "run", "--config", str(path), "--adapter", "caddyfile"]
        children.append(subprocess.Popen(command, stderr=subprocess.DEVNULL))
        until = time.monotonic() + 30
        while preflight.is_free("127.0.0.1", settings.front_port):
            assert time.monotonic() < until, "the front did not start"
            time.sleep(0.05)
        return settings.front_port

    yield start
    for child in children:
        child.terminate()
        child.wait(20)
    web.shutdown()
    web.server_close()


def said(port: int, *lines: str) -> tuple[str, str]:
    """Return status line and body of a request written by hand."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        answer = b"".join(iter(lambda: line.recv(65536), b"")).decode()
    head, _, body = answer.partition("\r\n\r\n")
    return head.splitlines()[0], body


@pytest.mark.system
def test_a_name_in_the_request_line_reaches_us_as_the_host_and_is_not_lost(front):
    """Absolute form (RFC 9112, section 3.2.2): the web process judges the name that counts."""
    port = front()
    _, body = said(port, "GET http://evil.example/x HTTP/1.1", "Host: portal.example")
    assert json.loads(body)["host"] == "evil.example"
    status, _ = said(port, "GET / HTTP/1.1", "Host: a.example", "Host: b.example")
    assert " 400" in status
    status, _ = said(port, "GET / HTTP/1.1")
    assert " 400" in status


FORGED = ("X-Forwarded-For: 192.0.2.9", "X-Forwarded-Proto: https")


@pytest.mark.system
def test_in_a_demo_nobody_says_for_others_who_they_are(front):
    _, body = said(front(), "GET / HTTP/1.1", "Host: portal.example", *FORGED)
    headers = json.loads(body)
    assert (headers["x-forwarded-for"], headers["x-forwarded-proto"]) == ("127.0.0.1", "http")


@pytest.mark.system
def test_in_production_the_named_proxy_does(front):
    port = front(MADANG_MODE="production")
    forged = f"{FORGED[0].split(':')[0]}: 198.51.100.66, 192.0.2.9"
    _, body = said(port, "GET / HTTP/1.1", "Host: portal.example", forged, FORGED[1])
    headers = json.loads(body)
    # the last entry is what the proxy saw; what its client wrote before that counts for nothing
    assert (headers["x-forwarded-for"], headers["x-forwarded-proto"]) == ("192.0.2.9", "https")
