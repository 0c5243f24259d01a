"""When a case that was sent on has to be had, and when a body's door is tried again.

민원 처리에 관한 법률 제16조 has a petition sent on without delay to whoever is competent. How long
the receiver may take to say that it has it, is the city's own rule (`bodies.yaml`), counted in
working hours like the limits of 제19조제1항. Inside the city the applicant's clock runs on from
receipt; with a body outside, it stands from the moment the body has the case, whose own limit runs
from then on, and goes on once it comes back. The person concerned is told of both.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta, Struct

from madang.kernel.data_files import read_yaml
from madang.kernel.shapes import mismatches

if TYPE_CHECKING:
    from madang.city.api import Profile

FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)
SENT_ON, BACK = "sent-on", "back"  # what the person concerned is told, by name of the notice
Limit = Annotated[str, Meta(pattern=r"^\d{1,3} hours$")]


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """Working hours after which the receiver is reminded, and after which the case comes back."""

    remind: Limit = "4 hours"
    back: Limit = "8 hours"


class Body(Struct, frozen=True, forbid_unknown_fields=True):
    """A body outside the city.

    door: address that takes cases over HTTP; without one an officer tells it by letter or phone.
        The key it asks for stands in the environment, as ``MADANG_BODY_KEY_`` and the id.
    """

    id: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
    names: dict[str, str]
    door: Annotated[str, Meta(pattern=r"^$|^https://")] = ""


class Bodies(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file; without one a city has these limits and names no bodies."""

    version: str = ""
    inside: Limits = Limits()
    outside: Limits = Limits("8 hours", "24 hours")
    bodies: tuple[Body, ...] = ()


@dataclass(frozen=True)
class Way:
    """How a target is reached: the body that it is, empty for an office of the city."""

    limits: Limits
    body: str = ""
    door: str = ""
    key: str = ""


def bodies() -> Bodies:
    """Return what the city says of bodies outside it."""
    from madang.city.api import profile

    if "bodies" in profile().rule_names:
        return msgspec.convert(dict(profile().rules("bodies")), Bodies)
    return Bodies()


def way_to(target: str, said: Bodies, environment: Mapping[str, str] = os.environ) -> Way:
    """Return how a target (`unit:`, `department:`, `body:`) is reached."""
    kind, _colon, name = target.partition(":")
    if kind != "body":
        return Way(said.inside)
    door = next((one.door for one in said.bodies if one.id == name), "")
    key = f"MADANG_BODY_KEY_{name.upper().replace('-', '_')}"
    return Way(said.outside, name, door, environment.get(key, "") if door else "")


def next_try(attempts: int, now: datetime) -> datetime:
    """Return when a door is tried again after so many attempts: each pause three times the last.

    >>> noon = datetime(2026, 11, 23, 12)
    >>> [str(next_try(n, noon) - noon) for n in (1, 2, 3, 4, 5)]
    ['0:05:00', '0:15:00', '0:45:00', '2:15:00', '6:00:00']
    """
    pause: timedelta = FIRST_PAUSE * 3 ** min(attempts - 1, 10)
    return now + min(pause, LONGEST_PAUSE)


def is_final_answer(status: int) -> bool:
    """Return whether a door's status will not change by trying again (RFC 9110, 15.5)."""
    return 400 <= status < 500 and status not in (408, 423, 425, 429)


def faults_of_file(path: Path, profile: Profile) -> list[tuple[int | None, str]]:  # noqa: ARG001 - every such check is asked so
    """Return (line, message) of what is wrong with the file."""
    document, problems = read_yaml(path, str(path))
    if problems:
        return [(problem.line, problem.message) for problem in problems]
    return [
        (document.line(place), f"{'.'.join(map(str, place))}: {message}" if place else message)
        for place, message in mismatches(document.value, Bodies)
    ]
