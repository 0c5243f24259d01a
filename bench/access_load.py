"""What looking costs, on an empty instance of its own; prints figures as JSON.

``python -m bench.access_load PEOPLE`` with `MADANG_DATA` set to a fresh folder.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from madang.kernel import orm

APPENDS = 2_000
READS = 2_000


def main(people: int) -> dict[str, float]:
    """Return CPU microseconds of reads and of looks, and audit entries a second."""
    orm.ready()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    return {**_appends(), **_reads(), **_looks(people)}


def _appends() -> dict[str, float]:
    from django.db import transaction

    from madang.kernel import audit

    def entry() -> Any:
        return audit.entry("account:1", "access.decide", "dataset:x", detail={"rows": ["all"]})

    began = time.perf_counter()
    for _ in range(APPENDS):
        with transaction.atomic():
            audit.append([entry()])
    each_s = time.perf_counter() - began
    began = time.perf_counter()
    for _ in range(APPENDS // 100):
        with transaction.atomic():
            audit.append(entry() for _ in range(100))
    grouped_s = time.perf_counter() - began
    return {"appends_per_s": APPENDS / each_s, "grouped_appends_per_s": APPENDS / grouped_s}


def _reads() -> dict[str, float]:
    """Return the CPU time of one read by key [us]: open, guarded, and with rows and columns cut."""
    from madang.access.api import Actor, maintenance, purpose, system_actor
    from madang.identity.models import Person

    with maintenance("load"):
        person = Person.objects.create(district="11440")
    me = Actor("account:1", person=str(person.pk), aal=1, ial=2)

    def read() -> object:
        return Person.objects.filter(pk=person.pk).first()

    with maintenance("load"):
        plain = _cpu_us(read)
    with purpose(system_actor("load"), "keep-people"):
        guarded = _cpu_us(read)
    with purpose(me, "own-record"):
        limited = _cpu_us(read)

    def opening() -> None:
        with purpose(me, "own-record"):
            read()

    return {
        "open_read_us": plain,
        "guarded_read_us": guarded,
        "limited_read_us": limited,
        "scope_us": _cpu_us(opening, READS // 10),
    }


def _looks(people: int) -> dict[str, float]:
    from madang.access.api import Actor, maintenance, purpose, system_actor
    from madang.identity.models import Person

    with maintenance("load"):
        Person.objects.bulk_create((Person() for _ in range(people)), batch_size=5_000)
    clerk = Actor("account:2", roles=frozenset({"clerk"}), aal=2, ial=2)
    found = {}
    for name, actor in (("clerk", clerk), ("job", system_actor("load"))):
        began = time.perf_counter()
        with purpose(actor, "keep-people"):
            seen = sum(1 for _ in Person.objects.iterator())
            read_s = time.perf_counter() - began
        found[f"{name}_reads_s"] = read_s
        found[f"{name}_look_s"] = time.perf_counter() - began - read_s
        assert seen >= people, seen
    return found


def _cpu_us(work: Callable[[], object], times: int = READS) -> float:
    for _ in range(20):
        work()
    began = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began) / times * 1e6


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]))) + "\n")
