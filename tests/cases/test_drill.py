"""Booking from many threads on the embedded store, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.system
def test_threads_on_a_sqlite_file_never_book_more_than_there_are_desks(tmp_path):
    environment = {
        **os.environ,
        "MADANG_DATA": str(tmp_path),
        "MADANG_DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "madang.app.settings",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.cases.drill_bookings"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert set(said["ends"]) == {"done", "slot-taken"}
    assert said["most"] <= 3
    assert said["ends"]["done"] == said["booked"] == said["seats"] / 2
