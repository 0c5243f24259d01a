"""The front's configuration: what goes to the stream process, what to the web."""

from __future__ import annotations

import subprocess

import pytest

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
