"""What an officer asks the applicant for: questions and papers of the service, by name.

A paper is named `evidence.ID`, as in the faults of an application.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec

from madang.access.api import Actor
from madang.cases.case_looking import ShownCase, look_for, seen_by
from madang.cases.case_models import CaseEvent
from madang.cases.case_packages import PAPER, form_for, pinned


@dataclass(frozen=True)
class Wanted:
    """What the city asked for last.

    verb: by which it is answered, empty where the case does not wait any more.
    """

    reasons: str
    at: datetime
    questions: tuple[str, ...]
    papers: tuple[str, ...]
    verb: str


def askable(case: ShownCase, language: str) -> list[tuple[str, str]]:
    """Return (name, text) of all that an officer may ask the applicant for, in their order."""
    package = form_for(pinned(case.package), language).package
    found = [(question.id, question.ask) for _page, question in package.asked()]
    return found + [(f"{PAPER}{paper.id}", paper.title) for paper in package.service.evidence]


def wanted(actor: Actor, number: str) -> Wanted | None:
    """Return what the city asked for last; None where it asked nothing.

    Raises `UnknownCase` where the case is none of the actor's.
    """
    who, case = seen_by(actor, number)
    with look_for(actor, who, case.number):
        row = CaseEvent.objects.filter(case_id=case.pk, kind="ask").order_by("-position").first()
        if row is None:
            return None
        content = msgspec.json.decode(row.content)
        verb = pinned(case.package).verb_of_kind("answer", case.state)
    missing = content.get("missing", [])
    return Wanted(
        reasons=content.get("reasons", ""),
        at=row.at,
        questions=tuple(name for name in missing if not name.startswith(PAPER)),
        papers=tuple(name.removeprefix(PAPER) for name in missing if name.startswith(PAPER)),
        verb=verb.id if verb and case.state_kind == "waiting" else "",
    )
