"""Tables of the cases room, private to it; each subject has its own file."""

from madang.cases.appointment_models import (
    Appointment,
    AppointmentMessage,
    OfficeClosure,
    Seat,
    Ticket,
)
from madang.cases.case_models import (
    Case,
    CaseDecision,
    CaseDocument,
    CaseEvent,
    CaseFact,
    CaseFile,
    CaseSerial,
    ForgottenCase,
)
from madang.cases.draft_models import Draft, DraftFile
from madang.cases.register_models import RegisterFact, RegisterKey

__all__ = [
    "Appointment",
    "AppointmentMessage",
    "Case",
    "CaseDecision",
    "CaseDocument",
    "CaseEvent",
    "CaseFact",
    "CaseFile",
    "CaseSerial",
    "Draft",
    "DraftFile",
    "ForgottenCase",
    "OfficeClosure",
    "RegisterFact",
    "RegisterKey",
    "Seat",
    "Ticket",
]
