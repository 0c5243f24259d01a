"""What a city says of its call centre: hours, limits, reasons, script, forbidden words."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

from madang.kernel.data_files import read_yaml
from madang.kernel.shapes import mismatches

if TYPE_CHECKING:
    from madang.city.api import Profile

Hour = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
Names = dict[str, str]


class Hours(Struct, frozen=True, forbid_unknown_fields=True):
    """When operators are there; `working_days` leaves out weekends and public holidays."""

    opens: Hour = "09:00"
    closes: Hour = "18:00"
    working_days: bool = True


class Reason(Struct, frozen=True, forbid_unknown_fields=True):
    """Why somebody came, for the wrap-up. words : what tells it in a transcript."""

    id: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
    names: Names
    words: tuple[str, ...] = ()


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """A step of the script: what it is, and what may be said, by language.

    words : words by which a transcript shows that it was done; empty where none can.
    """

    id: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]
    names: Names
    say: Names = {}
    words: tuple[str, ...] = ()


class Centre(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file; a city without one has these values.

    hours : by language; "" for those that are not named.
    most_waiting : more than so many wait in no queue: they are offered to be called back.
    offer_s : an operator takes what is offered within this time, or it goes on to the next.
    give_up_s : who has not looked for so long is gone. handling_s : assumed until measured.
    keep_days : what was said is deleted after them; keep_figures_days : times and scores.
    """

    version: str = ""
    hours: dict[str, Hours] = msgspec.field(default_factory=lambda: {"": Hours()})
    most_waiting: Annotated[int, Meta(ge=1)] = 200
    offer_s: Annotated[float, Meta(ge=5)] = 20.0
    give_up_s: Annotated[float, Meta(ge=30)] = 900.0
    handling_s: Annotated[float, Meta(ge=10)] = 252.0
    target_percent: float = 80.0
    target_within_s: float = 20.0
    keep_days: Annotated[int, Meta(ge=1)] = 90
    keep_figures_days: Annotated[int, Meta(ge=1)] = 730
    callback_tries: Annotated[int, Meta(ge=1)] = 3
    reasons: tuple[Reason, ...] = ()
    script: tuple[Step, ...] = ()
    forbidden: tuple[str, ...] = ()


def centre() -> Centre:
    """Return what this city says of its call centre."""
    from madang.city.api import profile

    if "callcentre" in profile().rule_names:
        return msgspec.convert(dict(profile().rules("callcentre")), Centre)
    return Centre()


def is_open(said: Centre, language: str, moment: datetime, city: Profile) -> bool:
    """Return whether somebody answers in a language at a moment."""
    hours = said.hours.get(language) or said.hours.get("") or Hours()
    local = city.local(moment)
    if hours.working_days and not city.calendar.is_working_day(local.date()):
        return False
    now = local.time().strftime("%H:%M")
    return hours.opens <= now < hours.closes


def next_opening(said: Centre, language: str, moment: datetime, city: Profile) -> datetime | None:
    """Return when somebody answers next, within two weeks; the moment itself while it is open."""
    if is_open(said, language, moment, city):
        return moment
    hours = said.hours.get(language) or said.hours.get("") or Hours()
    first = city.local(moment).date()
    opens = time.fromisoformat(hours.opens)
    for ahead in range(15):
        at = datetime.combine(first + timedelta(days=ahead), opens, tzinfo=city.timezone)
        if at > moment and is_open(said, language, at, city):
            return at
    return None


def faults_of_file(path: Path, profile: Profile) -> list[tuple[int | None, str]]:  # noqa: ARG001 - every such check is asked so
    """Return (line, message) of what is wrong with the file."""
    document, problems = read_yaml(path, str(path))
    if problems:
        return [(problem.line, problem.message) for problem in problems]
    return [
        (document.line(place), f"{'.'.join(map(str, place))}: {message}" if place else message)
        for place, message in mismatches(document.value, Centre)
    ]
