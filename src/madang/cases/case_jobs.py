"""Jobs of cases that the clock runs; each may be run again at any time."""

from __future__ import annotations

from django.db import transaction

from madang.access.api import purpose
from madang.cases import case_documents, case_money, print_room
from madang.cases.case_acting import Asked, act, locked
from madang.cases.case_clocks import timer_mark
from madang.cases.case_dossier import Dossier
from madang.cases.case_errors import NotPossible
from madang.cases.case_events import CaseNoticeDue, CaseOverdue
from madang.cases.case_keeping import forget_closed, root_of_day
from madang.cases.case_models import Case
from madang.cases.case_purposes import CASES, KEEP
from madang.cases.rules import Machine
from madang.kernel import times
from madang.kernel.canonical import utc_text
from madang.kernel.errors import MadangError
from madang.kernel.events import announce
from madang.kernel.logs import logger

BATCH = 500


def root() -> None:
    """Put the root over yesterday's events into the audit log."""
    root_of_day()


def forget() -> None:
    """Delete closed cases whose time to be kept is over."""
    forget_closed()
    print_room.forget()


def heal() -> None:
    """Issue documents that are owed, and take in payments whose event was missed."""
    case_money.missed_payments()
    case_documents.issue_owed()


def clock() -> None:
    """Do what timers say, and announce which cases are late."""
    now = times.now()
    with purpose(CASES, KEEP):
        due = list(
            Case.objects.filter(timer_due__lte=now)
            .order_by("timer_due")
            .values_list("number", flat=True)[:BATCH]
        )
        late = list(
            Case.objects.filter(due__lt=now, overdue_told=None)
            .exclude(state_kind="final")
            .order_by("due")[:BATCH]
        )
        for case in late:
            _tell_late(case)
    for number in due:
        try:
            _run_timer(number)
        except MadangError as error:  # nothing of it is done; its next turn comes, the others' now
            logger("cases").error("a timer failed", case=number, why=error.message)


def recount() -> int:
    """Count the deadlines of open cases anew; return how many moved.

    A temporary holiday that the calendar has gained moves them; nothing else does.
    """
    moved = 0
    with purpose(CASES, KEEP):
        for case in Case.objects.exclude(state_kind="final").order_by("pk").iterator(BATCH):
            before = (case.due, case.state_due, case.timer_due)
            Dossier.of(case).recount()
            if (case.due, case.state_due, case.timer_due) != before:
                # who acts on the case meanwhile counts anew as well: this version only
                moved += Case.objects.filter(pk=case.pk, version=case.version).update(
                    due=case.due, state_due=case.state_due, timer_due=case.timer_due
                )
    return moved


def _tell_late(case: Case) -> None:
    assert case.due is not None
    with transaction.atomic():
        told = Case.objects.filter(pk=case.pk, overdue_told=None)
        if told.update(overdue_told=times.now()):
            announce(
                CaseOverdue(
                    number=case.number, service=case.service, department=case.department,
                    district=case.district, due=utc_text(case.due),
                )
            )  # fmt: skip


def _run_timer(number: str) -> None:
    """Run the timer of a case that is due, once for each stay in the state.

    Its mark and what it does are one transaction: nobody acts on the case between them, and a
    process that is killed has done neither.
    """
    with purpose(CASES, KEEP), transaction.atomic():
        case = locked(number)
        if case.timer_due is None or case.timer_due > times.now():
            return
        dossier = Dossier.of(case)
        timers = [one for one in dossier.pinned.process.timers if one.state == case.state]
        waiting = [
            one for one in timers if timer_mark(one, case.state_since) not in case.timers_done
        ]
        if not waiting:
            return
        timer = waiting[0]
        case.timers_done = [*case.timers_done, timer_mark(timer, case.state_since)]
        dossier.recount()
        dossier.save()
        if timer.notice:
            announce(
                CaseNoticeDue(
                    number=number, service=case.service, package=case.package,
                    subject=case.subject, notice=timer.notice, version=case.version,
                )
            )  # fmt: skip
        if timer.verb:
            try:
                act(number, timer.verb, CASES, Asked(), by=Machine("clock"))
            except NotPossible as error:
                logger("cases").warning("a timer could not act", case=number, why=error.message)
