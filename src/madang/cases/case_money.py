"""Fees of cases: what is asked for goes through the ledger of records, what came back, too."""

from __future__ import annotations

from typing import Any

from madang.cases.case_dossier import Dossier
from madang.cases.case_models import Case
from madang.cases.case_purposes import CASES
from madang.records import api as records


def ask_for_money(dossier: Dossier) -> str:
    """Open a payment for what a case still owes; return where to pay, empty where nowhere.

    The key is the case and what it owes, so that asking again opens no second payment.
    """
    case = dossier.case
    open_intent: Any = getattr(records, "open_intent", None)
    owed = case.fee - case.paid
    if owed <= 0 or case.intent or open_intent is None:
        return pay_url_of(case)
    intent = open_intent(
        payer=case.subject, amount=owed, title=dossier.pinned.package.service.title,
        case=case.number, service=case.service, key=f"{case.number}:{case.fee}", by=CASES,
    )  # fmt: skip
    case.intent = intent.id
    Case.objects.filter(pk=case.pk).update(intent=intent.id)
    return pay_url_of(case)


def pay_url_of(case: Case) -> str:
    """Return where a case is paid; empty where nothing is owed."""
    return f"/pay/{case.intent}/" if case.intent and case.paid < case.fee else ""
