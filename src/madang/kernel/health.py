"""Run what the rooms offer as `HealthCheck`, each within its time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from madang.kernel.errors import MadangError
from madang.kernel.registry import HealthCheck, load, registry

LIMIT_S = 2.0


@dataclass(frozen=True)
class Check:
    """How one check went; `problem` is empty where all is well, `took_ms` in milliseconds."""

    name: str
    ok: bool
    problem: str
    took_ms: float


@dataclass(frozen=True)
class Health:
    """How the instance is."""

    ok: bool
    checks: tuple[Check, ...]


def health(checks: Sequence[HealthCheck] | None = None, limit_s: float = LIMIT_S) -> Health:
    """Run all checks side by side and return how they went after `limit_s` seconds at most."""
    offers = registry().offers(HealthCheck) if checks is None else checks
    probes = [_Probe(offer) for offer in offers]
    deadline = time.monotonic() + limit_s
    results = tuple(probe.result(deadline, limit_s) for probe in probes)
    return Health(all(check.ok for check in results), results)


class _Probe:
    """One check in a thread of its own: a check that hangs holds up nobody."""

    def __init__(self, offer: HealthCheck) -> None:
        self._offer = offer
        self._began = time.monotonic()
        self._done: tuple[str, float] | None = None
        self._thread = threading.Thread(target=self._run, name=offer.name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        problem = _problem(load(self._offer.target))
        self._done = (problem, (time.monotonic() - self._began) * 1000)

    def result(self, deadline: float, limit_s: float) -> Check:
        self._thread.join(max(0.0, deadline - time.monotonic()))
        problem, took = self._done or (f"no answer within {limit_s:g} s", limit_s * 1000)
        return Check(self._offer.name, not problem, problem, round(took, 1))


def _problem(probe: Callable[[], str | None]) -> str:
    from django.db import connections

    try:
        return probe() or ""
    except MadangError as error:
        return error.message
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connections.close_all()  # those of this thread


def database() -> str | None:
    """Say whether the system of record answers and has the present schema."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(missing)} migrations are missing; run 'madang migrate'" if missing else None


def worker() -> str | None:
    """Say whether a worker has given a sign of life of late."""
    from madang.kernel.heartbeat import alive

    return None if alive("worker") else "no worker has given a sign of life for 20 s"
