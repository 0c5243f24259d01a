"""What is done to a case: one door for every verb, whoever does it and by whichever channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose
from madang.cases.audit.blind import hidden_numbers
from madang.cases.case_changed import check_version
from madang.cases.case_deciding import decide_if_settled, proposal, settle, standing
from madang.cases.case_dossier import Dossier
from madang.cases.case_effects import follow, linked_case
from madang.cases.case_errors import NotPossible, UnknownCase
from madang.cases.case_models import Case, CaseDecision, CaseEvent, CaseFile
from madang.cases.case_money import settle_up
from madang.cases.case_numbers import read_number
from madang.cases.case_opening import clean_files, sealed_file
from madang.cases.case_places import covers
from madang.cases.case_purposes import CASES, KEEP
from madang.cases.case_refunds import coming_back, give_back, written_down
from madang.cases.case_words import why_text
from madang.cases.evidence_files import EvidenceFile
from madang.cases.rules import (
    RECEIVES,
    Applicant,
    By,
    Change,
    Given,
    Impossible,
    Machine,
    Officer,
    Viewer,
    is_officer,
    step,
)
from madang.cases.transfer_effects import taken_by_acting
from madang.identity.api import may_act
from madang.kernel import times
from madang.kernel.errors import Conflict, Forbidden, Invalid


@dataclass(frozen=True)
class Acted:
    """What a case is after a verb; `is_replay` where this key had done it before."""

    number: str
    state: str
    version: int
    outcome: str
    due: datetime | None
    awaits_second: bool = False
    decided_by_rules: bool = False
    is_replay: bool = False


@dataclass(frozen=True)
class Asked:
    """What comes with a verb.

    expects_version : version of the case that the actor saw; None does not ask.
    facts : new values. missing : questions that the applicant is asked, papers as `evidence.ID`.
    links : numbers of other cases. target : account, `unit:`, `department:` or `body:`.
    departs : why the officer decides otherwise than the rules propose.
    looked_s : seconds for which a human had the case before them.
    """

    expects_version: int | None = None
    reasons: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    missing: Sequence[str] = ()
    links: Sequence[str] = ()
    target: str = ""
    evidence: Sequence[EvidenceFile] = ()
    departs: str = ""
    looked_s: int | None = None
    key: str = ""
    amount: int = 0


def act(number: str, verb: str, actor: Actor, asked: Asked, *, by: Machine | None = None) -> Acted:
    """Do a verb to a case.

    Parameters
    ----------
    by : our own rules, clock or event; None for people.

    Raises
    ------
    UnknownCase
        If there is none, or the actor may not see it.
    Forbidden
        If the actor may only see it.
    CaseChanged
        If somebody changed it since the version that the actor saw.
    NotPossible
        If the process does not allow it now; the message says every reason.
    """
    key = sha256(f"{actor.id}\n{asked.key}".encode()).hexdigest() if asked.key else ""
    with purpose(CASES, KEEP), transaction.atomic():
        case = locked(number, *asked.links)
        who = by or by_whom(actor, case)
        if who is None:
            raise UnknownCase(_("There is no such case. Look at its number, or call us."))
        if isinstance(who, Viewer):
            raise Forbidden(_("Your mandate lets you see this case, not act in it."))
        done = CaseEvent.objects.filter(case=case, key=key).first() if key else None
        if done is not None:
            if done.verb != verb:
                raise Conflict(_("This key was used for something else; take a new one."))
            return _acted(case, is_replay=True)
        check_version(case, asked.expects_version, actor)
        dossier = Dossier.of(case)
        return _done(dossier, verb, actor, asked, by=who, key=key)


def locked(number: str, *others: str) -> Case:
    """Return a case for changing it; who else wants to waits. Raises `UnknownCase`.

    `others` are cases that it is joined with: held in one order, so that two who join the same
    two cases the other way round wait for each other only once.
    """
    wanted = read_number(number) or ""
    rows = Case.objects.select_for_update().filter(number__in=[wanted, *others]).order_by("number")
    found = next((row for row in rows if row.number == wanted), None)
    if found is None:
        raise UnknownCase(_("There is no such case. Look at its number, or call us."))
    return found


def by_whom(actor: Actor, case: Case) -> By | None:
    """Return as what somebody acts on a case; None where it is none of theirs.

    An officer whose own matter it is, is its applicant and nothing else.
    """
    if actor.is_anonymous or actor.is_system:
        return None
    if case.subject and case.subject in (actor.person, actor.on_behalf_of):
        if not actor.on_behalf_of or may_act(actor, "apply", case.service):
            return Applicant(actor)
        return Viewer(actor) if may_act(actor, "view", case.service) else None
    covered = covers(actor, department=case.department, district=case.district)
    if is_officer(actor):
        works_there = covered or case.assignee == actor.id
        # who decides it once more for a sample does not see how it was decided
        is_open = works_there and case.number not in hidden_numbers(actor)
        return Officer(actor) if is_open else None
    if actor.roles & RECEIVES and not actor.on_behalf_of and actor.aal >= 2:
        return Applicant(actor)
    return None


def barred(case: Case, events: Sequence[tuple[str, str]] | None = None) -> frozenset[str]:
    """Return the accounts that took the decision which is appealed."""
    if events is None:
        events = list(
            CaseEvent.objects.filter(case=case, kind="appeal").values_list("kind", "id")[:1]
        )
    if not events:
        return frozenset()
    found: set[str] = set()
    for one, two in CaseDecision.objects.filter(case=case).values_list("decided_by", "second"):
        found |= {one, two}
    return frozenset(found - {""})


def _done(dossier: Dossier, verb: str, actor: Actor, asked: Asked, *, by: By, key: str) -> Acted:
    case = dossier.case
    # a server's clock that was put back does not make things happen before those before them
    now = max(times.now(), case.state_since, case.received_at)
    files = clean_files(dossier.pinned, asked.evidence)
    _check_facts(dossier, by, asked)
    change = step(
        dossier.pinned.process,
        standing(
            dossier,
            has_evidence=bool(files) or CaseFile.objects.filter(case=case).exists(),
            barred=barred(case),
        ),
        verb,
        by,
        Given(
            reasons=asked.reasons, facts=frozenset(asked.facts), links=tuple(asked.links),
            target=asked.target, evidence=len(files),
        ),
    )  # fmt: skip
    if isinstance(change, Impossible):
        raise NotPossible(why_text(change.why), change.why)
    if isinstance(by, Officer):
        taken_by_acting(dossier, actor, now)
    source = "applicant" if isinstance(by, Applicant) else "office"
    if isinstance(by, Applicant) and actor.roles & RECEIVES and not actor.on_behalf_of:
        source = "office" if case.subject != actor.person else "applicant"
    before = proposal(dossier).said.outcome if change.verb.kind == "answer" else ""
    content: dict[str, Any] = {
        "facts": dossier.learn(asked.facts, source, now),
        "reasons": asked.reasons,
        "missing": list(asked.missing),
        "links": list(asked.links),
        "target": asked.target,
        "evidence": {file.digest: file.evidence for file in files},
        "amount": asked.amount,
    }
    if before:
        content["rules"] = [before, proposal(dossier).said.outcome]
    for file in files:
        dossier.add(sealed_file(dossier, file, now))
    back = None if change.awaits_second else coming_back(dossier, change.verb, now)
    content |= written_down(back)
    if change.awaits_second:
        return _proposed(dossier, change, actor, asked, now=now, content=content, key=key)
    if change.decision is not None:
        said = proposal(dossier, explain=True).said
        settle(
            dossier, change, actor, now, said, content=content, key=key,
            looked_s=asked.looked_s, departs=asked.departs,
        )  # fmt: skip
    else:
        others = [linked_case(case, number) for number in asked.links]
        dossier.happened(
            change.verb, change.to, actor, now, content=content, key=key, looked_s=asked.looked_s
        )
        follow(dossier, change, actor, now, target=asked.target, others=others, amount=asked.amount,
               reasons=asked.reasons)  # fmt: skip
        dossier.tell(change.verb)
    if back is not None and back.amount:
        give_back(dossier, back, case.outcome)
    by_rules = change.verb.kind in ("pay", "answer") and decide_if_settled(dossier, now)
    settle_up(dossier)
    dossier.save()
    return _acted(case, decided_by_rules=by_rules)


def _proposed(
    dossier: Dossier,
    change: Change,
    actor: Actor,
    asked: Asked,
    *,
    now: datetime,
    content: dict[str, Any],
    key: str,
) -> Acted:
    """Write down what a first officer proposes; a second one confirms it by the same verb."""
    dossier.case.proposed = {"verb": change.verb.id, "by": actor.id, "reasons": asked.reasons}
    content["awaits_second"] = True
    dossier.happened(
        change.verb, change.to, actor, now, content=content, key=key, looked_s=asked.looked_s
    )
    dossier.save()
    return _acted(dossier.case, awaits_second=True)


def _check_facts(dossier: Dossier, by: By, given: Asked) -> None:
    known, asked = dossier.pinned.package.facts, dossier.pinned.package.questions
    wrong = {}
    for name in given.missing:
        if not dossier.pinned.asks(name):
            wrong[name] = _("this service asks nothing of that name")
    for name in given.facts:
        if name not in known:
            wrong[name] = _("this service asks nothing of that name")
        elif isinstance(by, Applicant) and known[name].source == "register" and name not in asked:
            wrong[name] = _("this comes from a register and cannot be sent")
    if wrong:
        raise Invalid(_("The answer does not fit the service."), wrong)


def _acted(case: Case, **more: bool) -> Acted:
    return Acted(case.number, case.state, case.version, case.outcome, case.due, **more)
