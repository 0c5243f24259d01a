"""What must be so before an instance starts, and what `madang doctor` looks at."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from madang.app.doors import speaks_seoul
from madang.app.hardening import check_public_url
from madang.app.processes import binary
from madang.kernel.config import Settings
from madang.kernel.errors import Conflict, MadangError, Unavailable
from madang.kernel.ports import is_free
from madang.records import api as records
from madang.web import api as web

_LEAST_FREE_BYTES = 512 << 20
_EXTRAS = {
    "postgres": ("psycopg", "PostgreSQL as system of record"),
    "otel": ("opentelemetry.sdk", "traces to an OpenTelemetry collector"),
    "cluster": ("ray", "batch jobs on several machines (Ray and Daft)"),
}


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `level` is ``ok``, ``off`` (a feature that is not there) or ``bad``."""

    what: str
    level: str
    message: str


def ports(here: Settings) -> dict[str, tuple[str, int]]:
    """Return every port this instance listens on: name -> (host, port)."""
    wanted = {
        "portal": (here.host, here.front_port),
        "web (internal)": ("127.0.0.1", here.web_port),
        "stream (internal)": ("127.0.0.1", here.stream_port),
    }
    if speaks_seoul(here.city):
        wanted["Seoul dialect"] = (here.host, here.dialect_port)
    if not here.nats_url:
        wanted["MQTT"] = (here.host, here.mqtt_port)
        wanted["bus (internal)"] = ("127.0.0.1", here.bus_port)
        wanted["bus monitor (internal)"] = ("127.0.0.1", here.bus_monitor_port)
    return wanted


def taken_ports(here: Settings) -> list[str]:
    """Return a text for each port that somebody else holds."""
    return [
        f"{name}: port {port} on {host}"
        for name, (host, port) in ports(here).items()
        if not is_free(host, port)
    ]


def moved_side_doors(here: Settings) -> dict[str, int]:
    """Return new ports (setting -> port) for side doors whose usual port somebody holds.

    A demo must not fail because the machine already runs an MQTT broker; a city's own
    installation must not move a door silently, so production never does.
    """
    moved: dict[str, int] = {}
    if here.is_production:
        return moved
    doors = {"MQTT": here.mqtt}
    if speaks_seoul(here.city):
        doors["DIALECT"] = here.dialect
    for setting, base in doors.items():
        candidates = range(base + 1, min(base + 100, 65_000))
        if is_free(here.host, base + here.port_offset):
            continue
        free = (port for port in candidates if is_free(here.host, port + here.port_offset))
        if (port := next(free, None)) is not None:
            moved[f"MADANG_{setting}"] = port
    return moved


def check_start(here: Settings) -> None:
    """Raise what keeps this instance from starting, said plainly.

    Raises
    ------
    Unavailable
        If a program is missing, the disk is full, or a port is in use.
    Invalid
        In production without a public address over TLS.
    """
    check_public_url(here)
    for program in ("caddy", *(() if here.nats_url else ("nats-server",))):
        binary(program)
    check_disk(here)
    if taken := taken_ports(here):
        raise Unavailable(
            "a port is in use:\n  "
            + "\n  ".join(taken)
            + "\nstop the other program, or start with --port-offset 10000"
        )


def check_disk(here: Settings) -> None:
    """Raise if there is too little room; nothing may be written before this was asked.

    Raises
    ------
    Unavailable
        If fewer than 512 MiB are free where the data folder lies.
    """
    free = _free_bytes(here.data)
    if free < _LEAST_FREE_BYTES:
        raise Unavailable(
            f"only {free >> 20} MiB are free where {here.data} lies; "
            f"{_LEAST_FREE_BYTES >> 20} MiB are needed: make room, "
            "or name a folder on another disk with --data"
        )


def _free_bytes(data: Path) -> int:
    """Return the room where `data` is or would be."""
    return shutil.disk_usage(next(path for path in (data, *data.parents) if path.exists())).free


def hold_data_folder(here: Settings) -> IO[str]:
    """Return the open lock of the data folder; it is held until the file is closed.

    Raises
    ------
    Conflict
        If another instance runs in this folder.
    """
    path = here.data / "run" / "instance.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.open("a+", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        holder = lock.read().strip() or "?"
        lock.close()
        raise Conflict(f"an instance already runs in {here.data} (process {holder})") from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def findings(here: Settings) -> Iterable[Finding]:
    """Yield what a doctor would look at, worst said plainly."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", "ok" if sys.version_info >= (3, 11) else "bad", version)
    for program in ("caddy", "nats-server"):
        try:
            yield Finding(program, "ok", binary(program))
        except MadangError as error:
            yield Finding(program, "bad", error.message)
    yield _disk(here.data)
    taken = taken_ports(here)
    yield Finding("ports", "off" if taken else "ok", "; ".join(taken) or "all free")
    missing = web.missing_browser_assets()
    yield Finding(
        "browser assets",
        "off" if missing else "ok",
        f"maps and fonts: {missing}" if missing else "maps and fonts are here",
    )
    without = records.documents_off(here)
    yield Finding(
        "documents", "off" if without else "ok", without or "papers with signature can be issued"
    )
    for extra, (module, what) in _EXTRAS.items():
        there = importlib.util.find_spec(module.split(".")[0]) is not None
        text = what if there else f"{what}: not installed (extra '{extra}')"
        yield Finding(extra, "ok" if there else "off", text)


def _disk(data: Path) -> Finding:
    free = _free_bytes(data)
    level = "ok" if free >= _LEAST_FREE_BYTES else "bad"
    return Finding("disk", level, f"{free >> 20} MiB free where {data} lies")
