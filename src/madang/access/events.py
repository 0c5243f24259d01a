"""What access announces."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from madang.kernel.events import Event


class EmergencyOpened(Event, frozen=True, kw_only=True):
    """Somebody opened personal data in an emergency; a review is due.

    `decision` is the entry in the audit log.
    """

    NAME: ClassVar[str] = "access.emergency_opened"

    decision: str
    actor: str
    dataset: str
    case: str
    due_at: datetime


class SubjectsLookedAt(Event, frozen=True, kw_only=True):
    """Somebody looked at personal data, and the policy has the persons concerned told of it.

    `subjects` are their ids; many come in several events.
    """

    NAME: ClassVar[str] = "access.subjects_looked_at"

    subjects: list[str]
    actor: str
    purpose: str
    case: str


class EmergencyReviewed(Event, frozen=True, kw_only=True):
    """A privacy officer has reviewed an emergency: ``justified`` or ``not-justified``."""

    NAME: ClassVar[str] = "access.emergency_reviewed"

    decision: str
    actor: str
    finding: str
    by: str
