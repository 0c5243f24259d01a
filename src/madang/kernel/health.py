"""Run what the rooms offer as `HealthCheck`; tell what is slow from what is away.

A part that does not answer at once may be away, or only have much to do. Nobody waits for it longer
than `LIMIT_S`; its check goes on beside, and the next look finds what came of it. Only a part
that has not answered for `PATIENCE_S` is ill, and stays so until it answers.
"""

from __future__ import annotations

import importlib.util
import pkgutil
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from madang.kernel.errors import MadangError
from madang.kernel.registry import HealthCheck, load, registry

LIMIT_S = 2.0
PATIENCE_S = 10.0


@dataclass(frozen=True)
class Check:
    """How one check went; `problem` is empty where all is well, `took_ms` in milliseconds.

    `slow` is a part that has not answered yet; it counts as well for `PATIENCE_S`.
    """

    name: str
    ok: bool
    problem: str
    took_ms: float
    slow: bool = False


@dataclass(frozen=True)
class Health:
    """How the instance is."""

    ok: bool
    checks: tuple[Check, ...]


@dataclass
class Memory:
    """Checks that are still going on, and what was last found, by target."""

    going: dict[str, _Probe] = field(default_factory=dict)
    found: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def probe(self, offer: HealthCheck) -> _Probe:
        """Return the check that is going on, else one begun now."""
        with self.lock:
            key = str(offer.target)
            if key not in self.going:
                self.going[key] = _Probe(offer)
            return self.going[key]

    def done(self, probe: _Probe, problem: str) -> None:
        """Note what a check found."""
        with self.lock:
            if self.going.get(probe.key) is probe:
                del self.going[probe.key]
            self.found[probe.key] = problem


_memory = Memory()


def health(
    checks: Sequence[HealthCheck] | None = None,
    limit_s: float = LIMIT_S,
    *,
    patience_s: float = PATIENCE_S,
    memory: Memory = _memory,
) -> Health:
    """Run all checks side by side and return how they went after `limit_s` seconds at most."""
    offers = registry().offers(HealthCheck) if checks is None else checks
    probes = [memory.probe(offer) for offer in offers]
    deadline = time.monotonic() + limit_s
    results = tuple(probe.result(deadline, patience_s, memory) for probe in probes)
    return Health(all(check.ok for check in results), results)


class _Probe:
    """One check in a thread of its own: a check that hangs holds up nobody."""

    def __init__(self, offer: HealthCheck) -> None:
        self.key = str(offer.target)
        self._offer = offer
        self._began = time.monotonic()
        self._done: tuple[str, float] | None = None
        self._thread = threading.Thread(target=self._run, name=offer.name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        problem = _problem(load(self._offer.target))
        self._done = (problem, (time.monotonic() - self._began) * 1000)

    def result(self, deadline: float, patience_s: float, memory: Memory) -> Check:
        """Return how it went, or how it looks by the deadline [monotonic s]."""
        self._thread.join(max(0.0, deadline - time.monotonic()))
        if self._done is not None:
            problem, took_ms = self._done
            memory.done(self, problem)
            return Check(self._offer.name, not problem, problem, round(took_ms, 1))
        waited_s = time.monotonic() - self._began
        problem = memory.found.get(self.key, "")
        if waited_s >= patience_s:
            problem = f"no answer for {waited_s:.0f} s"
        took_ms = round(waited_s * 1000, 1)
        return Check(self._offer.name, not problem, problem, took_ms, slow=True)


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
    from django.db.migrations.recorder import MigrationRecorder

    missing = _migrations() - set(MigrationRecorder(connection).applied_migrations())
    return f"{len(missing)} migrations are missing; run 'madang migrate'" if missing else None


def _migrations() -> set[tuple[str, str]]:
    """Return application and name of each migration there is, without loading them (5 MB)."""
    from django.apps import apps

    found = set()
    for app in apps.get_app_configs():
        spec = importlib.util.find_spec(f"{app.name}.migrations")
        places = spec.submodule_search_locations if spec else None
        found |= {
            (app.label, module.name)
            for module in pkgutil.iter_modules(places or [])
            if module.name[0] not in "_~"  # as Django's own loader has it
        }
    return found


def worker() -> str | None:
    """Say whether a worker has given a sign of life of late."""
    from madang.kernel.heartbeat import alive

    return None if alive("worker") else "no worker has given a sign of life for 20 s"
