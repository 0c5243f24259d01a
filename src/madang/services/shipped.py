"""The services that come with a city: published when the instance starts, where they are new."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from madang.access.api import system_actor
from madang.city.api import profile
from madang.kernel.errors import MadangError
from madang.services.packages.packing import house_digest, source_files, sources_digest
from madang.services.packages.signing import SETTING, has_signing_key
from madang.services.publishing import publish, published_sources
from madang.services.ready import extended, folders_of

FOLDER = "services"


@dataclass(frozen=True)
class Shipped:
    """What became of the city's packages: ids published now, how many were there, and refusals."""

    published: tuple[str, ...] = ()
    unchanged: int = 0
    refused: tuple[str, ...] = ()


def publish_shipped(folder: Path | None = None) -> Shipped:
    """Publish the packages of the city's profile whose content is new.

    One that cannot be published does not keep the city from starting: it is named in `refused`, and
    the version of before stays in force.
    """
    packages = list(folders_of(folder or profile().folder / FOLDER))
    if not packages:
        return Shipped()
    if not has_signing_key():
        return Shipped(refused=(f"no service is published: production needs {SETTING}",))
    known, house = published_sources(), house_digest()
    published, refused, unchanged = [], [], 0
    for one in packages:
        if (_digest(one), house) in known:
            unchanged += 1
            continue
        try:
            made = publish(one, system_actor("services"))
        except MadangError as error:
            refused.append(f"{one.name}: {error.message}")
        else:
            published.append(made.service)
    return Shipped(tuple(published), unchanged, tuple(refused))


def _digest(folder: Path) -> str:
    try:
        return sources_digest(source_files(folder, extended(folder)))
    except (OSError, UnicodeDecodeError):
        return ""  # the reader says what is wrong
