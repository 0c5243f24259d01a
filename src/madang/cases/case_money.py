"""Fees of cases: what is asked for goes through the ledger of records; what was paid comes back."""

from __future__ import annotations

from madang.access.api import purpose
from madang.cases.case_dossier import Dossier
from madang.cases.case_models import Case
from madang.cases.case_purposes import CASES, KEEP
from madang.kernel.logs import logger
from madang.records import api as records
from madang.records.events import PaymentCaptured

BATCH = 200


def ask_for_money(dossier: Dossier) -> str:
    """Open a payment for what a case still owes; return where to pay, empty where nowhere.

    The key is the case and what it costs, so that asking again opens no second payment.
    """
    case = dossier.case
    owed = case.fee - case.paid
    if owed <= 0 or case.intent or not case.is_open or not case.subject:
        return pay_url_of(case)
    package = dossier.pinned.package
    title = {package.service.language: package.service.title} | {
        tag: one.texts["service.title"]
        for tag, one in package.translations.items()
        if "service.title" in one.texts
    }
    intent = records.open_intent(
        payer=case.subject, amount=owed, title=title,
        case=case.number, service=case.service, key=f"{case.number}:{case.fee}", by=CASES,
        return_to=f"/cases/{case.number}/",
    )  # fmt: skip
    case.intent = intent.id
    Case.objects.filter(pk=case.pk).update(intent=intent.id)
    return intent.pay_url


def pay_url_of(case: Case) -> str:
    """Return where a case is paid; empty where nothing is owed."""
    if not case.intent or case.paid >= case.fee or not case.is_open:
        return ""
    return records.intent(case.intent).pay_url


def captured(event: PaymentCaptured) -> None:
    """Go on with a case whose fee has arrived; the same event again changes nothing."""
    take_in(event.case, event.intent, event.amount)


def take_in(number: str, intent: str, amount: int) -> None:
    """Note a payment by the verb of the process; give it back where the case takes none now."""
    from madang.cases.case_acting import Asked, act
    from madang.cases.case_errors import NotPossible, UnknownCase
    from madang.cases.rules import Machine

    with purpose(CASES, KEEP):
        case = Case.objects.filter(number=number).first()
    if case is None or case.intent != intent:
        return  # a payment of something else than a case
    verb = pay_verb(case)
    try:
        act(number, verb, CASES, Asked(amount=amount, key=f"paid:{intent}"), by=Machine("event"))
    except (NotPossible, UnknownCase) as error:
        logger("cases").warning("a payment came too late", case=number, why=error.message)
        records.refund(intent, amount, "case over", by=CASES, key=f"{number}:late")


def missed_payments() -> int:
    """Take in payments that arrived and whose event was never worked off; return how many."""
    with purpose(CASES, KEEP):
        waiting = list(
            Case.objects.filter(fee__gt=0, paid=0, state_kind="open")
            .exclude(intent="")
            .order_by("-received_at")
            .values_list("number", "intent")[:BATCH]
        )
    found = 0
    for number, intent in waiting:
        paid = records.intent(intent)
        if paid.is_paid:
            take_in(number, intent, paid.amount - paid.refunded)
            found += 1
    return found


def pay_verb(case: Case) -> str:
    """Return the verb by which a case's process notes a payment."""
    from madang.cases.case_packages import pinned

    verbs = pinned(case.package).process.verbs
    return next((verb.id for verb in verbs if verb.kind == "pay"), "pay")
