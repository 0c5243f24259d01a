"""What records claim about money: books that sum to zero, and how many payments a core takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping

TRIES = 500
JOURNEYS = 150


def uneven_books() -> float:
    """Return how many of 500 tries to unbalance the books by SQL the database let through."""
    return measured("uneven", TRIES)["let_through"]


def journeys_per_cpu_s() -> float:
    """Return how many payments, from opening to booked money, one second of CPU time takes."""
    return measured("journeys", JOURNEYS)["journeys_per_cpu_s"]


def measured(act: str, count: int) -> Mapping[str, float]:
    """Return the figures of one act in an instance of its own (`proof.payment_load`)."""
    with tempfile.TemporaryDirectory(prefix="madang-payments-") as folder:
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("MADANG_")},
            "MADANG_DATA": folder,
        }
        command = [sys.executable, "-m", "madang.records.proof.payment_load", act, str(count)]
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
        found: Mapping[str, float] = json.loads(done.stdout.splitlines()[-1])
        return found
