"""Signs of life of processes, in the system of record."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from madang.kernel import times
from madang.kernel.models import Heartbeat

INTERVAL_S = 5.0
SILENT_AFTER = timedelta(seconds=20)
_TOKEN = secrets.token_hex(4)  # in a container every life has the same host and process id


@dataclass(frozen=True)
class Life:
    """A process that has given a sign of life of late."""

    process: str
    host: str
    pid: int
    started_at: datetime
    beat_at: datetime
    detail: dict[str, Any]


def identity(kind: str) -> str:
    """Return the name of this process among all lives of its kind: ``worker@host:pid.token``."""
    return f"{kind}@{socket.gethostname()}:{os.getpid()}.{_TOKEN}"


def beat(kind: str, started_at: datetime, **detail: Any) -> None:
    """Give a sign of life of this process."""
    Heartbeat.objects.update_or_create(
        process=identity(kind),
        defaults={
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "started_at": started_at,
            "beat_at": times.now(),
            "detail": detail,
        },
    )


def leave(kind: str) -> None:
    """Say that this process ends in order."""
    Heartbeat.objects.filter(process=identity(kind)).delete()


def alive(kind: str) -> list[Life]:
    """Return the processes of a kind that gave a sign of life within 20 s.

    A process of this host that is gone does not count, however fresh its sign.
    """
    rows = Heartbeat.objects.filter(
        process__startswith=f"{kind}@", beat_at__gt=times.now() - SILENT_AFTER
    )
    return [
        Life(row.process, row.host, row.pid, row.started_at, row.beat_at, row.detail)
        for row in rows
        if _may_live(row)
    ]


def _may_live(row: Heartbeat) -> bool:
    if row.host != socket.gethostname():
        return True
    if row.pid == os.getpid():
        return row.process.endswith(_TOKEN)
    try:
        os.kill(row.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # lives under another account
        return True
    return True


def forget_silent(kind: str) -> int:
    """Remove the signs of processes that are gone; return how many."""
    living = [life.process for life in alive(kind)]
    silent = Heartbeat.objects.filter(process__startswith=f"{kind}@").exclude(process__in=living)
    return silent.delete()[0]
