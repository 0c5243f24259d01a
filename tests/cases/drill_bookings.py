"""Book the same few places from many threads on a SQLite file; print what came of it as JSON.

Run by test_drill.py in a process of its own, whose MADANG_DATA is a fresh folder.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from madang.access.api import ANONYMOUS, maintenance  # noqa: E402
from madang.cases import api, appointments  # noqa: E402
from madang.cases.models import Appointment, Seat  # noqa: E402
from madang.city.api import profile  # noqa: E402
from madang.kernel.errors import Conflict  # noqa: E402

THREADS, VISITORS = 8, 120


def main() -> None:
    call_command("migrate", verbosity=0)
    today = profile().today()
    free = api.free_slots("11440", "welfare-advice", today, today + timedelta(days=7))
    starts = [one.start for one in free][:12]

    def one(number: int) -> str:
        try:
            visitor = api.Visitor("김영수", "ko", "sms", f"010-1234-{number:04d}")
            start = starts[number % len(starts)]
            appointments.book(ANONYMOUS, api.Booking("11440", "welfare-advice", start, visitor))
            return "done"
        except Conflict as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        ends = Counter(pool.map(one, range(VISITORS)))
    per_slot = Counter(Seat.objects.values_list("start", flat=True))
    with maintenance("drill"):
        made = Appointment.objects.count()
    json.dump(
        {
            "ends": ends,
            "booked": made,
            "seats": Seat.objects.count(),
            "most": max(per_slot.values()),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
