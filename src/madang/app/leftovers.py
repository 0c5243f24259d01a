"""What a supervisor left behind that was killed outright.

Its children end by themselves (PR_SET_PDEATHSIG), but they take their time to do so in order, and
one that hangs does not. A new start waits for them, so that it meets neither their ports nor two
owners of one lake.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import psutil

from madang.app.supervisor import Child

PATIENCE_S = 45.0
"""What remains after this long is killed; the longest orderly stop, the lake's, takes 30 s."""
_SAME_START_S = 2.0  # between noting a child's start and the system's own note of it


class _Noted(msgspec.Struct):
    processes: list[Child]


def end_leftovers(
    data: Path, say: Callable[[str], None], patience_s: float = PATIENCE_S
) -> list[int]:
    """Return the ids of processes of a former supervisor, all of which have ended now.

    The caller holds the lock of the data folder, so that no other supervisor lives. A process
    counts only if it started when the list says: ids are given anew.
    """
    noted = data / "run" / "processes.json"
    try:
        children = msgspec.json.decode(noted.read_bytes(), type=_Noted).processes
    except (FileNotFoundError, msgspec.DecodeError):
        return []
    families = {child.name: _family(child) for child in children}
    waiting = [process for family in families.values() for process in family]
    if waiting:
        names = ", ".join(name for name, family in families.items() if family)
        say(f"the last start was killed; waiting for {names} to end")
        for process in waiting:
            _ask(process.terminate)
        _, stubborn = psutil.wait_procs(waiting, patience_s)
        for process in stubborn:
            _ask(process.kill)
        psutil.wait_procs(stubborn, 5)
    noted.unlink(missing_ok=True)
    return [process.pid for process in waiting]


def _family(child: Child) -> list[psutil.Process]:
    """Return the process that the list means, if it lives, and all below it."""
    try:
        process = psutil.Process(child.pid)
        if abs(process.create_time() - child.started_at) > _SAME_START_S:
            return []
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def _ask(call: Callable[[], None]) -> None:
    try:
        call()
    except psutil.NoSuchProcess:
        return
