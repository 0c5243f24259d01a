"""What can go wrong in the cases room."""

from __future__ import annotations

from madang.cases.case_errors import CaseChanged, NotPossible, UnknownCase, UnknownDecision

__all__ = ["CaseChanged", "NotPossible", "UnknownCase", "UnknownDecision"]
