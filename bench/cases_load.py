"""Cases in a fresh instance of its own; prints JSON: ``python -m bench.cases_load COUNT KEPT``.

COUNT cases go through opening, assigning, asking, answering and refusing; then KEPT are put beside
them, half of them closed, and the pages of an officer are asked for.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

SERVICE = "resident-registration-copy"
FACTS = {"copy_kind": "household", "copies": 2, "show_numbers": False}
ASKED = 20  # times that each page is asked for
OURS = "madang"


def main(count: int, kept: int) -> None:
    """Print figures by who did it and what."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MADANG_DATA"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.app.settings")
        from madang.kernel import orm

        orm.ready()
        from django.core.management import call_command

        call_command("migrate", interactive=False, verbosity=0)
        found = {OURS: worked(count), "Django, one plain row": plain_rows(count)}
        number = spread(kept)
        found[OURS] |= looked(number)
        print(json.dumps(found))


def worked(count: int) -> dict[str, dict[str, float]]:
    """Return CPU milliseconds of each verb, and how many a CPU-second."""
    from madang.access.api import Actor, system_actor
    from madang.cases.api import Asked, act, open_case
    from madang.city.loader import cities_folder
    from madang.services import api as services

    services.publish(cities_folder() / "seoul" / "services" / SERVICE, system_actor("command-line"))
    package = services.current(SERVICE).hash
    person = "00000000-0000-7000-8000-0000000000a1"
    kim = Actor("account:kim", "Kim", person=person, ial=2, aal=2)
    han = _officer()

    def opened(key: str) -> str:
        made = open_case(
            package_hash=package, subject=person, facts=FACTS, actor=kim, channel="web", key=key
        )
        return made.number

    steps: dict[str, Callable[[str], Any]] = {
        "assign": lambda n: act(n, "assign", han, Asked(target="me")),
        "ask": lambda n: act(n, "ask", han, Asked(reasons="몇 통입니까?", missing=("copies",))),
        "answer": lambda n: act(n, "answer", kim, Asked(facts={"copies": 3})),
        "decide": lambda n: act(n, "refuse", han, Asked(reasons="등록 없음")),
    }
    first = opened("warm")
    for step in steps.values():
        step(first)
    found, numbers = {}, []
    begun = time.process_time()
    numbers = [opened(f"k{n}") for n in range(count)]
    found["open"] = _figures(time.process_time() - begun, count)
    for name, step in steps.items():
        found[name] = _each(step, numbers)
    return found


def _officer() -> Any:
    from madang.access.api import Actor

    return Actor("account:han", "han", frozenset({"officer"}), aal=2, ial=2)


def _each(step: Callable[[str], Any], numbers: Iterable[str]) -> dict[str, float]:
    listed = list(numbers)
    begun = time.process_time()
    for number in listed:
        step(number)
    return _figures(time.process_time() - begun, len(listed))


def _figures(took: float, count: int) -> dict[str, float]:
    return {"cpu_ms": 1000 * took / count, "per_cpu_s": count / took}


def plain_rows(count: int) -> dict[str, dict[str, float]]:
    """Return the cost of one row of one plain table, written in a transaction of its own."""
    from django.db import transaction

    from madang.cases.models import CaseSerial

    begun = time.process_time()
    for _number in range(count):
        with transaction.atomic():
            CaseSerial.objects.create()
    return {"open": _figures(time.process_time() - begun, count)}


def spread(kept: int) -> str:
    """Put many cases beside the others, half of them closed; return the number of one of them."""
    from django.db import connection

    from madang.access.api import maintenance
    from madang.cases.models import Case
    from madang.kernel import times
    from madang.kernel.events import new_id

    now = times.now()
    with maintenance("bench: many cases"):
        like = Case.objects.exclude(head="").first()
        assert like is not None
        values = {f.attname: getattr(like, f.attname) for f in Case._meta.concrete_fields}
        for start in range(0, kept, 5_000):
            rows = []
            for n in range(start, min(start + 5_000, kept)):
                closed = n % 2 == 0
                received = now - timedelta(minutes=n)
                rows.append(
                    Case(
                        **values
                        | {
                            "id": new_id(), "number": f"9{n:09d}", "intake": f"{n:064x}",
                            "state": "refused" if closed else "received",
                            "state_kind": "final" if closed else "open",
                            "outcome": "refused" if closed else "",
                            "decided_by": "account:han" if closed else "",
                            "assignee": "account:han" if n % 100 == 1 else "",
                            "district": str(11110 + 30 * (n % 25)),
                            "received_at": received, "due": received + timedelta(days=14),
                            "closed_at": now if closed else None,
                        }
                    )
                )  # fmt: skip
            Case.objects.bulk_create(rows)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return str(like.number)


def looked(number: str) -> dict[str, dict[str, float]]:
    """Return what the pages of an officer cost: CPU and clock, the middle of `ASKED`."""
    from madang.cases import queues
    from madang.cases.api import events_for

    han = _officer()
    pages: dict[str, Callable[[], Any]] = {
        "queue page": lambda: queues.queue(han),
        "list of what is late": lambda: queues.queue(han, "overdue"),
        "list of one's own": lambda: queues.queue(han, "mine"),
        "queue, page 200": lambda: queues.queue(han, start=200 * queues.PAGE),
        "counts of the lists": lambda: queues.counts(han),
        "services with work": lambda: queues.services_in(han),
        "search by number": lambda: queues.queue(han, number=number),
        "history": lambda: events_for(han, number),
    }
    return {name: _page(ask) for name, ask in pages.items()}


def _page(ask: Callable[[], Any]) -> dict[str, float]:
    assert ask() is not None
    cpu, wall = [], []
    for _time in range(ASKED):
        at, clock = time.process_time(), time.perf_counter()
        ask()
        cpu.append((time.process_time() - at) * 1000)
        wall.append((time.perf_counter() - clock) * 1000)
    return {"cpu_ms": statistics.median(cpu), "ms": statistics.median(wall)}


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
