"""Deciding a case of a sample once more, without knowing how it was decided.

An officer gets an item, never a number: facts, papers, rules with their law, parameters of that
day. Only when their decision is written is it held against the machine's. As long as they have the
item, the case itself does not exist for them anywhere else (`hidden_numbers`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose
from madang.cases.audit.models import AuditFinding, AuditItem
from madang.cases.case_deciding import day_of
from madang.cases.case_errors import UnknownAudit
from madang.cases.case_events import AuditDisagreed
from madang.cases.case_models import Case, CaseDecision, CaseEvent, CaseFact, CaseFile
from madang.cases.case_packages import Pinned, pinned, worded
from madang.cases.case_places import covers
from madang.cases.case_purposes import AUDIT, CASES, MONITOR
from madang.cases.rules import is_officer
from madang.kernel import audit, times
from madang.kernel.errors import Conflict, Forbidden, Invalid
from madang.kernel.events import announce
from madang.services.api import in_force

OUTCOMES = ("grant", "refuse", "refer")
LONGEST = 4000
LONGEST_LOOK_S = 86_400
HELD = timedelta(days=7)  # then an item that nobody decided goes to somebody else
_LOOKED_AT_ONCE = 200


@dataclass(frozen=True)
class BlindFact:
    """A fact as it is known at the end of a case."""

    name: str
    value: Any
    source: str


@dataclass(frozen=True)
class BlindCase:
    """What an officer sees of a case of a sample: all that the rules saw, nothing they said.

    papers: (id, evidence, name) of what was handed in. day: as of which it is to be decided.
    """

    id: str
    service: str
    pinned: Pinned
    received_at: datetime
    facts: tuple[BlindFact, ...]
    papers: tuple[tuple[str, str, str], ...]
    parameters: tuple[tuple[str, Any, str, str], ...]
    has_fee: bool
    decided_at: datetime | None


@dataclass(frozen=True)
class Compared:
    """An officer's decision beside the machine's, once it is written."""

    id: str
    number: str
    outcome: str
    fee: int | None
    machine: str
    machine_fee: int
    agrees: bool
    was_planted: bool
    looked_s: int
    finding: str


def waiting(actor: Actor) -> int:
    """Return how many items somebody may take now."""
    if not is_officer(actor):
        return 0
    with purpose(CASES, MONITOR):
        return sum(1 for item in _free(actor) if _may_audit(actor, item))


def held(actor: Actor) -> str:
    """Return the id of the item that somebody has and has not decided; empty for none."""
    with purpose(CASES, MONITOR):
        item = AuditItem.objects.filter(reviewer=actor.id, decided_at=None).first()
        return item.pk if item else ""


def take(actor: Actor) -> str:
    """Give an officer the next item that they may decide; return its id, empty where none waits.

    Who has one gets that one again. Nobody gets a case that they worked on, that is their own, or
    that lies where they do not work.

    Raises
    ------
    Forbidden
        If the actor is no officer.
    """
    _require_officer(actor)
    if already := held(actor):
        return already
    with purpose(CASES, MONITOR):
        for item in _free(actor):
            if not _may_audit(actor, item):
                continue
            now = times.now()
            mine = AuditItem.objects.filter(pk=item.pk, decided_at=None, reviewer=item.reviewer)
            if mine.update(reviewer=actor.id, opened_at=now):
                return item.pk
    return ""


def give_back(actor: Actor, item_id: str) -> None:
    """Give an item back because one knows the case; it goes to somebody else, never to one again.

    Raises `UnknownAudit`, and `Conflict` where it is decided.
    """
    with purpose(CASES, MONITOR), transaction.atomic():
        item = own_item(actor, item_id, locked=True)
        if item.decided_at is not None:
            raise Conflict(_("This case was decided already."))
        item.recused = [*item.recused, actor.id]
        item.reviewer, item.opened_at = "", None
        item.save(force_update=True)
        audit.record(actor.id, "cases.give_back_audit", f"audit:{item.pk}")


def blind_case(actor: Actor, item_id: str) -> BlindCase:
    """Return what an officer sees of the item that they have; raises `UnknownAudit`."""
    _require_officer(actor)
    with purpose(CASES, MONITOR):
        item = own_item(actor, item_id)
        number = item.case.number if item.case else ""
    found = pinned(item.package)
    known = _planted_facts(item, found) if item.planted is not None else []
    papers: list[tuple[str, str, str]] = []
    if number:
        with purpose(actor, AUDIT, case=number):
            newest = {
                fact.fact: BlindFact(fact.fact, fact.value, fact.source)
                for fact in CaseFact.objects.filter(case_id=item.case_id).order_by("version")
            }
            files = CaseFile.objects.filter(case_id=item.case_id).order_by("at").defer("sealed")
            papers = [(file.pk, file.evidence, file.name) for file in files]
        known = list(newest.values())
    order = {fact.id: place for place, fact in enumerate(found.package.service.facts)}
    return BlindCase(
        id=item.pk,
        service=item.service,
        pinned=found,
        received_at=item.received_at,
        facts=tuple(sorted(known, key=lambda one: order.get(one.name, len(order)))),
        papers=tuple(papers),
        parameters=tuple(_parameters(found, item.received_at)),
        has_fee=bool(found.package.service.fees),
        decided_at=item.decided_at,
    )


def decide(
    actor: Actor, item_id: str, outcome: str, reasons: str, *, fee: int | None = None
) -> Compared:
    """Write what an officer decides, then hold it against the machine's decision.

    Where they differ, a finding opens: what follows from it is for a person to choose.

    Raises
    ------
    Invalid
        If outcome or reasons are missing.
    Conflict
        If it is decided already: an opinion is not changed once the comparison is known.
    UnknownAudit
        If the item is somebody else's.
    """
    _require_officer(actor)
    wrong = {}
    if outcome not in OUTCOMES:
        wrong["outcome"] = _("Choose how you decide.")
    if not 0 < len(reasons.strip()) <= LONGEST:
        wrong["reasons"] = _("Say why.")
    if fee is not None and fee < 0:
        wrong["fee"] = _("A fee is 0 or more.")
    if wrong:
        raise Invalid(_("Something is missing in your decision."), wrong)
    now = times.now()
    with purpose(CASES, MONITOR), transaction.atomic():
        item = own_item(actor, item_id, locked=True)
        if item.decided_at is not None:
            raise Conflict(_("This case was decided already."))
        if item.case and not _may_audit(actor, item):
            raise Forbidden(_("You worked on this case: somebody else decides it."))
        item.outcome, item.reasons, item.decided_at = outcome, reasons.strip(), now
        item.fee = fee if pinned(item.package).package.service.fees else None
        looked = (now - (item.opened_at or now)).total_seconds()
        item.looked_s = int(max(0, min(LONGEST_LOOK_S, looked)))
        kind = _difference(item)
        item.agrees = not kind
        item.save(force_update=True)
        if kind and item.case:
            found = AuditFinding.objects.create(item=item, subject=item.subject, kind=kind, at=now)
            announce(AuditDisagreed(finding=found.pk, service=item.service, kind=kind))
        audit.record(
            actor.id, "cases.decide_blind", f"audit:{item.pk}",
            detail={"agrees": item.agrees, "looked_s": item.looked_s},
        )  # fmt: skip
    return compared(actor, item_id)


def compared(actor: Actor, item_id: str) -> Compared:
    """Return an officer's decision beside the machine's; raises `UnknownAudit` before it is made.

    Of a planted case the machine is said to have granted what must not be granted.
    """
    with purpose(CASES, MONITOR):
        item = own_item(actor, item_id)
        if item.decided_at is None:
            raise UnknownAudit(_("There is no such case in your sample."))
        machine, fee = _machine(item)
        finding = AuditFinding.objects.filter(item=item).first()
        return Compared(
            id=item.pk,
            number=item.case.number if item.case else "",
            outcome=item.outcome,
            fee=item.fee,
            machine=machine,
            machine_fee=fee,
            agrees=bool(item.agrees),
            was_planted=item.planted is not None,
            looked_s=item.looked_s or 0,
            finding=finding.pk if finding else "",
        )


def hidden_numbers(actor: Actor) -> list[str]:
    """Return the numbers of cases that an officer has before them blind: no list shows them."""
    if not is_officer(actor):
        return []
    with purpose(CASES, MONITOR):
        mine = AuditItem.objects.filter(reviewer=actor.id, decided_at=None, case__isnull=False)
        return list(mine.values_list("case__number", flat=True))


def own_item(actor: Actor, item_id: str, *, locked: bool = False) -> AuditItem:
    """Return an item that an officer has, its tables open; raises `UnknownAudit`."""
    rows = AuditItem.objects.select_for_update() if locked else AuditItem.objects
    found = rows.filter(pk=item_id, reviewer=actor.id).first()
    if found is None:
        raise UnknownAudit(_("There is no such case in your sample."))
    if found.case_id:
        found.case = Case.objects.get(pk=found.case_id)
    return found


def _require_officer(actor: Actor) -> None:
    if not is_officer(actor):
        raise Forbidden(_("Officers who are signed in with two proofs decide samples."))


def _free(actor: Actor) -> list[AuditItem]:
    """Return items that nobody has, or had too long, the first first."""
    stale = times.now() - HELD
    open_ones = AuditItem.objects.filter(decided_at=None).select_related("case")
    free = open_ones.filter(reviewer="") | open_ones.filter(opened_at__lt=stale)
    return list(free.exclude(reviewer=actor.id).order_by("place")[:_LOOKED_AT_ONCE])


def _may_audit(actor: Actor, item: AuditItem) -> bool:
    if not covers(actor, department=item.department, district=item.district):
        return False
    if actor.id in item.recused:
        return False
    case = item.case
    if case is None:
        return True
    if actor.person and actor.person == case.subject:
        return False
    first = (case.proposed or {}).get("by", "")
    if actor.id in (case.assignee, case.applicant, case.through, case.decided_by, first):
        return False
    return not (
        CaseEvent.objects.filter(case=case, actor=actor.id).exists()
        or CaseEvent.objects.filter(case=case, through=actor.id).exists()
        or CaseDecision.objects.filter(case=case, second=actor.id).exists()
        or AuditItem.objects.filter(case=case, reviewer=actor.id).exclude(pk=item.pk).exists()
    )


def _planted_facts(item: AuditItem, found: Pinned) -> list[BlindFact]:
    kinds = found.package.facts
    assert item.planted is not None
    return [
        BlindFact(name, value, _source_of(kinds[name].source, kinds[name].register))
        for name, value in item.planted.items()
    ]


def _source_of(source: str, register: str | None) -> str:
    return f"register:{(register or '').partition('.')[0]}" if source == "register" else source


def _parameters(found: Pinned, received: datetime) -> list[tuple[str, Any, str, str]]:
    day = day_of(received)
    said = []
    for parameter in worded(found).parameters:
        dated = [one for one in parameter.values if one.since <= day]
        law = max(dated, key=lambda one: one.since).law if dated else None
        said.append((parameter.title, in_force(parameter, day), parameter.unit,
                     f"{law.law} {law.article}" if law else ""))  # fmt: skip
    return said


def _machine(item: AuditItem) -> tuple[str, int]:
    """Return what the machine decided: its outcome as a word of `OUTCOMES`, and the fee."""
    if item.case is None:
        return "grant", 0
    decision = (
        CaseDecision.objects.filter(case=item.case, decided_by="system:rules")
        .order_by("at")
        .first()
    )
    assert decision is not None
    return "grant", int((decision.said or {}).get("fee", 0))


def _difference(item: AuditItem) -> str:
    """Return in what an officer's decision differs: `outcome`, `fee`, or nothing."""
    machine, fee = _machine(item)
    if item.outcome != machine:
        return "outcome"
    return "fee" if item.case and item.fee is not None and item.fee != fee else ""
