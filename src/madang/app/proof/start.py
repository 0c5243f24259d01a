"""How quickly the command line answers, how quickly an instance starts, what memory it takes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from madang.app.proof.instance import Instance, until

_RUNS = 5
_SETTLED_S = 3.0


@dataclass(frozen=True)
class Demo:
    """The whole demo with its simulator: starts [s], memory of all processes [MiB]."""

    first_start_s: float
    later_start_s: float
    memory_mib: float
    by_process_mib: dict[str, float]
    datastreams: int


def help_s() -> float:
    """Return the seconds until `madang --help` has answered, the best of five."""
    took = []
    for _ in range(_RUNS):
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "madang.app", "--help"], capture_output=True, check=True
        )
        took.append(time.perf_counter() - begun)
    return min(took)


def first_start_s() -> float:
    """Return the seconds from `madang up` in an empty folder to the greeting."""
    with (
        tempfile.TemporaryDirectory(prefix="madang-proof-") as folder,
        Instance(Path(folder), "--no-sim") as instance,
    ):
        return instance.start_s


@cache
def demo() -> Demo:
    """Start the demo in an empty folder, let its whole city report, weigh it, start it again."""
    with tempfile.TemporaryDirectory(prefix="madang-proof-") as folder:
        with Instance(Path(folder)) as instance:
            first = instance.start_s
            datastreams, memory = _weighed(instance)
        with instance:
            return Demo(first, instance.start_s, sum(memory.values()), memory, datastreams)


def _weighed(instance: Instance) -> tuple[int, dict[str, float]]:
    """Return how many datastreams report, and the memory by program [MiB] once all of them do."""
    datastreams = until(lambda: _settled(instance), 120, "a report of every datastream")
    return datastreams, _memory(instance)


def _settled(instance: Instance) -> int:
    """Return how many datastreams there are once no more come and all have reported; 0 before."""
    known = _known(instance)
    time.sleep(_SETTLED_S)
    whole = {"station_class": "intersection", "limit": 1}  # the reference stations come first
    if not instance.get("/api/v1/telemetry/stations", params=whole).json()["items"]:
        return 0
    if not known or known != _known(instance):
        return 0
    answer = instance.get("/api/v1/telemetry/latest")
    return known if answer.status_code == 200 and len(answer.json()["ds"]) == known else 0


def _known(instance: Instance) -> int:
    answer = instance.get("/sta/v1.1/Datastreams", params={"$count": "true", "$top": 1})
    return int(answer.json()["@iot.count"]) if answer.status_code == 200 else 0


def _memory(instance: Instance) -> dict[str, float]:
    """Return MiB by program (proportional set size: shared memory counts once)."""
    return {
        name: sum(process.memory_full_info().pss for process in found) / 2**20
        for name, found in instance.programs().items()
    }


def memory_mib() -> float:
    """Return the memory of the whole demo [MiB] while its simulator reports."""
    with (
        tempfile.TemporaryDirectory(prefix="madang-proof-") as folder,
        Instance(Path(folder)) as instance,
    ):
        return sum(_weighed(instance)[1].values())
