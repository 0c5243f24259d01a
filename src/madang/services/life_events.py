"""The groups of life events by which a city orders its services, from ``life_events.yaml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

from madang.kernel.data_files import read_yaml
from madang.kernel.shapes import mismatches
from madang.services.packages.words import Slug

if TYPE_CHECKING:
    from madang.city.api import Profile

FILE = "life_events.yaml"


class LifeEvent(Struct, frozen=True, forbid_unknown_fields=True):
    """Something that happens in a life, a household or a business; `names` by language tag.

    `senior` marks events of later life: in large type their services stand on the home page.
    """

    id: Slug
    names: dict[str, str]
    senior: bool = False


class LifeEvents(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file, in the order in which pages show them."""

    version: str
    events: Annotated[tuple[LifeEvent, ...], Meta(min_length=1)]


@lru_cache(maxsize=8)
def life_events(profile: Profile) -> tuple[LifeEvent, ...]:
    """Return a city's life events; none where it has no such file."""
    if "life_events" not in profile.rule_names:
        return ()
    told = profile.in_all_languages(dict(profile.rules("life_events")))
    return msgspec.convert(told, LifeEvents).events


def faults_of_file(path: Path, profile: Profile) -> list[tuple[int | None, str]]:
    """Return (line, message) of what is wrong with the file."""
    document, problems = read_yaml(path, FILE)
    if problems:
        return [(problem.line, problem.message) for problem in problems]
    found: list[tuple[int | None, str]] = [
        (document.line(where), message) for where, message in mismatches(document.value, LifeEvents)
    ]
    if found:
        return found
    seen: set[str] = set()
    official = profile.city.languages[0].code
    for number, event in enumerate(msgspec.convert(document.value, LifeEvents).events):
        line = document.line(("events", number))
        if event.id in seen:
            found.append((line, f"{event.id!r} is there twice"))
        if official not in event.names:
            found.append((line, f"{event.id!r} has no name in {official!r}"))
        seen.add(event.id)
    return found
