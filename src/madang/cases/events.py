"""What the cases room announces; a public name here is a promise to other rooms."""

from __future__ import annotations

from madang.cases.case_events import CaseForwarded, CaseMoved, CaseNoticeDue, CaseOverdue

__all__ = ["CaseForwarded", "CaseMoved", "CaseNoticeDue", "CaseOverdue"]
