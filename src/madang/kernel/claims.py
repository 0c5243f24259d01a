"""The claims register: what rooms claim, measured on this machine and kept with date and machine.

Each claim is measured in a process of its own, one after another, so that none disturbs the next
and a claim that crashes fails alone.
"""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from madang import __version__
from madang.kernel import times
from madang.kernel.config import settings
from madang.kernel.errors import NotFound
from madang.kernel.registry import Claim, load, registry

LIMIT_S = 900.0
MARK = "madang-figure "  # so that what a claim prints on the way is not taken for its result


@dataclass(frozen=True)
class Machine:
    """What a figure was measured on. `memory_gib` in GiB."""

    cpu: str
    cores: int
    memory_gib: float
    system: str
    python: str


@dataclass(frozen=True)
class Figure:
    """What was measured for one claim; `value` is None where `error` says why."""

    id: str
    value: float | None
    error: str
    measured_at: str
    took_s: float
    machine: Machine
    version: str


@dataclass(frozen=True)
class Kept:
    """A claim beside its newest figure; `held` is None where it was not measured yet."""

    room: str
    claim: Claim
    figure: Figure | None
    held: bool | None


def claims(room: str | None = None) -> list[tuple[str, Claim]]:
    """Return (room, claim) of all claims, or those of one room.

    Raises
    ------
    NotFound
        If that room claims nothing.
    """
    found = [(registry().room_of(claim), claim) for claim in registry().offers(Claim, room)]
    if room is not None and not found:
        raise NotFound(f"the room {room!r} has no claims")
    return found


def prove(room: str | None = None, say: Callable[[str], None] = lambda _text: None) -> list[Kept]:
    """Measure the claims one after another, keep the figures, return them."""
    chosen = claims(room)
    for number, (_, claim) in enumerate(chosen, 1):
        say(f"[{number}/{len(chosen)}] {claim.id} (up to {claim.takes_s:g} s): {claim.what}")
        figure = measure(claim)
        say(f"    {figure.error.strip() or f'{figure.value:g} {claim.unit}'}")
        _keep(figure)
    return kept(room)


def kept(room: str | None = None) -> list[Kept]:
    """Return all claims with the newest figure measured on this instance."""
    figures = _figures()
    found = registry().offers(Claim, room)
    return [
        Kept(registry().room_of(claim), claim, figures.get(claim.id), held(claim, figures))
        for claim in found
    ]


def held(claim: Claim, figures: dict[str, Figure]) -> bool | None:
    """Return whether the newest figure reaches the goal; None where there is none."""
    figure = figures.get(claim.id)
    if figure is None or figure.value is None:
        return None
    if claim.better == "higher":
        return figure.value >= claim.goal
    return figure.value <= claim.goal


def measure(claim: Claim, limit_s: float = LIMIT_S) -> Figure:
    """Run the claim's target in a process of its own and return what it measured."""
    began, clock = times.now(), time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "madang.kernel.claims", claim.target],
            capture_output=True,
            text=True,
            timeout=limit_s,
            check=False,
        )
        value, error = _outcome(done.stdout, done.stderr, done.returncode)
    except subprocess.TimeoutExpired:
        value, error = None, f"no result within {limit_s:g} s"
    return Figure(
        id=claim.id,
        value=value,
        error=error,
        measured_at=began.isoformat(timespec="seconds"),
        took_s=round(time.monotonic() - clock, 1),
        machine=machine(),
        version=__version__,
    )


def _outcome(output: str, errors: str, code: int) -> tuple[float | None, str]:
    for line in reversed(output.splitlines()):
        if code == 0 and line.startswith(MARK):
            value = float(line.removeprefix(MARK))
            return (value, "") if math.isfinite(value) else (None, f"{value} is no figure")
    lines = errors.strip().splitlines() or [f"ended with exit status {code} and no result"]
    return None, "\n".join(lines[-20:])


def machine() -> Machine:
    """Return what this machine is."""
    import psutil

    return Machine(
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1,
        memory_gib=round(psutil.virtual_memory().total / 2**30, 1),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
    )


def _cpu() -> str:
    about = Path("/proc/cpuinfo")
    if about.exists():
        for line in about.read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def figures_file() -> Path:
    """Return where this instance keeps its figures."""
    return settings().data / "proof" / "figures.json"


def _figures() -> dict[str, Figure]:
    path = figures_file()
    rows: Sequence[dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.exists() else []
    figures = [Figure(**{**row, "machine": Machine(**row["machine"])}) for row in rows]
    return {figure.id: figure for figure in figures}


def _keep(figure: Figure) -> None:
    path = figures_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    figures = {**_figures(), figure.id: figure}
    part = path.with_suffix(".part")
    part.write_text(
        json.dumps([asdict(one) for one in figures.values()], ensure_ascii=False, indent=1),
        encoding="utf-8",
    )
    part.replace(path)


def _measure_here(target: str) -> None:
    """Measure one claim in this process and print the figure for the process that asked."""
    from madang.kernel import orm

    orm.ready()
    value = float(load(target)())
    sys.stdout.write(f"\n{MARK}{value!r}\n")


if __name__ == "__main__":
    _measure_here(sys.argv[1])
