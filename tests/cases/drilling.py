"""Drills of real processes on a database of their own: a SQLite file, or one on PostgreSQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

ROOT = Path(__file__).parents[2]
SERVER = os.environ.get("MADANG_TEST_POSTGRES", "")
NEEDS_SERVER = pytest.mark.skipif(
    not SERVER, reason="no PostgreSQL: tools/external_servers.py says where"
)


@contextmanager
def database(kind: str) -> Iterator[str]:
    """Make an empty database and yield its address; empty is the file in the data folder."""
    if kind == "sqlite":
        yield ""
        return
    import psycopg

    name = f"test_madang_drill_{os.getpid()}"
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}"))
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def run_drill(module: str, folder: Path, kind: str) -> dict[str, Any]:
    """Run a drill of tests/cases on a database of its own, and return what it printed."""
    with database(kind) as address:
        environment = {
            **os.environ,
            "MADANG_DATA": str(folder),
            "MADANG_DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "madang.app.settings",
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        }
        done = subprocess.run(
            [sys.executable, "-m", f"tests.cases.{module}", str(folder)],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=380, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
