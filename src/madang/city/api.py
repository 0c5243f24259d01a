"""The door of the city room: the active profile, and any other.

from madang.city.api import profile

profile().unit("11680").name("en")        'Gangnam-gu'
profile().unit_at(127.0276, 37.4979).code
profile().rules("air")["early_action"]
profile().calendar.term_end(day, 7)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from madang.city.addresses import Address
from madang.city.conventions import Language
from madang.city.deadline_rules import Limit, read_limit, rules_of
from madang.city.deadlines import Deadline, Pause, deadline
from madang.city.domain_files import check_domains
from madang.city.errors import (
    InvalidBoundaries,
    InvalidProfile,
    UnknownCity,
    UnknownLevel,
    UnknownRules,
    UnknownUnit,
)
from madang.city.formats import Period
from madang.city.languages import page_languages
from madang.city.loader import known_cities, load, profile_folder
from madang.city.profile import Profile
from madang.city.schema import City, Group, Level
from madang.city.topics import EU_THEMES, TOPICS
from madang.city.units import Unit
from madang.kernel.config import settings
from madang.kernel.data_files import Problem

if TYPE_CHECKING:
    from madang.city.basemap import Basemap

__all__ = [
    "EU_THEMES",
    "TOPICS",
    "Address",
    "City",
    "Deadline",
    "Group",
    "InvalidBoundaries",
    "InvalidProfile",
    "Language",
    "Level",
    "Limit",
    "Period",
    "Problem",
    "Profile",
    "Unit",
    "UnknownCity",
    "UnknownLevel",
    "UnknownRules",
    "UnknownUnit",
    "basemap",
    "boundaries_folder",
    "check_domains",
    "deadline_of",
    "ensure_basemap",
    "known_cities",
    "load_profile",
    "page_languages",
    "profile",
    "read_limit",
    "time_zone",
]


@cache
def profile() -> Profile:
    """Return the profile that this instance runs (`MADANG_CITY`), read once per process.

    Boundary files imported into the instance's data folder are used; a process that runs takes a
    new import at its next start.

    Raises
    ------
    UnknownCity
        If there is no such profile.
    InvalidProfile
        If it has problems; each names file, line and field.
    """
    return load(profile_folder(settings().city), boundaries_folder())


def time_zone() -> str:
    """Return the IANA name of the city's time zone; schedules are read in it."""
    return profile().city.timezone


def load_profile(path_or_name: str | Path, *, boundaries: Path | None = None) -> Profile:
    """Return a profile by the name of one that comes with Madang, or by its folder.

    `boundaries` is a folder with imported boundary files; None leaves all outlines schematic.
    Errors are those of `profile`.
    """
    return load(profile_folder(path_or_name), boundaries)


def basemap() -> Basemap | None:
    """Return this instance's base map (PMTiles of all outlines) as it is kept, None without one."""
    from madang.city.basemap import basemap_path, stored_basemap

    return stored_basemap(basemap_path(settings().data, profile().id))


def ensure_basemap() -> Basemap:
    """Return this instance's base map, made anew where profile or boundaries have changed."""
    from madang.city.basemap import ensure_basemap as ensured

    return ensured(profile(), settings().data)


def boundaries_folder() -> Path:
    """Return the folder of this instance that keeps imported boundary files."""
    return settings().data / "boundaries"


def deadline_of(
    received: datetime,
    limit: str | Limit,
    *,
    pauses: Sequence[tuple[datetime, datetime | None]] = (),
    of: Profile | None = None,
) -> Deadline | None:
    """Return when a time limit ends, as the city's law counts it; None while the clock stands.

    Parameters
    ----------
    received
        When the office got it, with offset.
    limit
        `5 days`, `3 hours`, `1 month`, `immediately`; the same in Korean.
    pauses
        From when to when the clock stood (None: it still does), such as while the applicant was
        asked for more.
    of
        Another city than the one that this instance runs.

    Raises
    ------
    Invalid
        If a time has no offset, the limit is none, or the city has no rule for it.
    """
    city = of or profile()
    return deadline(
        received,
        read_limit(limit) if isinstance(limit, str) else limit,
        rules=rules_of(city),
        calendar=city.calendar,
        zone=city.timezone,
        pauses=[Pause(start, end) for start, end in pauses],
    )
