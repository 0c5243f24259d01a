"""What a disagreement leads to: a person says who was right, and chooses what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose
from madang.cases.audit.models import AuditFinding, AuditItem
from madang.cases.audit.tasks import open_task
from madang.cases.case_acting import Asked, act
from madang.cases.case_errors import NotPossible, UnknownAudit
from madang.cases.case_events import StopProposed
from madang.cases.case_models import Case
from madang.cases.case_packages import pinned
from madang.cases.case_places import covers
from madang.cases.case_purposes import CASES, MONITOR
from madang.cases.rules import is_officer
from madang.kernel import audit, times
from madang.kernel.errors import Conflict, Forbidden, Invalid
from madang.kernel.events import announce

WRONG, RIGHT = "machine-wrong", "machine-right"
CORRECT, REVIEW, STOP = "correct-case", "review-rule", "propose-stop"
FOLLOWS = (CORRECT, REVIEW, STOP)
LONGEST = 4000
PAGE = 100


@dataclass(frozen=True)
class Finding:
    """A disagreement, as those who settle it see it. `reviewer` is not told: it is about the case.

    kind: `outcome` or `fee`; decided: what the officer decided, with reasons.
    """

    id: str
    number: str
    service: str
    package: str
    kind: str
    at: datetime
    decided: str
    fee: int | None
    reasons: str
    looked_s: int
    verdict: str
    follows: tuple[str, ...]
    said: str
    settled_at: datetime | None
    is_mine: bool


def findings(actor: Actor, *, are_open: bool = True) -> list[Finding]:
    """Return disagreements where somebody works, the oldest open or newest settled first."""
    if not is_officer(actor):
        return []
    with purpose(CASES, MONITOR):
        rows = AuditFinding.objects.filter(settled_at__isnull=are_open).select_related("item__case")
        rows = rows.order_by("at" if are_open else "-settled_at")[:PAGE]
        return [_shown(row, actor) for row in rows if _covers(actor, row.item)]


def finding(actor: Actor, finding_id: str) -> Finding:
    """Return one disagreement; raises `UnknownAudit` where it lies elsewhere."""
    with purpose(CASES, MONITOR):
        return _shown(_row(actor, finding_id), actor)


def settle(
    actor: Actor, finding_id: str, verdict: str, follows: Sequence[str], said: str
) -> Finding:
    """Say who was right, and do what was chosen.

    `correct-case` opens the case again by the verb of its process, `review-rule` gives the
    department a task, `propose-stop` one that leads to the brake: nobody is stopped by this alone.

    Raises
    ------
    Forbidden
        If the actor is the officer whose decision it is about.
    Invalid
        If a word is missing or does not fit.
    NotPossible
        If the case cannot be opened again as it stands; nothing is settled then.
    """
    wrong = {}
    if verdict not in (WRONG, RIGHT):
        wrong["verdict"] = _("Say who was right.")
    if not set(follows) <= set(FOLLOWS) or (verdict == RIGHT and follows):
        wrong["follows"] = _("This does not follow from it.")
    if not 0 < len(said.strip()) <= LONGEST:
        wrong["said"] = _("Say why.")
    if wrong:
        raise Invalid(_("Something is missing."), wrong)
    with transaction.atomic():
        with purpose(CASES, MONITOR):
            row = _row(actor, finding_id)
            if row.item.reviewer == actor.id:
                raise Forbidden(_("Somebody else settles what your decision differs in."))
            settled = AuditFinding.objects.filter(pk=row.pk, settled_at=None).update(
                verdict=verdict, follows=list(follows), said=said.strip(),
                settled_by=actor.id, settled_at=times.now(),
            )  # fmt: skip
            if not settled:
                raise Conflict(_("Somebody settled this already."))
            case, item = row.item.case, row.item
        assert case is not None
        if CORRECT in follows:
            _reopen(case, actor, said)
        if REVIEW in follows:
            open_task(REVIEW, item.service, item.department, {"finding": row.pk}, about=row.pk)
        if STOP in follows:
            open_task(STOP, item.service, item.department, {"finding": row.pk}, about=row.pk)
            announce(StopProposed(service=item.service, finding=row.pk))
        audit.record(
            actor.id, "cases.settle_finding", f"finding:{row.pk}",
            detail={"verdict": verdict, "follows": list(follows)},
        )  # fmt: skip
    return finding(actor, finding_id)


def _reopen(case: Case, actor: Actor, said: str) -> None:
    verb = pinned(case.package).verb_of_kind("reopen", case.state, "officer")
    if verb is None:
        raise NotPossible(_("This case cannot be opened again as it stands."), [("state", "")])
    act(case.number, verb.id, actor, Asked(reasons=said.strip()))


def _row(actor: Actor, finding_id: str) -> AuditFinding:
    found = AuditFinding.objects.filter(pk=finding_id).select_related("item__case").first()
    if found is None or not is_officer(actor) or not _covers(actor, found.item):
        raise UnknownAudit(_("There is no such finding where you work."))
    return found


def _covers(actor: Actor, item: AuditItem) -> bool:
    return covers(actor, department=item.department, district=item.district)


def _shown(row: AuditFinding, actor: Actor) -> Finding:
    item = row.item
    assert item.case is not None
    return Finding(
        id=row.pk,
        number=item.case.number,
        service=item.service,
        package=item.package,
        kind=row.kind,
        at=row.at,
        decided=item.outcome,
        fee=item.fee,
        reasons=item.reasons,
        looked_s=item.looked_s or 0,
        verdict=row.verdict,
        follows=tuple(row.follows),
        said=row.said,
        settled_at=row.settled_at,
        is_mine=item.reviewer == actor.id,
    )
