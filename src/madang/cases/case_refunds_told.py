"""What would come back of a fee, told to the applicant before they withdraw."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from madang.access.api import Actor
from madang.cases.case_dossier import Dossier
from madang.cases.case_looking import look_for, row_of, seen_by
from madang.cases.case_packages import worded
from madang.cases.case_refunds import coming_back
from madang.cases.rules import Applicant, possible
from madang.kernel import times
from madang.services.api import reason_of


@dataclass(frozen=True)
class ToldRefund:
    """What would come back if a verb ended the case now; amounts in minor units.

    share : percent of what was paid. because, law : in the reader's language; empty where the
        service has no rule of its own.
    """

    verb: str
    paid: int
    amount: int
    share: Decimal
    because: str
    law: str


def refunds_told(actor: Actor, number: str) -> list[ToldRefund]:
    """Return what each ending that the actor may choose now would give back of what was paid.

    Raises `UnknownCase` where it is none of the actor's.
    """
    who, case = seen_by(actor, number)
    by = "applicant" if isinstance(who, Applicant) else "officer"
    with look_for(actor, who, case.number):
        dossier = Dossier.of(row_of(case.number))
    if not dossier.case.paid:
        return []
    now, found = times.now(), []
    for verb in possible(dossier.pinned.process, dossier.case.state):
        back = coming_back(dossier, verb, now) if by in verb.by else None
        if back is not None:
            because, law = reason_of(worded(dossier.pinned), back.rows)
            found.append(
                ToldRefund(verb.id, dossier.case.paid, back.amount, back.share, because, law)
            )
    return found
