"""Tables of the cases room, private to it; each subject has its own file."""

from madang.cases.appointment_models import (
    Appointment,
    AppointmentMessage,
    OfficeClosure,
    Seat,
    Ticket,
)
from madang.cases.audit.models import (
    AuditDraw,
    AuditFinding,
    AuditItem,
    AuditReport,
    AuditTask,
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
from madang.cases.likeness_models import CaseLikeness
from madang.cases.post_models import CaseNotice, CaseNoticeWay, LetterBatch, PostedLetter
from madang.cases.register_models import RegisterFact, RegisterKey
from madang.cases.search_models import CaseTerm, KeptFilter
from madang.cases.suggestion_models import SuggestionChoice
from madang.cases.transfer_models import CaseTransfer

__all__ = [
    "Appointment",
    "AppointmentMessage",
    "AuditDraw",
    "AuditFinding",
    "AuditItem",
    "AuditReport",
    "AuditTask",
    "Case",
    "CaseDecision",
    "CaseDocument",
    "CaseEvent",
    "CaseFact",
    "CaseFile",
    "CaseLikeness",
    "CaseNotice",
    "CaseNoticeWay",
    "CaseSerial",
    "CaseTerm",
    "CaseTransfer",
    "Draft",
    "DraftFile",
    "ForgottenCase",
    "KeptFilter",
    "LetterBatch",
    "OfficeClosure",
    "PostedLetter",
    "RegisterFact",
    "RegisterKey",
    "Seat",
    "SuggestionChoice",
    "Ticket",
]
