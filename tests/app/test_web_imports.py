"""What a web process carries from its start: nothing that only few pages and processes use."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.system

# each of them weighs 1 to 40 MB; what needs one imports it where it is used
HEAVY = {
    "aiohttp", "asn1crypto", "chdb", "click", "croniter", "holidays", "httpx", "matplotlib",
    "numba", "OpenSSL", "pandas", "pikepdf", "PIL", "polars", "psutil", "pyarrow", "pyasn1",
    "pygments", "pyhanko", "rich", "scipy", "segno", "trio", "typst", "uvloop", "weasyprint",
    "webauthn",
}  # fmt: skip
_LOADED = """
import json, sys
from madang.app import wsgi
import madang.kernel.bus.sync
from madang.kernel.registry import Page, load, registry
import madang.app.urls
for page in registry().offers(Page):
    load(page.target)
for line in sys.argv[1:]:
    exec(line)
print(json.dumps(sorted(name for name in sys.modules if "." not in name and sys.modules[name])))
"""


def test_a_web_process_with_all_its_pages_is_light(tmp_path, monkeypatch):
    monkeypatch.setenv("MADANG_DATA", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", _LOADED], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "django" in loaded
    assert not loaded & HEAVY


_VISITS = """
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
client = Client(headers={"host": "localhost"})
for path in ("/", "/air/", "/offices/", "/status/", "/sign-in/", "/account/new/", "/services/",
             "/air/11110/hours.parquet", "/api/v1/telemetry/latest", "/api/v1/telemetry/stations",
             "/maps/sensors.json", "/alerts/"):
    assert client.get(path).status_code in (200, 404, 503), path
"""


def test_visits_do_not_bring_in_what_is_heavy(tmp_path, monkeypatch):
    monkeypatch.setenv("MADANG_DATA", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, _VISITS], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert not set(json.loads(done.stdout.splitlines()[-1])) & HEAVY
