"""The door of the cases room. Each subject has a module of its own; these are their names.

from madang.cases import api as cases
cases.open_case(package_hash=..., subject=person, facts={...}, actor=actor, channel="web", key=key)
"""

from madang.cases.cases_api import (
    Acted,
    Asked,
    EvidenceFile,
    OpenedCase,
    ShownCase,
    ShownEvent,
    ShownFact,
    act,
    case_for,
    case_of,
    cases_of,
    events_for,
    facts_for,
    files_for,
    lend,
    open_case,
    verify,
)

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
