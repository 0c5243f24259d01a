"""Bookings and free times per CPU-second, with the places of 450 offices taken to two thirds.

A booking is all of it: rights, limits, seat, row behind the guard, audit, event, message.
Measured in a process of its own, on a SQLite file.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bench.report import OURS, Bar, Report

MATTER, OFFICE = "welfare-advice", "11440"
LOAD = "450 offices, two thirds taken"
_DAYS = 5


def run(*, full: bool = False) -> Report:
    """Measure; `full` books five times as many."""
    report = Report(
        "appointments",
        "booking a place at an office, and finding a free time",
        bars=(
            Bar(LOAD, "bookings_per_cpu_s", 100.0),
            Bar(LOAD, "office_weeks_per_cpu_s", 200.0),
        ),
    )
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ, "MADANG_DATA": folder, "MADANG_DATABASE_URL": "",
            "DJANGO_SETTINGS_MODULE": "madang.app.settings",
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "bench.appointments", str(1_000 if full else 200)],
            cwd=Path(__file__).parents[1], env=environment, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
    report.add(OURS, LOAD, **json.loads(done.stdout.splitlines()[-1]))
    return report


def measured(count: int) -> dict[str, float]:
    """Return the figures; the database is empty before."""
    from django.core.management import call_command

    from madang.access.api import ANONYMOUS
    from madang.cases import api, appointments
    from madang.city.api import profile

    call_command("migrate", verbosity=0)
    house, today = api.offices(), profile().today()
    last = today + timedelta(days=2 * _DAYS)
    found = house.serving(house.matter(MATTER))
    seats = _fill(found, today, last)
    free = [
        (one.id, slot.start)
        for one in found[:100]
        for slot in api.free_slots(one.id, MATTER, today, last)
    ]

    def book() -> None:
        for number in range(count):
            office, start = free[number * 7 % len(free)]
            visitor = api.Visitor(
                "김영수", "ko", "sms", f"010-{number // 9000 + 1000:04d}-{number % 9000:04d}"
            )
            appointments.book(ANONYMOUS, api.Booking(office, MATTER, start, visitor))

    def weeks() -> None:
        for number in range(count):
            api.free_slots(found[number % len(found)].id, MATTER, today, last)

    def everywhere() -> None:
        for _ in range(3):
            api.first_free(found, MATTER, today, last)

    return {
        "bookings_per_cpu_s": count / _cpu_s(book),
        "office_weeks_per_cpu_s": count / _cpu_s(weeks),
        "all_offices_ms": _cpu_s(everywhere) / 3 * 1000,
        "offices": float(len(found)),
        "seats_taken": float(seats),
    }


def _fill(found: list, first: object, last: object) -> int:
    """Take two of three seats of every slot; return how many rows that are."""
    from madang.cases.appointment_seats import capacity, open_days
    from madang.cases.models import Seat

    rows = []
    for one in found:
        for day in open_days([one], 30)[one.id]:
            if not first <= day <= last:
                continue
            for start, room in capacity(one, "welfare", day).items():
                rows += [
                    Seat(office=one.id, counter="welfare", start=start, number=n, holder="bench")
                    for n in range(room * 2 // 3)
                ]
    Seat.objects.bulk_create(rows, batch_size=5_000)
    return len(rows)


def _cpu_s(work: Callable[[], None]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(measured(int(sys.argv[1]))))
