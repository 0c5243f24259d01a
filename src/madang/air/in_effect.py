"""The rule set of this installation's city."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from madang.air.errors import InvalidRules
from madang.air.rule_set import RuleSet, read_rule_set


def rules_in_effect() -> RuleSet:
    """Return the city's air rules, read again when the file changes.

    Raises
    ------
    InvalidRules
        If the file breaks the schema, or its time zone is not the profile's.
    """
    from madang.city import api as city

    path = Path(city.profile().folder) / "air.yaml"
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise InvalidRules(str(path), f"cannot be read: {error.strerror}") from error
    return _read(path, changed)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> RuleSet:
    from madang.city import api as city

    found = read_rule_set(path)
    zone = str(city.profile().timezone)
    if found.file.time_zone != zone:
        raise InvalidRules(str(path), f"time_zone: is not the profile's, {zone}")
    return found


def district_name(code: str, language: str) -> str:
    """Return a district's name, or its code where the profile does not know it."""
    from madang.city import api as city
    from madang.kernel.errors import NotFound

    try:
        name: str = city.profile().unit(code).name(language)
        return name
    except NotFound:
        return code
