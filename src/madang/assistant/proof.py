"""What the planner claims, measured: scenarios that are exact, plans per CPU-second."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

from madang.assistant import api

CITY = "seoul"
ON = date(2026, 11, 24)
MOVE: dict[str, Any] = {
    "from": "강남구", "to": "마포구", "date": "2026-12-20", "tenure": "lease",
    "contract_date": "2026-12-01", "deposit": 300_000_000, "monthly_rent": 0, "schoolchild": True,
    "bulky_waste": True, "own_water_bill": False, "foreign": False,
}  # fmt: skip


def scenarios_exact() -> float:
    """Return which share of the reference city's scenarios has no difference, per cent."""
    ran = api.scenarios(city=CITY)
    return 100.0 * sum(not one.differences for one in ran) / len(ran)


def plans_per_cpu_s(count: int = 200) -> float:
    """Return plans of a move per CPU-second, from facts as they are told to a whole plan."""
    city = api.city_of(CITY)
    api.plan("move", MOVE, city=city, on=ON)  # reads the files once
    begun = time.process_time()
    for _ in range(count):
        found = api.plan("move", MOVE, city=city, on=ON)
        assert found.steps
        assert not found.questions
    return count / (time.process_time() - begun)
