"""Ten thousand people signed in at once: the table, opening, loading, saving, the web's memory.

The peer is Django's own database session on the same database with the same contents. Ours keeps
more: a hash instead of the key, the account to end sessions by, device and times of its own.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from bench.report import OURS, Bar, Report
from madang.web.figures import web_process

SHORT, FULL = 10_000, 100_000
PEER = "django db sessions"
PAGE = "/sign-in/kept-form/"  # asks who is signed in, and leads on: nothing is rendered
_BEFORE = 200
_FIGURES, _KEYS = "sessions.json", "session-keys.txt"


def run(*, full: bool = False) -> Report:
    """Measure; `full` opens 100,000 sessions."""
    number = FULL if full else SHORT
    load = f"{number:,} sessions"
    report = Report(
        "identity_sessions",
        "sessions of people signed in",
        bars=(
            Bar(load, "loads_per_cpu_s", 1_000.0),
            Bar(load, "bytes_each", 2_000.0),
            Bar(f"{load}, each asks once", "more_mb", 30.0),
        ),
    )
    with web_process(["-m", "bench.identity_sessions", str(number)]) as (port, process):
        folder = Path(process.environ()["MADANG_DATA"])
        for who, figures in json.loads((folder / _FIGURES).read_text()).items():
            report.add(who, load, **figures)
        keys = (folder / _KEYS).read_text().split()
        _ask(port, keys[:_BEFORE])
        before = _rss_mb(process)
        began = time.perf_counter()
        _ask(port, keys[_BEFORE:])
        report.add(
            OURS,
            f"{load}, each asks once",
            web_mb=_rss_mb(process),
            more_mb=_rss_mb(process) - before,
            requests_per_s=(len(keys) - _BEFORE) / (time.perf_counter() - began),
        )
    return report


def _ask(port: int, keys: list[str]) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for key in keys:
        line.request("GET", PAGE, headers={"Cookie": f"madang={key}"})
        answer = line.getresponse()
        answer.read()
        if answer.getheader("Location") != "/" or answer.getheader("Cache-Control") != "no-store":
            raise RuntimeError(f"{PAGE}: {answer.status}, not answered as to somebody signed in")
    line.close()


def _rss_mb(process: psutil.Process) -> float:
    family = [process, *process.children(recursive=True)]
    return float(sum(one.memory_info().rss for one in family) / 1e6)


def prepare(number: int) -> None:
    """Open, load and save `number` sessions of each kind; write figures and keys of ours."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.app.settings")
    from django.conf import settings

    settings.INSTALLED_APPS.append("django.contrib.sessions")
    import django

    django.setup()
    from django.contrib.sessions.backends.db import SessionStore as TheirStore
    from django.contrib.sessions.models import Session as TheirRow
    from django.db import connection

    from madang.identity.session_store import SessionStore as OurStore

    with connection.schema_editor() as editor:
        editor.create_model(TheirRow)
    figures: dict[str, dict[str, float]] = {}
    keys: dict[str, list[str]] = {}
    for who, store in ((PEER, TheirStore), (OURS, OurStore)):
        before = _database_bytes()
        figures[who], keys[who] = _measured(store, number)
        figures[who]["bytes_each"] = (_database_bytes() - before) / number
    folder = Path(os.environ["MADANG_DATA"])
    (folder / _FIGURES).write_text(json.dumps(figures))
    (folder / _KEYS).write_text("\n".join(keys[OURS]))


def _measured(store: Any, number: int) -> tuple[dict[str, float], list[str]]:
    def opened(n: int) -> str:
        one = store()
        one.update(_contents(n))
        one.create()
        return str(one.session_key)

    def load(n: int) -> None:
        if store(keys[n])["account"] != _account(n):
            raise RuntimeError("another session was loaded")

    def save(n: int) -> None:
        one = store(keys[n])
        one["wish"] = {"next": f"/air/{n}/"}
        one.save()

    keys: list[str] = []
    figures = _rates("opened", lambda n: keys.append(opened(n)), number)
    return figures | _rates("loads", load, number) | _rates("saves", save, number), keys


def _rates(name: str, one: Callable[[int], object], number: int) -> dict[str, float]:
    clock, cpu = time.perf_counter(), time.process_time()
    for n in range(number):
        one(n)
    used = time.process_time() - cpu
    return {
        f"{name}_per_cpu_s": number / used,
        f"{name}_per_s": number / (time.perf_counter() - clock),
    }


def _account(n: int) -> str:
    return f"01a20557-f7d3-766c-811b-{n:012d}"


def _contents(n: int) -> dict[str, Any]:
    """Return what `identity.sessions.open_session` keeps of somebody who signed in."""
    from datetime import timedelta

    from madang.kernel import times

    now = times.now()
    return {
        "account": _account(n),
        "device": "Chrome, Android",
        "expires_at": (now + timedelta(hours=1)).isoformat(),
        "person": f"01a20557-f7d3-766c-9000-{n:012d}",
        "name": "",
        "ial": 2,
        "idle": "resident",
        "on_behalf_of": "",
        "through": "",
        "mandate": "",
        "proofs": [{"amr": "passkey", "authenticator": _account(n), "at": now.isoformat()}],
        "opened": now.isoformat(),
        "authenticated": now.isoformat(),
    }


def _database_bytes() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    prepare(int(sys.argv[1]))
