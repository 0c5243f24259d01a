"""The files of a profile that belong to other rooms: read by their owners, named in one list."""

from __future__ import annotations

from collections.abc import Iterator

from madang.city.errors import InvalidProfile
from madang.city.profile import Profile
from madang.kernel.data_files import Problem
from madang.kernel.registry import ProfileFile, load, registry


def problems_of_domains(profile: Profile) -> list[Problem]:
    """Return what the rooms find wrong with their files in a profile; absent files are fine."""
    return [problem for offer in registry().offers(ProfileFile) for problem in _of(offer, profile)]


def check_domains(profile: Profile) -> None:
    """Raise what the rooms find wrong with their files.

    Raises
    ------
    InvalidProfile
        With all problems, each naming file, line and field.
    """
    problems = problems_of_domains(profile)
    if problems:
        raise InvalidProfile(profile.folder.name, problems)


def _of(offer: ProfileFile, profile: Profile) -> Iterator[Problem]:
    path = profile.folder / offer.file
    if not path.is_file():
        return
    for line, message in load(offer.target)(path, profile):
        yield Problem(offer.file, line or 1, "", message)
