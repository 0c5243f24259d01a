"""Pages of the services and their catalogue: requests, loading, what the rules say, per CPU-second.

Goals: 1,000 service pages per CPU-second (Open Forms measured 54 to 60), the catalogue of 4,200
services in 30 s. The services are those that ship; the catalogue has 4,200 lines made from them,
which cost the same to load as others.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.report import OURS, Bar, Report

SERVICES = 4200


def run(*, full: bool = False) -> Report:
    """Measure; `full` asks for five times as many pages."""
    report = Report(
        "services_pages",
        "the services that ship, and a catalogue of 4,200",
        bars=(
            Bar("a service page, kept", "requests_per_cpu_s", 1000),
            Bar("catalogue of 4,200", "load_s", 30),
        ),
    )
    times = 5 if full else 1
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MADANG_DATA"] = folder
        from madang.app.instance import publish_services
        from madang.kernel.orm import ready

        ready()
        from django.core.management import call_command

        call_command("migrate", interactive=False, verbosity=0, stdout=sys.stderr)
        publish_services()
        for name, rate in _pages(times).items():
            report.add(OURS, name, requests_per_cpu_s=rate)
        report.add(OURS, "eligibility", requests_per_cpu_s=_eligibility(times))
        report.add(OURS, "catalogue of 4,200", **_catalogue())
    return report


def _per_cpu_s(call: Callable[[int], Any], count: int) -> float:
    begun = time.process_time()
    for number in range(count):
        call(number)
    return count / (time.process_time() - begun)


def _pages(times: int) -> dict[str, float]:
    """Return pages per CPU-second through all of Django: kept ones, and rendered anew."""
    from django.test import Client

    from madang.services.catalogue import catalogue

    client = Client(SERVER_NAME="localhost")
    ids = sorted(catalogue().by_id)

    def asked(address: str) -> None:
        assert client.get(address).status_code == 200

    asked(f"/services/{ids[0]}/")
    asked("/services/")
    return {
        "a service page, kept": _per_cpu_s(lambda _n: asked(f"/services/{ids[0]}/"), 1000 * times),
        "the list, kept": _per_cpu_s(lambda _n: asked("/services/"), 1000 * times),
        "a service page, rendered anew": _per_cpu_s(
            lambda n: asked(f"/services/{ids[n % len(ids)]}/?n={n}"), 60 * times
        ),
    }


def _eligibility(times: int) -> float:
    """Return evaluations with reasons per CPU-second, through the API, with the tests' facts."""
    from django.test import Client

    from madang.services.catalogue import catalogue
    from madang.services.versions import current

    client = Client(SERVER_NAME="localhost")
    asked = [
        (one, test.facts)
        for one in sorted(catalogue().by_id)
        for test in current(one).package.tests[:1]
    ]

    def ask(number: int) -> None:
        service, facts = asked[number % len(asked)]
        address = f"/api/v1/services/{service}/eligibility"
        answer = client.post(address, {"facts": facts}, content_type="application/json")
        assert answer.status_code == 200, answer.content

    for number in range(len(asked)):
        ask(number)
    return _per_cpu_s(ask, 200 * times)


def _catalogue() -> dict[str, float]:
    """Return how long 4,200 lines take to load and to search, and what they weigh."""
    from madang.services import catalogue as rooms
    from madang.services.catalogue import Wish, catalogue
    from madang.services.models import PublishedPackage

    shipped = list(PublishedPackage.objects.filter(district=""))
    rows = []
    for number in range(SERVICES - len(shipped)):
        row = shipped[number % len(shipped)]
        name = f"{row.service}-{number}"
        rows.append(
            PublishedPackage(
                service=name, version=row.version, hash=f"{number:064x}", sources="", house="",
                entry={**row.entry, "id": name}, body=row.body, key=row.key,
                signature=row.signature, published_at=row.published_at, published_by="bench",
            )
        )  # fmt: skip
    PublishedPackage.objects.bulk_create(rows, batch_size=200)
    rooms._kept = None
    before, begun = _resident_mb(), time.perf_counter()
    known = catalogue()
    loaded = time.perf_counter() - begun
    assert len(known) == SERVICES
    wish = Wish(words="증명")
    known.found(wish, "ko")
    return {
        "load_s": loaded,
        "memory_mb": _resident_mb() - before,
        "searches_per_cpu_s": _per_cpu_s(lambda _n: known.found(wish, "ko"), 100),
    }


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6
