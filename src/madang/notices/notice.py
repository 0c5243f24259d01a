"""A notice: something that a room tells those who asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from madang.notices.values import Value


@dataclass(frozen=True)
class Notice:
    """Something to tell those who asked for it.

    Parameters
    ----------
    key : makes it one notice however often it is told.
    kind, subject, level, place : what it is about (`AlertKind`), and the unit's code.
    earlier_level : level before, where it fell: those who heard of the worse hear of the better.
    thread : what it is news of; a newer notice of a thread replaces an older one not yet sent.
    template, values : its words (`texts`, `values`).
    path : page of the portal that says more.
    origin : ``real``, ``simulated`` or ``replayed``.
    expires : when it is no news any more.
    """

    key: str
    kind: str
    subject: str
    level: str
    place: str
    template: str
    thread: str
    values: Mapping[str, Value] = field(default_factory=dict)
    earlier_level: str = ""
    path: str = ""
    origin: str = "real"
    expires: datetime | None = None
