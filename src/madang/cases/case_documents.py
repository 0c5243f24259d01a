"""Documents that cases issue: owed with the decision, made by records, tried again until they are.

A grant writes what it owes in its own transaction; the paper is made afterwards, because making it
takes long and may fail (no fonts, no key). Until then the case says that it is on its way.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from madang.access.api import purpose
from madang.cases.case_dossier import Dossier
from madang.cases.case_events import CaseDocumentsDue
from madang.cases.case_models import Case, CaseDecision, CaseDocument
from madang.cases.case_purposes import CASES, KEEP, WORK
from madang.cases.document_data import conditions_for, data_for
from madang.city.api import profile
from madang.identity.api import names_of
from madang.kernel import times
from madang.kernel.errors import MadangError
from madang.kernel.logs import logger
from madang.records import api as records
from madang.services.api import Document

BATCH = 50
LONGEST_WAIT = timedelta(hours=6)
_DAYS = {"day": 1, "days": 1, "week": 7, "weeks": 7, "month": 30, "months": 30, "year": 365,
         "years": 365}  # fmt: skip


def issue_owed() -> int:
    """Issue documents that are due, each on its own; return how many were made."""
    with purpose(CASES, KEEP):
        owed = CaseDocument.objects.filter(code="", next_try__lte=times.now())
        keys = list(owed.order_by("next_try").values_list("pk", flat=True)[:BATCH])
    return sum(_issue(key) for key in keys)


def due(event: CaseDocumentsDue) -> None:
    """Issue what a case owes once it is granted; what fails, `issue_owed` tries again."""
    with purpose(CASES, KEEP):
        owed = CaseDocument.objects.filter(case__number=event.number, code="")
        keys = list(owed.values_list("pk", flat=True))
    for key in keys:
        _issue(key)


def _issue(key: int) -> bool:
    with purpose(CASES, KEEP):
        row = CaseDocument.objects.select_related("case").get(pk=key)
        dossier = Dossier.of(row.case)
        decision = CaseDecision.objects.filter(case=row.case).order_by("-at").first()
    try:
        made = _made(row, dossier, decision)
    except MadangError as error:
        logger("cases").warning("a document waits", case=row.case.number, why=error.message)
        with purpose(CASES, KEEP):
            wait = min(timedelta(minutes=2 ** min(row.tries, 10)), LONGEST_WAIT)
            CaseDocument.objects.filter(pk=key).update(
                tries=row.tries + 1, next_try=times.now() + wait
            )
        return False
    with purpose(CASES, KEEP):
        CaseDocument.objects.filter(pk=key, code="").update(code=made, issued_at=times.now())
    return True


def _made(row: CaseDocument, dossier: Dossier, decision: CaseDecision | None) -> str:
    """Have records make a document; the key is the grant, so that trying again makes no second."""
    case, package = row.case, dossier.pinned.package
    written = package.document(row.document)
    if written is None:
        raise MadangError(f"{case.service} has no document {row.document!r}")
    names = names_of([case.subject], by=CASES, why=WORK) if case.subject else {}
    name = names.get(case.subject, "")
    day = profile().local(case.received_at).date()
    made = records.issue(
        kind=written.id,
        subject=case.subject,
        case=case.number,
        service=case.service,
        template=template(written),
        data=data_for(
            written,
            package,
            dossier.values,
            {**_of_rules(decision), **_of_case(case, decision, name)},
        ),
        conditions=conditions_for(written, dossier.pinned.rules, dossier.values, day),
        language=package.service.language,
        by=decision.decided_by if decision else CASES,
        key=f"{case.number}:{row.document}:{row.pk}",
        valid_days=_days(written.valid),
        holder=name,
    )
    return str(made.id)


def template(written: Document) -> dict[str, Any]:
    """Return a document of a package as records fills it in."""
    found: dict[str, Any] = msgspec.to_builtins(written)
    found["blocks"] = [
        {name: value for name, value in block.items() if value} for block in found["blocks"]
    ]
    found.pop("valid", None)
    return found


def _of_case(case: Case, decision: CaseDecision | None, name: str) -> dict[str, Any]:
    return {
        "case": case.number,
        "applicant": name or "–",
        "decided": profile().local(decision.at).date() if decision else None,
        "office": case.department,
        "fee": f"{case.paid:,}",
    }


def _of_rules(decision: CaseDecision | None) -> dict[str, Any]:
    """Return what the rules decided besides (`points`), and parameters in force."""
    if decision is None:
        return {}
    said = decision.said
    return {**said.get("parameters", {}), **said.get("values", {})}


def _days(valid: str) -> int | None:
    number, _space, unit = valid.partition(" ")
    return int(number) * _DAYS[unit] if number.isdigit() and unit in _DAYS else None
