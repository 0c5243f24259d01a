"""What the city room claims, measured."""

from __future__ import annotations

import subprocess
import sys

_COLD = """
from time import perf_counter
start = perf_counter()
from madang.city.api import profile
profile()
print((perf_counter() - start) * 1000)
"""
_RUNS = 5


def cold_start_ms() -> float:
    """Return the ms from nothing imported to the active profile in hand; the best of five."""
    times = [
        subprocess.run([sys.executable, "-c", _COLD], capture_output=True, text=True, check=True)
        for _ in range(_RUNS)
    ]
    return min(float(run.stdout) for run in times)
