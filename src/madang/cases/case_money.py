"""Fees of cases: when they are asked for, when no longer, and how a payment goes on with its case.

A fee that is due at `submit` is owed from the receipt, one that is due at `grant` from the yes.
Whoever withdraws or is refused owes nothing any more; where such a case goes on (an appeal, a case
opened again), what is still owed is asked for anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import F

from madang.access.api import purpose
from madang.cases.case_deciding import day_of
from madang.cases.case_dossier import Dossier
from madang.cases.case_models import Case, CaseEvent
from madang.cases.case_packages import Pinned, pinned
from madang.cases.case_purposes import CASES, KEEP
from madang.kernel.logs import logger
from madang.records import api as records
from madang.records.events import PaymentCaptured

BATCH = 200
YES = ("granted", "done")
EXPIRED = "expired"
OVER = ("refused", "withdrawn", "moved")  # outcomes after which nothing is owed
NOBODY = "case:"  # before the number of a case whose payer has no name: nobody's own payment


def fee_of(found: Pinned, facts: Mapping[str, Any], moment: datetime) -> int:
    """Return what a package costs for facts, in minor units."""
    if not found.package.service.fees:
        return 0
    return found.rules.evaluate(facts, day_of(moment)).fee


def owed_now(dossier: Dossier) -> int:
    """Return what a case costs that is not paid, as far as it is due; minor units."""
    case = dossier.case
    if case.outcome in OVER or case.paid >= case.fee:
        return 0
    is_due = dossier.pinned.is_prepaid or case.outcome in YES
    return case.fee - case.paid if is_due else 0


def ask_for_money(dossier: Dossier) -> str:
    """Open a payment for what a case owes now; return where to pay, empty where nowhere.

    Where nobody is known by name, the payment is nobody's own: it is made by its address, or at a
    counter.
    """
    case, owed = dossier.case, owed_now(dossier)
    if not owed or case.intent:
        return pay_url_of(case)
    package = dossier.pinned.package
    title = {package.service.language: package.service.title} | {
        tag: one.texts["service.title"]
        for tag, one in package.translations.items()
        if "service.title" in one.texts
    }
    intent = records.open_intent(
        payer=case.subject or f"{NOBODY}{case.number}", amount=owed, title=title,
        case=case.number, service=case.service, key=_intent_key(case), by=CASES,
        return_to=f"/cases/{case.number}/" if case.subject else "",
    )  # fmt: skip
    case.intent = intent.id
    return intent.pay_url


def _intent_key(case: Case) -> str:
    """Return the key of the next payment of a case; asked twice in one go, it opens one."""
    return f"{case.number}:{case.version}:{len(records.intents_of(case.number))}"


def renewed(number: str) -> str:
    """Return the payment by which a case is paid, a new one where its time was over; or nothing."""
    from madang.cases.case_acting import locked

    with purpose(CASES, KEEP), transaction.atomic():
        dossier = Dossier.of(locked(number))
        case = dossier.case
        if case.intent and records.intent(case.intent).state == EXPIRED:
            case.intent = ""
            ask_for_money(dossier)
            dossier.save()
        return case.intent if is_owed(case) else ""


def settle_up(dossier: Dossier) -> None:
    """Bring what is asked for in line with where a verb has led a case; the caller saves it.

    A fee that is not paid yet is reckoned anew where facts have changed: who was not in a register,
    or came without a name, is charged by what an officer has found out.
    """
    case = dossier.case
    if case.outcome in OVER:
        take_back(case, case.outcome)
        return
    if dossier.has_learnt and not case.paid:
        fee = fee_of(dossier.pinned, dossier.values, case.received_at)
        if fee != case.fee:
            take_back(case, "another fee")
            case.fee = fee
    if not case.intent:
        ask_for_money(dossier)


def take_back(case: Case, reason: str) -> None:
    """Ask no longer for the fee of a case; what was paid and noted stays as it is.

    A payment that arrives this moment keeps its place: its event finds the case over and gives the
    money back.
    """
    if not case.intent:
        return
    try:
        records.withdraw(case.intent, reason, by=CASES)
    except records.NotPayable:
        if not _is_noted(case, case.intent):
            return
    case.intent = ""


def pay_url_of(case: Case) -> str:
    """Return where a case is paid; empty where nothing is owed."""
    if not case.intent or not is_owed(case):
        return ""
    return records.intent(case.intent).pay_url


def is_owed(case: Case) -> bool:
    """Return whether a case still costs something that was asked for."""
    return bool(case.intent) and case.paid < case.fee and case.outcome not in OVER


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
        if case is None or _is_noted(case, intent):
            return
        if case.intent != intent:
            _give_back_stray(number, intent, amount)
            return
    verb = pay_verb(case)
    try:
        act(number, verb, CASES, Asked(amount=amount, key=_key(intent)), by=Machine("event"))
    except (NotPossible, UnknownCase) as error:
        logger("cases").warning("a payment came too late", case=number, why=error.message)
        records.refund(intent, amount, "case over", by=CASES, key=f"{intent}:late")


def missed_payments() -> int:
    """Take in payments that arrived and whose event was never worked off; return how many."""
    with purpose(CASES, KEEP):
        waiting = list(
            Case.objects.filter(fee__gt=0, paid__lt=F("fee"))
            .exclude(intent="")
            .exclude(outcome__in=OVER)
            .order_by("-received_at")
            .values_list("number", "intent")[:BATCH]
        )
    found = 0
    for number, intent in waiting:
        paid = records.intent(intent)
        if paid.is_paid:
            take_in(number, intent, paid.amount - paid.refunded)
            found += 1
        elif paid.state == EXPIRED:  # the time to pay is over, the fee is owed all the same
            renewed(number)
    return found


def pay_verb(case: Case) -> str:
    """Return the verb by which a case's process notes a payment."""
    verbs = pinned(case.package).process.verbs
    return next((verb.id for verb in verbs if verb.kind == "pay"), "pay")


def _give_back_stray(number: str, intent: str, amount: int) -> None:
    """Give back what came for a payment that we had opened and that is not asked for any more."""
    if records.intent(intent).opened_by != CASES.id:
        return  # a payment of something else than the fee
    logger("cases").warning("a payment came that is not asked for any more", case=number)
    records.refund(intent, amount, "not asked for any more", by=CASES, key=f"{intent}:late")


def _key(intent: str) -> str:
    return f"paid:{intent}"


def _is_noted(case: Case, intent: str) -> bool:
    """Return whether a payment has become an event of its case."""
    key = sha256(f"{CASES.id}\n{_key(intent)}".encode()).hexdigest()
    return CaseEvent.objects.filter(case=case, key=key).exists()
