"""What a web process carries from its start: nothing that only few pages and processes use."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.system

# each of them weighs 5 to 40 MB; what needs one imports it where it is used
HEAVY = {
    "aiohttp", "asn1crypto", "chdb", "matplotlib", "numba", "pikepdf", "PIL", "polars", "psutil",
    "pyarrow", "pyhanko", "scipy", "segno", "weasyprint",
}  # fmt: skip
_LOADED = """
import json, sys
from madang.app import wsgi
from madang.kernel.registry import Page, load, registry
import madang.app.urls
for page in registry().offers(Page):
    load(page.target)
print(json.dumps(sorted(name for name in sys.modules if "." not in name)))
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
