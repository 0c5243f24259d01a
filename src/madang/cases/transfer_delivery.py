"""A case is brought to the door of a body outside the city, and the body's answer comes back.

The same transfer is always sent under the same `Idempotency-Key`, so that a body that was reached
twice, because the answer was lost or this process was killed, has it once. What the body answers
with later, it signs with the key of that transfer; nobody else was told it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from madang.access.api import purpose
from madang.cases.case_acting import locked
from madang.cases.case_dossier import Dossier
from madang.cases.case_errors import NotPossible
from madang.cases.case_packages import worded
from madang.cases.case_purposes import CASES, KEEP
from madang.cases.transfer_effects import came_back, delivered
from madang.cases.transfer_models import CaseTransfer
from madang.cases.transfer_rules import Way, bodies, is_final_answer, next_try, way_to
from madang.cases.transfers import answered
from madang.kernel import http, times
from madang.kernel.canonical import canonical
from madang.kernel.config import settings
from madang.kernel.errors import Unauthenticated, Unavailable
from madang.kernel.logs import logger

if TYPE_CHECKING:
    import httpx

State = CaseTransfer.State
BATCH = 100
PREFIX = "mdt_"


@dataclass(frozen=True)
class Parcel:
    """What is sent for one transfer, and where to."""

    transfer: str
    way: Way
    body: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: `fault` empty where the door took it; `is_final`: no other try."""

    fault: str = ""
    is_final: bool = False
    has_it: bool = False


def key_of(transfer: str) -> str:
    """Return the key by which a body answers for one transfer; it is nowhere kept."""
    return PREFIX + salted_hmac("madang.cases.transfer", transfer, algorithm="sha256").hexdigest()


def checked(transfer: str, key: str) -> str:
    """Return the id of a transfer that a key opens; raises `Unauthenticated`."""
    if not constant_time_compare(key_of(transfer), key):
        raise Unauthenticated("this key answers for no such transfer")
    return transfer


def deliver(client: httpx.Client | None = None) -> int:
    """Knock on the doors whose turn it is; return how many took their case."""
    now, taken = times.now(), 0
    with purpose(CASES, KEEP):
        rows = CaseTransfer.objects.filter(state=State.SENT, next_try__lte=now)
        due = list(rows.order_by("next_try").values_list("pk", flat=True)[:BATCH])
    if not due:
        return 0
    with client or http.client() as asked:
        for one in due:
            parcel = _claimed(one)
            if parcel is not None:
                outcome = _knock(asked, parcel)
                _noted(parcel, outcome)
                taken += not outcome.fault
    return taken


def _claimed(transfer: str) -> Parcel | None:
    """Return what to send, and put the next try off, so that no other process sends it, too."""
    now = times.now()
    with purpose(CASES, KEEP), transaction.atomic():
        row = CaseTransfer.objects.select_for_update().get(pk=transfer)
        if row.state != State.SENT or row.next_try is None or row.next_try > now:
            return None
        row.attempts += 1
        row.next_try = next_try(row.attempts, now)
        row.save(update_fields=["attempts", "next_try"])
        return Parcel(row.pk, way_to(row.target, bodies()), _body(row))


def _body(row: CaseTransfer) -> dict[str, Any]:
    dossier = Dossier.of(row.case)
    service = worded(dossier.pinned).service
    at = f"{settings().public_origin}/api/v1/transfers/{row.pk}"
    return {
        "transfer": row.pk, "case": row.case.number, "service": service.id, "title": service.title,
        "received_at": row.case.received_at.isoformat(), "sent_at": row.sent_at.isoformat(),
        "acknowledge_by": row.lapse_at.isoformat(), "reasons": row.reasons,
        "facts": {fact.id: {"title": fact.title, "value": dossier.values.get(fact.id)}
                  for fact in service.facts if fact.id in dossier.values},
        "answer": {"acknowledge": f"{at}/acknowledge", "return": f"{at}/return",
                   "key": key_of(row.pk)},
    }  # fmt: skip


def _knock(client: httpx.Client, parcel: Parcel) -> Outcome:
    import httpx

    headers = {"Content-Type": "application/json", "Idempotency-Key": parcel.transfer}
    if parcel.way.key:
        headers["Authorization"] = f"Bearer {parcel.way.key}"
    try:
        answer = client.post(parcel.way.door, content=canonical(parcel.body), headers=headers)
    except (httpx.HTTPError, Unavailable) as error:
        return Outcome(f"no answer: {type(error).__name__}")
    if answer.is_success:
        return Outcome(has_it=_says_it_has_it(answer))
    return Outcome(f"HTTP {answer.status_code}", is_final=is_final_answer(answer.status_code))


def _says_it_has_it(answer: httpx.Response) -> bool:
    try:
        said = answer.json()
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("acknowledged") is True


def _noted(parcel: Parcel, outcome: Outcome) -> None:
    now = times.now()
    with purpose(CASES, KEEP), transaction.atomic():
        found = CaseTransfer.objects.select_related("case").get(pk=parcel.transfer)
        case = locked(found.case.number)
        row = CaseTransfer.objects.select_for_update().get(pk=parcel.transfer)
        if row.state != State.SENT:
            return  # it was answered while it was sent
        dossier = Dossier.of(case)
        row.fault = outcome.fault[:200]
        if not outcome.fault:
            row.delivered_at, row.next_try = now, None
        row.save()
        delivered(dossier, row, now, outcome.fault)
        if outcome.is_final:
            came_back(dossier, row, CASES, now, reasons=outcome.fault)
        dossier.save()
    if outcome.has_it:
        try:
            answered(parcel.transfer, has=True, reasons="")
        except NotPossible as error:
            logger("cases").warning("a body was late", case=case.number, why=error.message)
