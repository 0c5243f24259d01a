"""What the cases room announces; a public name here is a promise to other rooms."""

from __future__ import annotations

from typing import ClassVar

from madang.cases.case_events import (
    AuditDisagreed,
    CaseDocumentsDue,
    CaseForwarded,
    CaseMoved,
    CaseNoticeDue,
    CaseOverdue,
    DecisionsDrifted,
    GroupsDiffer,
    SampleDrawn,
    StopProposed,
    TransferReminded,
    TransferReturned,
)
from madang.kernel.events import Event
from madang.notices.events import PeopleTold

__all__ = [
    "AppointmentBooked",
    "AppointmentCancelled",
    "AppointmentTold",
    "AuditDisagreed",
    "CaseDocumentsDue",
    "CaseForwarded",
    "CaseMoved",
    "CaseNoticeDue",
    "CaseOverdue",
    "DecisionsDrifted",
    "GroupsDiffer",
    "SampleDrawn",
    "StopProposed",
    "TransferReminded",
    "TransferReturned",
]


class AppointmentTold(PeopleTold, frozen=True, kw_only=True):
    """Somebody is to be told something of an appointment; its words are asked for later."""

    NAME: ClassVar[str] = "cases.appointment_told"
    WORDS: ClassVar[str] = "madang.cases.appointment_words:messages_of"

    appointment: str
    kind: str
    revision: int


class AppointmentBooked(Event, frozen=True, kw_only=True):
    """Somebody comes to an office; `start` is the moment."""

    NAME: ClassVar[str] = "cases.appointment_booked"

    appointment: str
    office: str
    matter: str
    start: str


class AppointmentCancelled(Event, frozen=True, kw_only=True):
    """Somebody does not come after all; `why`: visitor, office, moved."""

    NAME: ClassVar[str] = "cases.appointment_cancelled"

    appointment: str
    office: str
    why: str
