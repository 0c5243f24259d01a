"""CPU time of an application of five requests: begun, three pages answered, looked at once more.

    python -m bench.applications_load [--journeys 200]

Goal: at most 15 CPU ms a journey. Anchors, from the same kind of machine: a prototype of one table
10.2 ms; Open Forms 4.0 86 to 134 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from functools import cache

from django.test import Client

SERVICE = "resident-registration-copy"
ANSWERS = (
    ("kind", {"copy_kind": "household"}),
    ("numbers", {"show_numbers": "no"}),
    ("copies", {"copies": "2"}),
)


def main() -> None:
    """Print the CPU milliseconds of one journey as JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--journeys", type=int, default=200)
    count = options.parse_args().journeys
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MADANG_DATA"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.app.settings")
        print(json.dumps(measured(count), indent=2))


def measured(count: int) -> dict[str, float]:
    """Return CPU ms of a journey, the middle of three rounds of `count`."""
    import django

    django.setup()
    from django.core.management import call_command

    from madang.access.api import system_actor
    from madang.city.loader import cities_folder
    from madang.services import api as services

    call_command("migrate", verbosity=0)
    services.publish(cities_folder() / "seoul" / "services" / SERVICE, system_actor("command-line"))
    for _n in range(10):
        journey()
    rounds = []
    for _round in range(3):
        begun = time.process_time()
        for _n in range(count):
            journey()
        rounds.append((time.process_time() - begun) / count * 1000)
    return {"cpu_ms_per_journey": round(sorted(rounds)[1], 2), "goal": 15.0, "journeys": count}


@cache
def _client() -> Client:
    """Return the one client of all journeys: a server loads its middleware once, too."""
    return Client(headers={"host": "localhost"})


def journey() -> None:
    """Apply as somebody who is not signed in, up to the last look."""
    from madang.cases import drafts

    client = _client()
    client.cookies.clear()
    base = f"/apply/{SERVICE}/"
    answer = client.post(base, {"look": "yes"})
    for page, fields in ANSWERS:
        seen = drafts.seen(dict.fromkeys(fields))
        answer = client.post(f"{base}{page}/", {**fields, "seen": seen, "do": "next"})
        assert answer.status_code == 302, answer.content[:500]
    answer = client.get(f"{base}check/")
    assert answer.status_code == 200, answer.status_code


if __name__ == "__main__":
    main()
