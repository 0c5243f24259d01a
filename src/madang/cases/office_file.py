"""What ``offices.yaml`` of a city profile may say: offices, counters, matters, how booking goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from madang.kernel.data_files import field_name, read_yaml
from madang.kernel.shapes import mismatches

if TYPE_CHECKING:
    from madang.city.api import Profile

FILE = "offices.yaml"
Id = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,32}$")]
Texts = Annotated[dict[str, str], Meta(min_length=1)]
Count = Annotated[int, Meta(ge=0, le=99)]
Access = Literal["yes", "no", "required"]


class CounterKind(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of counter, such as the one for passports."""

    id: Id
    name: Texts


class Matter(Struct, frozen=True, forbid_unknown_fields=True):
    """What people come for: at which counter, how long it takes, what they bring.

    at: kinds of offices; none: every office that has the counter.
    services: of the catalogue; who may act for somebody in one of them books and sees this matter.
    """

    id: Id
    counter: Id
    minutes: Annotated[int, Meta(ge=5, le=240)]
    name: Texts
    at: tuple[Id, ...] = ()
    bring: tuple[Texts, ...] = ()
    services: tuple[Id, ...] = ()


class Desks(Struct, frozen=True, forbid_unknown_fields=True):
    """How many desks a counter has, how many take appointments, how many of these at lunch."""

    desks: Annotated[int, Meta(ge=1, le=99)]
    bookable: Count
    at_lunch: Count


class OfficeKind(Struct, frozen=True, forbid_unknown_fields=True):
    """One office for each unit of a level of the city; ``{unit}`` in its name is the unit's."""

    id: Id
    level: str
    name: Texts
    counters: Annotated[dict[str, Desks], Meta(min_length=1)]
    languages: Annotated[tuple[str, ...], Meta(min_length=1)]


class OneOffice(Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of one office beside its kind."""

    unit: str
    address: str = ""
    address_latin: str = ""
    phone: str = ""
    step_free: Access | None = None
    languages: tuple[str, ...] = ()
    counters: dict[str, Desks] = {}


class Booking(Struct, frozen=True, forbid_unknown_fields=True):
    """How booking goes: times in minutes, spans in days, numbers of people and of times."""

    lead_minutes: Annotated[int, Meta(ge=0, le=10_080)] = 60
    days_ahead: Annotated[int, Meta(ge=1, le=180)] = 30
    hold_minutes: Annotated[int, Meta(ge=1, le=60)] = 10
    offer_minutes: Annotated[int, Meta(ge=10, le=2_880)] = 120
    late_minutes: Annotated[int, Meta(ge=0, le=120)] = 15
    most_open: Annotated[int, Meta(ge=1, le=50)] = 3
    no_shows: Annotated[int, Meta(ge=1, le=50)] = 3
    no_show_days: Annotated[int, Meta(ge=1, le=90)] = 90  # as long as appointments are kept
    longest_wait_minutes: Annotated[int, Meta(ge=1, le=480)] = 60


class OfficeFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    version: str
    phone: str
    hours: Annotated[tuple[tuple[str, str], ...], Meta(min_length=1)]
    slot_minutes: Annotated[int, Meta(ge=5, le=120)]
    counters: Annotated[tuple[CounterKind, ...], Meta(min_length=1)]
    matters: Annotated[tuple[Matter, ...], Meta(min_length=1)]
    kinds: Annotated[tuple[OfficeKind, ...], Meta(min_length=1)]
    step_free: Access = "required"
    lunch: tuple[str, str] | None = None
    offices: tuple[OneOffice, ...] = ()
    booking: Booking = Booking()


Place = tuple[str | int, ...]


def faults_of_file(path: Path, profile: Profile) -> list[tuple[int | None, str]]:
    """Return (line, message) of what is wrong with the file."""
    document, problems = read_yaml(path, path.name)
    if problems:
        return [(one.line, one.message) for one in problems]
    wrong = [
        (place, f"{field_name(place)}: {text}")
        for place, text in mismatches(document.value, OfficeFile)
    ]
    wrong = wrong or list(_faults(msgspec.convert(document.value, OfficeFile), profile))
    return [(document.line(place), message) for place, message in wrong]


def _faults(file: OfficeFile, profile: Profile) -> Iterator[tuple[Place, str]]:
    yield from _faults_of_hours(file)
    yield from _twice("counters", [one.id for one in file.counters])
    yield from _twice("matters", [one.id for one in file.matters])
    yield from _twice("kinds", [one.id for one in file.kinds])
    yield from _twice("offices", [one.unit for one in file.offices])
    known = {one.id for one in file.counters}
    kinds = {one.id for one in file.kinds}
    for number, matter in enumerate(file.matters):
        if matter.counter not in known:
            yield ("matters", number, "counter"), f"there is no counter {matter.counter!r}"
        if matter.minutes % file.slot_minutes:
            message = f"{matter.minutes} minutes are no multiple of slot_minutes"
            yield ("matters", number, "minutes"), message
        for kind in matter.at:
            if kind not in kinds:
                yield ("matters", number, "at"), f"there is no kind {kind!r}"
    levels = {one.id for one in profile.levels}
    for number, kind_ in enumerate(file.kinds):
        if kind_.level not in levels:
            yield ("kinds", number, "level"), f"the city has no level {kind_.level!r}"
        yield from _faults_of_desks(("kinds", number), kind_.counters, known)
    for number, one in enumerate(file.offices):
        yield from _faults_of_desks(("offices", number), one.counters, known)
        if not any(_has_unit(profile, kind_.level, one.unit) for kind_ in file.kinds):
            yield ("offices", number, "unit"), f"no level with offices has a unit {one.unit!r}"


def _faults_of_hours(file: OfficeFile) -> Iterator[tuple[Place, str]]:
    try:
        ends = [time.fromisoformat(text) for pair in file.hours for text in pair]
        lunch = [time.fromisoformat(text) for text in file.lunch or ()]
    except ValueError:
        yield ("hours",), "a time is written like 09:00"
        return
    if ends != sorted(set(ends)):
        yield ("hours",), "each pair is from and to, one after the other"
    if lunch != sorted(set(lunch)):
        yield ("lunch",), "is from and to"


def _faults_of_desks(
    place: Place, counters: dict[str, Desks], known: set[str]
) -> Iterator[tuple[Place, str]]:
    for name, desks in counters.items():
        here = (*place, "counters", name)
        if name not in known:
            yield here, f"there is no counter {name!r}"
        if not desks.at_lunch <= desks.bookable <= desks.desks:
            yield here, "at_lunch is at most bookable, bookable at most desks"


def _twice(field: str, ids: list[str]) -> Iterator[tuple[Place, str]]:
    for number, one in enumerate(ids):
        if one in ids[:number]:
            yield (field, number), f"{one!r} stands twice"


def _has_unit(profile: Profile, level: str, code: str) -> bool:
    return any(unit.code == code for unit in profile.units(level, profile.today()))
