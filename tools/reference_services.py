"""The services that ship for Seoul, as the lines of a page, from their packages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from madang.city.loader import load
from madang.services.life_events import life_events
from madang.services.packages.package import Package
from madang.services.packages.reader import read_package
from madang.services.ready import folders_of

SEOUL = Path(__file__).parents[1] / "cities" / "seoul"
LEAD = (
    "Each is a folder of data in `cities/seoul/services/`. R0 gives information, R1 must be "
    "granted to whoever meets the law, R2 may go against somebody, R3 leaves the officer a choice. "
    "Only R0 and R1 are ever granted by rules alone; nothing is refused by them."
)


def lines() -> Iterator[str]:
    """Yield the services under each life event, and the packages of districts."""
    found = [_package(folder) for folder in folders_of(SEOUL / "services")]
    city = [package for package in found if not package.extends]
    yield f"{len(city)} services, {len(life_events(load(SEOUL)))} life events."
    for event in life_events(load(SEOUL)):
        yield from ("", f"## {event.names['en']} ({event.names['ko']})", "")
        yield "| service | | title | limit |"
        yield "|---|---|---|---|"
        for package in sorted(city, key=lambda one: one.id):
            if event.id in package.service.life_events:
                yield _row(package)
    yield from ("", "## Districts' own", "")
    for package in found:
        if package.extends:
            yield f"- `{package.extends}` in {package.district}: {package.service.title}"


def _row(package: Package) -> str:
    title = f"{package.translations['en'].texts['service.title']} ({package.service.title})"
    kind = package.process.decision_class
    return f"| `{package.id}` | {kind} | {title} | {package.service.deadline} |"


def _package(folder: Path) -> Package:
    package, _, problems = read_package(folder)
    assert package is not None, f"{folder}: {problems}"
    return package
