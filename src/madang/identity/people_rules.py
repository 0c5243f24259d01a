"""The ages of a city's law, from ``people.yaml`` of its profile."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import yaml

if TYPE_CHECKING:
    from madang.city.api import Profile

FILE = "people.yaml"


class PeopleRules(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """From which age somebody acts for themselves, and consents to the use of their data.

    Without a file: 18 (UN Convention on the Rights of the Child, art. 1), and 16 (GDPR art. 8).
    """

    version: str = ""
    majority_age: int = 18
    consent_age: int = 16


def rules_in_effect() -> PeopleRules:
    """Return the rules of the city."""
    from madang.city.api import UnknownRules, profile

    try:
        return msgspec.convert(dict(profile().rules("people")), PeopleRules)
    except UnknownRules:
        return PeopleRules()


def faults_of_file(path: Path, profile: Profile) -> list[tuple[int | None, str]]:  # noqa: ARG001 - every such check is asked so
    """Return (line, message) of what is wrong with the file."""
    try:
        rules = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), PeopleRules)
    except (msgspec.ValidationError, yaml.YAMLError) as error:
        return [(None, str(error))]
    if not 0 < rules.consent_age <= rules.majority_age <= 30:
        return [(None, "consent_age is at most majority_age, both between 1 and 30")]
    return []
