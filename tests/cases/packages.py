"""Service packages for tests of cases: those that ship, and small ones made here."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from madang.cases import api
from madang.cases.case_packages import Pinned
from madang.services.api import Package, read_package

SERVICES = Path(__file__).parents[2] / "cities" / "seoul" / "services"
COPY = "resident-registration-copy"


@cache
def shipped(name: str) -> Package:
    """Return a package of Seoul's."""
    package, _sources, problems = read_package(SERVICES / name)
    assert package is not None, problems
    return package


def all_shipped() -> list[str]:
    """Return the names of Seoul's packages that stand for themselves."""
    names = sorted(path.parent.name for path in SERVICES.glob("*/service.yaml"))
    return [name for name in names if read_package(SERVICES / name)[0] is not None]


def lent(name: str = COPY, **changes: object) -> Pinned:
    """Return a package of Seoul's pinned in this process; `changes` are of its process."""
    package = shipped(name)
    if changes:
        process = msgspec.structs.replace(package.process, **changes)
        from dataclasses import replace

        package = replace(package, process=process)
    mark = "-".join(sorted(changes)) or "as-shipped"
    return api.lend(package, f"test-{name}-{mark}")
