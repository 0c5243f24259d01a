"""Cases for other rooms; `cases.api` hands these names on.

opened = open_case(package_hash=..., subject=person, facts={...}, actor=actor, channel="web", key=k)
act(opened.number, "withdraw", actor, Asked(key="..."))
"""

from __future__ import annotations

from madang.cases.case_acting import Acted, Asked, act
from madang.cases.case_keeping import verify
from madang.cases.case_looking import (
    ShownCase,
    ShownEvent,
    ShownFact,
    case_for,
    case_of,
    cases_of,
    events_for,
    facts_for,
    files_for,
)
from madang.cases.case_opening import OpenedCase, open_case
from madang.cases.case_packages import lend
from madang.cases.evidence_files import EvidenceFile

__all__ = [
    "Acted",
    "Asked",
    "EvidenceFile",
    "OpenedCase",
    "ShownCase",
    "ShownEvent",
    "ShownFact",
    "act",
    "case_for",
    "case_of",
    "cases_of",
    "events_for",
    "facts_for",
    "files_for",
    "lend",
    "open_case",
    "verify",
]
