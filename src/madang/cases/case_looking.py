"""Cases as others may see them: by their subject, by an officer, event by event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose
from madang.cases.case_acting import barred, by_whom
from madang.cases.case_clocks import state_of
from madang.cases.case_errors import UnknownCase
from madang.cases.case_models import Case, CaseDocument, CaseEvent, CaseFact, CaseFile
from madang.cases.case_money import pay_url_of
from madang.cases.case_numbers import read_number
from madang.cases.case_packages import pinned, worded
from madang.cases.case_purposes import CASES, KEEP, OWN, WORK
from madang.cases.case_words import state_title
from madang.cases.rules import By, Officer, Viewer
from madang.identity.api import extent_of, names_of
from madang.records import api as records


@dataclass(frozen=True)
class ShownCase:
    """A case as other rooms see it; times in UTC, money in minor units."""

    number: str
    service: str
    title: str
    package: str
    subject: str
    state: str
    state_title: str
    state_kind: str
    outcome: str
    channel: str
    received_at: datetime
    due: datetime | None
    state_due: datetime | None
    closed_at: datetime | None
    fee: int
    paid: int
    pay_url: str
    assignee: str
    department: str
    district: str
    version: int
    parent: str
    merged_into: str

    @property
    def is_open(self) -> bool:
        """Return whether something is still to happen."""
        return self.state_kind != "final"


@dataclass(frozen=True)
class ShownEvent:
    """One thing that happened; `content` holds reasons, links and which facts changed."""

    position: int
    at: datetime
    actor: str
    through: str
    verb: str
    kind: str
    state_from: str
    state_to: str
    looked_s: int | None
    content: dict[str, Any]
    hash: str


@dataclass(frozen=True)
class Payment:
    """What was paid for a case; amounts in minor units, `url` is the page of the receipt.

    refunded : what went back or is on its way.
    """

    amount: int
    refunded: int
    at: datetime
    url: str


@dataclass(frozen=True)
class ShownFact:
    """A version of a fact."""

    name: str
    title: str
    value: Any
    source: str
    as_of: datetime
    version: int


def cases_of(subject: str) -> list[ShownCase]:
    """Return the cases of a person, newest first; the caller has checked who asks."""
    if not subject:
        return []
    with purpose(CASES, OWN):
        return [shown(row) for row in Case.objects.filter(subject=subject).order_by("-received_at")]


def pressing_for(actor: Actor, limit: int) -> list[Case]:
    """Return the cases of somebody, or of whom they act for as far as their right goes.

    First those that wait for their owner, then open ones, then closed ones; the newest first.
    """
    services = extent_of(actor).services_for("view", "apply")
    subject = actor.on_behalf_of or actor.person
    if services is None or not subject:
        return []
    with purpose(CASES, OWN):
        rows = Case.objects.filter(subject=subject)
        if services:
            rows = rows.filter(service__in=services)
        # waiting, open, final: the order in which people want them is that of the words, backwards
        return list(rows.order_by("-state_kind", "-received_at", "-id")[:limit])


def case_of(number: str) -> ShownCase:
    """Return a case by its number; the caller has checked who asks. Raises `UnknownCase`."""
    with purpose(CASES, OWN):
        return shown(row_of(number))


def row_of(number: str) -> Case:
    """Return the row of a number, as anybody types it; raises `UnknownCase`."""
    found = Case.objects.filter(number=read_number(number) or "").first()
    if found is None:
        raise UnknownCase(_("There is no such case. Look at its number, or call us."))
    return found


def seen_by(actor: Actor, number: str) -> tuple[By, Case]:
    """Return as what somebody sees a case, and its row; raises `UnknownCase`."""
    with purpose(CASES, KEEP):
        case = row_of(number)
        who = by_whom(actor, case)
    if who is None:
        raise UnknownCase(_("There is no such case. Look at its number, or call us."))
    return who, case


def may_only_see(actor: Actor, number: str) -> bool:
    """Return whether somebody's mandate lets them see a case and no more; raises `UnknownCase`."""
    return isinstance(seen_by(actor, number)[0], Viewer)


def decided_before(actor: Actor, number: str) -> bool:
    """Return whether an officer took the decision that is objected to: others decide again."""
    who, case = seen_by(actor, number)
    with look_for(actor, who, case.number):
        return actor.id in barred(case)


def look_for(actor: Actor, who: By, number: str) -> Any:
    """Return the purpose under which somebody reads a case: their own name where they work on it.

    A clerk at the applicant's side, and the applicant, read by our own process.
    """
    if isinstance(who, Officer):
        return purpose(actor, WORK, case=number)
    return purpose(CASES, OWN, case=number)


def case_for(actor: Actor, number: str) -> ShownCase:
    """Return a case for somebody whose it is or who works on it; raises `UnknownCase`."""
    who, case = seen_by(actor, number)
    with look_for(actor, who, case.number):
        return shown(row_of(case.number))


