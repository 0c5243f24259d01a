"""What passes between a machine that answers and the desk where people do (`HandOverDesk`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class HandOverFact:
    """A known fact: its name, its label and value in the resident's language, who says it."""

    name: str
    label: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class HandOverRequest:
    """A conversation for a person to take.

    Parameters
    ----------
    conversation : its public id; the transcript is read and answered by it.
    language : of the resident.
    channel : web, app, kakao, phone, chat.
    reason : why: ``asked``, ``failed``, ``dispute``, ``opinion``, ``account``, ``others-data``,
        ``crisis``.
    topic : what it was about last, in words; empty where nobody knows.
    facts : what is known, for no one to ask again.
    district : code, where known.
    """

    conversation: str
    language: str
    channel: str
    reason: str
    topic: str = ""
    facts: tuple[HandOverFact, ...] = ()
    district: str = ""
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HandOverTicket:
    """A place in the queue of the desk.

    Parameters
    ----------
    position : how many wait before; 0 for the next one; None where a person has taken it.
    wait_s : estimate [s]; None where nobody knows.
    state : ``waiting``, ``with-person``, ``ended``.
    """

    id: str
    position: int | None = None
    wait_s: float | None = None
    state: str = "waiting"
