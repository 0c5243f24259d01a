"""What comes back of a fee when a case ends: by the rule of its package, and once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from madang.cases.case_deciding import day_of
from madang.cases.case_dossier import Dossier
from madang.cases.case_purposes import CASES
from madang.records import api as records
from madang.services.api import Refund, Verb, is_ending

JOINED = ("merge", "duplicate")


def coming_back(dossier: Dossier, verb: Verb, at: datetime) -> Refund | None:
    """Return what comes back when a verb is done at a moment; None where it ends no case.

    A case that goes on within another one gives all back: the other one has its own fee.
    """
    case, paid = dossier.case, dossier.case.paid
    if verb.kind in JOINED:
        return Refund(Decimal(100), paid)
    if not is_ending(dossier.pinned.package, verb):
        return None
    rules = dossier.pinned.rules
    return rules.refund(dossier.values, day_of(case.received_at), verb, day_of(at), paid)


def written_down(back: Refund | None) -> Mapping[str, Any]:
    """Return what the record says of a refund; nothing where none is to be made."""
    if back is None or not (back.amount or back.rows):
        return {}
    said = {"amount": back.amount, "share_percent": f"{back.share:f}", "rows": list(back.rows)}
    return {"refund": said | ({"doubts": list(back.doubts)} if back.doubts else {})}


def give_back(dossier: Dossier, back: Refund, reason: str) -> None:
    """Give money back from the payments of a case, the newest first; the rest stays revenue.

    What the treasurer gave back by hand counts: no payment goes back twice.
    """
    case, left = dossier.case, back.amount
    case.paid -= back.amount
    for intent in reversed(records.intents_of(case.number)):
        part = min(left, records.refundable(intent.id)) if intent.opened_by == CASES.id else 0
        if part > 0:
            key = f"{case.number}:{case.version}:{intent.id}"
            records.refund(intent.id, part, reason, by=CASES, key=key)
            left -= part
