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
from typing import Any

SERVICES = 4200


def rates() -> dict[str, float]:
    """Return the figures, measured on a database of its own that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MADANG_DATA"] = folder
        from madang.app.instance import publish_services
        from madang.kernel.orm import ready

        ready()
        from django.core.management import call_command

        call_command("migrate", interactive=False, verbosity=0, stdout=sys.stderr)
        publish_services()
        return {**_pages(), **_eligibility(), **_catalogue()}


def _per_cpu_s(call: Callable[[int], Any], count: int) -> float:
    begun = time.process_time()
    for number in range(count):
        call(number)
    return count / (time.process_time() - begun)


def _pages() -> dict[str, float]:
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
        "service pages, kept (1/CPU-s)": _per_cpu_s(lambda _n: asked(f"/services/{ids[0]}/"), 2000),
        "list of services, kept (1/CPU-s)": _per_cpu_s(lambda _n: asked("/services/"), 2000),
        "service pages, rendered anew (1/CPU-s)": _per_cpu_s(
            lambda n: asked(f"/services/{ids[n % len(ids)]}/?n={n}"), 100
        ),
    }


def _eligibility() -> dict[str, float]:
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
    return {"eligibility calls (1/CPU-s)": _per_cpu_s(ask, 300)}


def _catalogue() -> dict[str, float]:
    """Return how long 4,200 lines take to load and to search, and what they weigh."""
    from madang.services import catalogue as rooms
    from madang.services.catalogue import Wish, catalogue
    from madang.services.models import PublishedPackage

    shipped = list(PublishedPackage.objects.all())
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
        "catalogue of 4,200 loaded (s)": loaded,
        "its memory (MB)": _resident_mb() - before,
        "searches of 4,200 (1/CPU-s)": _per_cpu_s(lambda _n: known.found(wish, "ko"), 100),
    }


def _resident_mb() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6


def main() -> None:
    """Print the figures."""
    for name, value in rates().items():
        print(f"{name:44s} {value:10,.2f}")


if __name__ == "__main__":
    main()
