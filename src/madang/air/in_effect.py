"""The rule set of this installation's city."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from madang.air.errors import InvalidRules
from madang.air.rule_set import RuleFile, RuleSet, Stations, read_rule_set

if TYPE_CHECKING:
    from madang.city.api import Profile

FILE = "air.yaml"


def rules_in_effect() -> RuleSet:
    """Return the city's air rules, read again when the file changes.

    A city without the file shows the US index and has no rules.

    Raises
    ------
    InvalidRules
        If the file breaks the schema, or its time zone is not the profile's.
    """
    from madang.city import api as city

    path = Path(city.profile().folder) / FILE
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        changed = 0
    except OSError as error:
        raise InvalidRules(str(path), f"cannot be read: {error.strerror}") from error
    return _read(path, changed)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> RuleSet:
    from madang.city import api as city

    return _of_profile(path, city.profile()) if changed else _without_file(path, city.profile())


def _of_profile(path: Path, profile: Profile) -> RuleSet:
    found = read_rule_set(path, profile.in_all_languages)
    zone = profile.city.timezone
    if found.file.time_zone != zone:
        raise InvalidRules(str(path), f"time_zone: is not the profile's, {zone}")
    return found


def _without_file(path: Path, profile: Profile) -> RuleSet:
    stations = Stations(classes=["reference"], completeness=0.75, min_share=0.5)
    file = RuleFile(
        version="none",
        time_zone=profile.city.timezone,
        language=profile.city.default_language,
        stations=stations,
    )
    return RuleSet(file, "", str(path))


def faults_of_file(path: Path, profile: Profile) -> list[tuple[int | None, str]]:
    """Return (line, message) of what is wrong with the rules file of a profile."""
    try:
        _of_profile(path, profile)
    except InvalidRules as error:
        place = f"{error.file}:{error.line}: " if error.line else f"{error.file}: "
        return [(error.line, error.message.removeprefix(place))]
    return []


def district_name(code: str, language: str) -> str:
    """Return a district's name, or its code where the profile does not know it."""
    from madang.city import api as city
    from madang.kernel.errors import NotFound

    try:
        name: str = city.profile().unit(code).name(language)
        return name
    except NotFound:
        return code
