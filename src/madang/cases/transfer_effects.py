"""What a transfer does to a case: where it lies, whose clock runs, what its chain of events says.

Called in the caller's transaction, with the case locked and its purpose open.
"""

from __future__ import annotations

from datetime import datetime

from madang.access.api import Actor
from madang.cases.case_dossier import Dossier
from madang.cases.case_models import Case
from madang.cases.case_purposes import CASES
from madang.cases.transfer_models import CaseTransfer
from madang.cases.transfer_rules import BACK, bodies, way_to
from madang.city.api import deadline_of
from madang.services.api import Verb

State = CaseTransfer.State
# They belong to the office, not to a service: no package words them, and every process has them.
ACKNOWLEDGE = Verb(id="acknowledge", kind="taken")  # type: ignore[arg-type]
RETURN = Verb(id="return", kind="return")  # type: ignore[arg-type]
REMIND = Verb(id="remind", kind="remind")  # type: ignore[arg-type]
DELIVER = Verb(id="deliver", kind="deliver")  # type: ignore[arg-type]


def where(case: Case) -> dict[str, str]:
    """Return where a case lies, so that it can come back there."""
    return {"unit": case.unit, "district": case.district, "department": case.department,
            "assignee": case.assignee}  # fmt: skip


def open_transfer(case: Case) -> CaseTransfer | None:
    """Return the transfer by which a case is on its way; None where it is not."""
    return CaseTransfer.objects.filter(case=case, state=State.SENT).first()


def sent_on(
    dossier: Dossier, actor: Actor, at: datetime, *, target: str, origin: dict[str, str],
    reasons: str,
) -> None:  # fmt: skip
    """Begin a transfer; what was on its way before has been had by whoever sends it on now."""
    before = open_transfer(dossier.case)
    if before is not None:
        _end(before, State.ACKNOWLEDGED, actor, at, "")
        before.save()
    _clock_runs(dossier, at)
    way = way_to(target, bodies())
    remind, back = (deadline_of(at, x) for x in (way.limits.remind, way.limits.back))
    assert remind is not None
    assert back is not None
    dossier.add(
        CaseTransfer(
            case=dossier.case, subject=dossier.case.subject, target=target, by=actor.id,
            reasons=reasons, origin=origin, sent_at=at, remind_at=remind.due, lapse_at=back.due,
            next_try=at if way.door else None,
        )
    )  # fmt: skip


def acknowledged(
    dossier: Dossier, row: CaseTransfer, actor: Actor, at: datetime, reasons: str
) -> None:
    """Write down that the receiver has the case; with a body outside, our clock stands."""
    _end(row, State.ACKNOWLEDGED, actor, at, reasons)
    row.save()
    if row.target.startswith("body:"):
        pauses = dossier.case.pauses
        if not pauses or pauses[-1][1] is not None:
            dossier.case.pauses = [*pauses, [at.isoformat(), None]]
    _note(dossier, ACKNOWLEDGE, actor, at, row, reasons=reasons)


def came_back(
    dossier: Dossier, row: CaseTransfer, actor: Actor, at: datetime, *, reasons: str = "",
    state: str = State.RETURNED,
) -> None:  # fmt: skip
    """Bring a case back to where it lay; one that nobody took comes first in its list."""
    case = dossier.case
    _end(row, state, actor, at, reasons)
    row.save()
    case.unit, case.district = row.origin["unit"], row.origin["district"]
    case.department, case.assignee = row.origin["department"], row.origin["assignee"]
    case.body = ""
    if state == State.LAPSED:
        case.priority = max(case.priority, 1)
    _clock_runs(dossier, at)
    _note(dossier, RETURN, actor, at, row, reasons=reasons, lapsed=state == State.LAPSED)
    if row.target.startswith("body:"):
        dossier.notice(BACK)


def reminded(dossier: Dossier, row: CaseTransfer, at: datetime) -> None:
    """Write down that the receiver was reminded."""
    row.reminded_at = at
    _note(dossier, REMIND, CASES, at, row)


def delivered(dossier: Dossier, row: CaseTransfer, at: datetime, fault: str) -> None:
    """Write down what an attempt at a body's door came to; `fault` is empty where it took it."""
    _note(dossier, DELIVER, CASES, at, row, attempt=row.attempts, fault=fault)


def taken_by_acting(dossier: Dossier, actor: Actor, at: datetime) -> None:
    """Have a receiver who acts on a case have it."""
    row = open_transfer(dossier.case)
    if row is not None and row.by != actor.id and not row.target.startswith("body:"):
        acknowledged(dossier, row, actor, at, "")


def _end(row: CaseTransfer, state: str, actor: Actor, at: datetime, answer: str) -> None:
    row.state, row.ended_at, row.ended_by, row.answer = state, at, actor.id, answer
    row.next_try = None


def _clock_runs(dossier: Dossier, at: datetime) -> None:
    """Let the clock go on that stood while a body outside had the case."""
    state, pauses = dossier.state, dossier.case.pauses
    stands = state is not None and state.kind == "waiting"
    if pauses and pauses[-1][1] is None and not stands:
        dossier.case.pauses = [*pauses[:-1], [pauses[-1][0], at.isoformat()]]


def _note(
    dossier: Dossier, verb: Verb, actor: Actor, at: datetime, row: CaseTransfer, **more: object
) -> None:
    state = dossier.state
    assert state is not None
    content = {"target": row.target, "transfer": row.pk, **more}
    dossier.happened(verb, state, actor, at, content=content)