def events_for(actor: Actor, number: str) -> list[ShownEvent]:
    """Return what happened to a case, oldest first; residents see no account of staff."""
    who, case = seen_by(actor, number)
    with look_for(actor, who, case.number):
        rows = list(CaseEvent.objects.filter(case_id=case.pk).order_by("position"))
    own = not isinstance(who, Officer)
    return [_event(row, own=own, hides_staff=own and row.actor != case.applicant) for row in rows]


def applicant_of(actor: Actor, number: str) -> str:
    """Return the account that sent a case in; raises `UnknownCase` where it is none of theirs."""
    _who, case = seen_by(actor, number)
    return case.applicant


def facts_for(actor: Actor, number: str) -> list[ShownFact]:
    """Return every version of every fact, by name, oldest first."""
    who, case = seen_by(actor, number)
    titles = {fact.id: fact.title for fact in worded(pinned(case.package)).service.facts}
    with look_for(actor, who, case.number):
        rows = CaseFact.objects.filter(case_id=case.pk).order_by("fact", "version")
        return [
            ShownFact(r.fact, titles.get(r.fact, r.fact), r.value, r.source, r.as_of, r.version)
            for r in rows
        ]


def files_for(actor: Actor, number: str) -> Sequence[tuple[str, str, str, int]]:
    """Return (id, evidence, name, bytes) of the papers of a case."""
    who, case = seen_by(actor, number)
    with look_for(actor, who, case.number):
        rows = CaseFile.objects.filter(case_id=case.pk).order_by("at").defer("sealed")
        return [(row.pk, row.evidence, row.name, row.size) for row in rows]


def shown(case: Case) -> ShownCase:
    """Return a row as others see it."""
    package = worded(pinned(case.package))
    return ShownCase(
        number=case.number,
        service=case.service,
        title=package.service.title,
        package=case.package,
        subject=case.subject,
        state=case.state,
        state_title=state_title(state_of(package.process, case.state)),
        state_kind=case.state_kind,
        outcome=case.outcome,
        channel=case.channel,
        received_at=case.received_at,
        due=case.due,
        state_due=case.state_due,
        closed_at=case.closed_at,
        fee=case.fee,
        paid=case.paid,
        pay_url=pay_url_of(case),
        assignee=case.assignee,
        department=case.department,
        district=case.district,
        version=case.version,
        parent=case.parent,
        merged_into=case.merged_into,
    )


def _event(row: CaseEvent, *, own: bool, hides_staff: bool) -> ShownEvent:
    content = msgspec.json.decode(row.content)
    if own:
        content.pop("rules", None)  # what the rules propose is for officers, until one decides
    return ShownEvent(
        position=row.position,
        at=row.at,
        actor="office" if hides_staff and row.actor.startswith("account:") else row.actor,
        through="" if hides_staff else row.through,
        verb=row.verb,
        kind=row.kind,
        state_from=row.state_from,
        state_to=row.state_to,
        looked_s=row.looked_s,
        content=content,
        hash=row.hash,
    )


def name_of_subject(actor: Actor, number: str) -> str:
    """Return the name of whom a case concerns; empty where nobody knows it."""
    _who, case = seen_by(actor, number)
    return (
        names_of([case.subject], by=CASES, why=WORK).get(case.subject, "") if case.subject else ""
    )


def payments_for(actor: Actor, number: str) -> list[Payment]:
    """Return what was paid for the fee of a case and what came back, oldest first."""
    who, case = seen_by(actor, number)
    with look_for(actor, who, case.number):
        found, made = records.intents_of(case.number), records.refunds_of(case.number)
    return [
        Payment(one.amount, _going_back(one, made), one.captured_at, one.pay_url)
        for one in found
        if one.captured_at is not None and one.opened_by == CASES.id
    ]


def _going_back(paid: records.Intent, made: Sequence[records.RefundMade]) -> int:
    """Return what went back of a payment, or is on its way, such as to a second person's yes.

    What staff asked for by hand is promised to nobody before that yes.
    """
    unsure = sum(
        one.amount for one in made
        if one.intent == paid.id and one.state == "waiting" and one.asked_by != CASES.id
    )  # fmt: skip
    return paid.amount - paid.charged_back - records.refundable(paid.id) - unsure


def documents_for(actor: Actor, number: str) -> list[tuple[str, str]]:
    """Return (title, where it is read) of the documents of a case; no address while on its way."""
    who, case = seen_by(actor, number)
    package = worded(pinned(case.package))
    with look_for(actor, who, case.number):
        rows = list(CaseDocument.objects.filter(case_id=case.pk).order_by("asked_at"))
    made = {one.id: one for one in records.documents_of(actor)} if rows else {}
    found = []
    for row in rows:
        written = package.document(row.document)
        document = made.get(row.code)
        found.append(
            (written.title if written else row.document, document.pdf_url if document else "")
        )
    return found
