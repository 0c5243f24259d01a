"""A case that was sent on: the receiver has it, sends it back, or says nothing and it comes back.

Every step stands in the case's own chain of events. Whoever acts on a case as its receiver has it
by that; nobody needs to say so twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose
from madang.cases.case_acting import by_whom, locked
from madang.cases.case_changed import check_version
from madang.cases.case_dossier import Dossier
from madang.cases.case_errors import NotPossible, UnknownCase
from madang.cases.case_events import TransferReminded, TransferReturned
from madang.cases.case_models import Case
from madang.cases.case_purposes import CASES, KEEP
from madang.cases.queues import where_works
from madang.cases.rules import Officer
from madang.cases.transfer_effects import acknowledged, came_back, open_transfer, reminded
from madang.cases.transfer_models import CaseTransfer
from madang.cases.transfer_rules import bodies, way_to
from madang.city.api import deadline_of
from madang.kernel import times
from madang.kernel.errors import Forbidden, Invalid, MadangError
from madang.kernel.events import announce
from madang.kernel.logs import logger

State = CaseTransfer.State
BATCH = 500
MOST_SHOWN = 100


@dataclass(frozen=True)
class ShownTransfer:
    """A transfer for whoever works on the case, on pages and over HTTP.

    `lapse_at` is when it comes back if nobody has said to have it; `is_own` where the reader sent
    it on.
    """

    id: str
    number: str
    target: str
    state: str
    reasons: str
    sent_at: datetime
    lapse_at: datetime
    reminded_at: datetime | None
    delivered_at: datetime | None
    next_try: datetime | None
    attempts: int
    fault: str
    is_own: bool

    @property
    def is_outside(self) -> bool:
        """Return whether it went to a body outside the city."""
        return self.target.startswith("body:")


def acknowledge(
    actor: Actor, number: str, *, reasons: str = "", expects: int | None = None
) -> None:
    """Note that the receiver has the case.

    Of a body outside, an officer of the sender notes it, and says in `reasons` how they know.

    Raises
    ------
    UnknownCase, CaseChanged
    NotPossible
        If it is not on its way.
    Forbidden
        If who sent it on would take it for the receiver.
    """
    with purpose(CASES, KEEP), transaction.atomic():
        dossier, row = _held(actor, number, expects)
        _check_side(actor, row, reasons)
        acknowledged(dossier, row, actor, times.now(), reasons)
        dossier.save()


def send_back(actor: Actor, number: str, *, reasons: str, expects: int | None = None) -> None:
    """Send a case back to who sent it on, with why; also once a body outside had taken it.

    Raises
    ------
    Invalid
        Without reasons.
    UnknownCase, CaseChanged, NotPossible, Forbidden
    """
    if not reasons.strip():
        raise Invalid(_("Say why it goes back."), {"reasons": _("Say why it goes back.")})
    with purpose(CASES, KEEP), transaction.atomic():
        dossier, row = _held(actor, number, expects, also_had=True)
        _check_side(actor, row, reasons)
        came_back(dossier, row, actor, times.now(), reasons=reasons)
        dossier.save()


def answered(transfer: str, *, has: bool, reasons: str) -> None:
    """Take the answer of a body over its own door; the same answer twice changes nothing.

    Raises
    ------
    NotPossible
        If the case came back meanwhile, or the body had sent it back before.
    """
    wanted = State.ACKNOWLEDGED if has else State.RETURNED
    with purpose(CASES, KEEP), transaction.atomic():
        found = CaseTransfer.objects.select_related("case").get(pk=transfer)
        case = locked(found.case.number)
        row = CaseTransfer.objects.select_for_update().get(pk=transfer)
        if row.state == wanted:
            return
        if row.state != State.SENT and not (row.state == State.ACKNOWLEDGED and not has):
            raise NotPossible(_("The case is not on its way any more."), (("transfer", row.state),))
        dossier, now = Dossier.of(case), times.now()
        if has:
            acknowledged(dossier, row, CASES, now, reasons)
        else:
            came_back(dossier, row, CASES, now, reasons=reasons)
        dossier.save()


def of_case(actor: Actor, number: str) -> ShownTransfer | None:
    """Return the newest transfer of a case for an officer who works on it; None without one."""
    with purpose(CASES, KEEP):
        case = Case.objects.filter(number=number).first()
        if case is None or not isinstance(by_whom(actor, case), Officer):
            return None
        row = CaseTransfer.objects.filter(case=case).order_by("-sent_at").first()
        return _shown(actor, row, case) if row else None


def waiting(actor: Actor) -> tuple[list[ShownTransfer], list[ShownTransfer]]:
    """Return what waits to be had where the actor works, and what they sent on, oldest first."""
    with purpose(CASES, KEEP):
        open_ones = CaseTransfer.objects.filter(state=State.SENT).select_related("case")
        here = Case.objects.filter(where_works(actor)).values("pk")
        coming = open_ones.filter(case__in=here).exclude(by=actor.id)
        coming = coming.exclude(target__startswith="body:").order_by("sent_at")[:MOST_SHOWN]
        gone = CaseTransfer.objects.filter(by=actor.id).select_related("case")
        gone = gone.order_by("-sent_at")[:MOST_SHOWN]
        return (
            [_shown(actor, row, row.case) for row in coming],
            [_shown(actor, row, row.case) for row in gone],
        )


def clock() -> None:
    """Remind receivers that have said nothing, and bring back what nobody took."""
    now = times.now()
    with purpose(CASES, KEEP):
        rows = CaseTransfer.objects.filter(state=State.SENT, remind_at__lte=now)
        due = list(rows.order_by("remind_at").values_list("pk", flat=True)[:BATCH])
    for one in due:
        try:
            _turn(one, now)
        except MadangError as error:  # nothing of it is done; the others' turn comes
            logger("cases").error("a transfer failed", transfer=one, why=error.message)


def _turn(transfer: str, now: datetime) -> None:
    with purpose(CASES, KEEP), transaction.atomic():
        found = CaseTransfer.objects.select_related("case").get(pk=transfer)
        case = locked(found.case.number)
        row = CaseTransfer.objects.select_for_update().get(pk=transfer)
        if row.state != State.SENT:
            return
        limits = way_to(row.target, bodies()).limits
        # asked anew: the calendar may have a new holiday
        row.remind_at, row.lapse_at = (_due(row.sent_at, x) for x in (limits.remind, limits.back))
        dossier = Dossier.of(case)
        if case.state_kind == "final":  # the applicant withdrew it, say: nothing is on its way
            row.state, row.ended_at, row.ended_by, row.next_try = State.RETURNED, now, "", None
        elif row.lapse_at <= now:
            came_back(dossier, row, CASES, now, state=State.LAPSED)
            announce(TransferReturned(number=case.number, department=case.department,
                                      district=case.district, target=row.target))  # fmt: skip
        elif row.remind_at <= now and row.reminded_at is None:
            reminded(dossier, row, now)
            announce(TransferReminded(number=case.number, department=case.department,
                                      district=case.district, target=row.target))  # fmt: skip
        row.save()
        dossier.save()


def _due(since: datetime, limit: str) -> datetime:
    found = deadline_of(since, limit)
    assert found is not None, limit
    return found.due


def _held(
    actor: Actor, number: str, expects: int | None, *, also_had: bool = False
) -> tuple[Dossier, CaseTransfer]:
    case = locked(number)
    if not isinstance(by_whom(actor, case), Officer):
        raise UnknownCase(_("There is no such case. Look at its number, or call us."))
    check_version(case, expects, actor)
    row = open_transfer(case)
    if row is None and also_had and case.body:
        had = CaseTransfer.objects.filter(case=case, state=State.ACKNOWLEDGED)
        row = had.filter(target=f"body:{case.body}").order_by("-sent_at").first()
    if row is None:
        raise NotPossible(_("The case is not on its way any more."), (("transfer", ""),))
    return Dossier.of(case), row


def _check_side(actor: Actor, row: CaseTransfer, reasons: str) -> None:
    if row.target.startswith("body:"):
        if not reasons.strip():
            raise Invalid(_("Say how the other body told you."), {"reasons": "empty"})
    elif row.by == actor.id:
        raise Forbidden(_("Whoever sent it on cannot answer for the receiver."))


def _shown(actor: Actor, row: CaseTransfer, case: Case) -> ShownTransfer:
    return ShownTransfer(
        row.pk, case.number, row.target, row.state, row.reasons, row.sent_at, row.lapse_at,
        row.reminded_at, row.delivered_at, row.next_try, row.attempts, row.fault,
        row.by == actor.id,
    )  # fmt: skip
