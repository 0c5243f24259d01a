"""Six cities, one walk: each in a process of its own, because settings belong to one city."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from madang.city.api import known_cities

pytestmark = pytest.mark.system
HERE = Path(__file__).parent
SIX = ["addis_ababa", "bogota", "jakarta", "phnom_penh", "seoul", "ulaanbaatar"]


def test_six_cities_come_with_the_house():
    assert known_cities() == SIX


# with each run the one whose script is least like Seoul's, where all other tests live
ALWAYS = ("addis_ababa",)
CITIES = [city if city in ALWAYS else pytest.param(city, marks=pytest.mark.long) for city in SIX]


@pytest.mark.parametrize("city", CITIES)
def test_the_same_walk_leads_through_every_city(city, tmp_path):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MADANG_", "PYTEST_"))}
    done = subprocess.run(
        [
            *[sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"],
            *["--confcutdir", str(HERE.parent), str(HERE / "journey_of_a_city.py")],
        ],
        cwd=HERE.parents[1],
        env={**environment, "MADANG_CITY": city},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
