"""The kinds of alerts that the rooms offer."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from madang.city.api import Unit, profile
from madang.kernel.registry import AlertKind, registry
from madang.notices.errors import UnknownKind


@dataclass(frozen=True)
class Wanted:
    """One wish: hear of `subject` of `kind` in `place` (empty: the whole city), from `level` on."""

    kind: str
    subject: str
    place: str
    level: str


def kinds() -> list[AlertKind]:
    """Return the kinds of alerts of all rooms, in the order of rooms."""
    return registry().offers(AlertKind)


def kind(name: str) -> AlertKind:
    """Return the kind of that id; raises `UnknownKind`."""
    for found in kinds():
        if found.id == name:
            return found
    raise UnknownKind(f"no room offers alerts of kind {name!r}")


def level_number(of: AlertKind, level: str) -> int:
    """Return the place of a level in its kind, from 0 (mild); raises `UnknownKind`."""
    for number, (name, _title) in enumerate(of.levels):
        if name == level:
            return number
    raise UnknownKind(f"alerts of kind {of.id!r} have no level {level!r}")


def subject_title(of: AlertKind, subject: str) -> str:
    """Return a subject's name in the reader's language; raises `UnknownKind`."""
    for name, title in of.subjects:
        if name == subject:
            return _(title)
    raise UnknownKind(f"alerts of kind {of.id!r} have no subject {subject!r}")


def level_title(of: AlertKind, number: int) -> str:
    """Return a level's name in the reader's language."""
    return _(of.levels[max(0, min(number, len(of.levels) - 1))][1])


def checked(wanted: Wanted) -> tuple[str, str, str, int]:
    """Return (kind, subject, place, number of the level) of a wish.

    Raises
    ------
    UnknownKind
        If the kind, its subject or its level is offered by no room.
    NotFound
        If the city has no such unit.
    """
    of = kind(wanted.kind)
    subject_title(of, wanted.subject)
    if wanted.place:
        profile().unit(wanted.place)
    return of.id, wanted.subject, wanted.place, level_number(of, wanted.level or of.default_level)


def places(of: AlertKind | None = None) -> list[Unit]:
    """Return the units that alerts of a kind are told for, in the profile's order."""
    return profile().units(of.place_level if of is not None else "district")


def places_above(code: str) -> list[str]:
    """Return the codes a notice for a unit counts for: itself, what holds it, the whole city."""
    found = [""]
    unit = profile().unit(code) if code else None
    while unit is not None:
        found.append(unit.code)
        unit = profile().parent(unit)
    return found
