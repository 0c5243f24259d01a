"""An application is sent: checked once more, and one case however often it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose, require
from madang.cases import application_knowing, draft_papers
from madang.cases.application_errors import Incomplete, NewVersion, NoDraft
from madang.cases.application_knowing import Proposal
from madang.cases.case_models import Case
from madang.cases.case_money import pay_url_of
from madang.cases.case_opening import OpenedCase, may_apply, open_case
from madang.cases.case_purposes import CASES, OWN
from madang.cases.case_versions import DistrictAsked
from madang.cases.draft_models import Draft
from madang.cases.draft_papers import Paper
from madang.cases.drafts import APPLICATIONS, KEEP, Open, subject_of, version_of
from madang.cases.registers import Said
from madang.city.api import deadline_of, profile
from madang.identity.api import note_act
from madang.kernel import times
from madang.kernel.errors import Forbidden, Unauthenticated
from madang.services import api as services
from madang.services.api import Flow, Form


@dataclass(frozen=True)
class Sight:
    """A draft with the questions it is asked, in the reader's language.

    proposed: what questions are filled in with, by fact.
    known: what registers said, by fact.
    """

    draft: Open
    form: Form
    flow: Flow
    proposed: Mapping[str, Proposal] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def papers(self) -> tuple[Paper, ...]:
        """Return the files that were sent, oldest first; none where no paper is asked for."""
        return tuple(draft_papers.papers_of(self.draft)) if self.flow.evidence else ()

    @property
    def missing_papers(self) -> list[str]:
        """Return the ids of papers without which it cannot be sent."""
        have = {paper.evidence for paper in self.papers}
        looks = bool(self.draft.content.may_look)
        return [
            paper.id for paper in self.form.package.service.evidence
            if paper.id in self.flow.evidence and not paper.optional and paper.id not in have
            and not (paper.instead and looks)
        ]  # fmt: skip


def sight(draft: Open, language: str, *, alone: bool = False) -> Sight:
    """Return what is asked in a draft, as far as its answers and registers tell."""
    form = services.form_in(draft.row.package, language)
    today = profile().today()
    known = application_knowing.facts_known(form.package, draft.content)
    proposed = application_knowing.proposals(form.package, draft.content, today)
    fixed = {name: one.value for name, one in proposed.items() if one.is_fixed}
    answers = {**draft.content.answers, **fixed}
    return Sight(draft, form, form.flow(answers, today, known=known, alone=alone), proposed, known)


def is_current(draft: Open) -> bool:
    """Return whether a draft is of the version in force; raises UnknownService if there is none."""
    try:
        return version_of(draft).hash == draft.row.package
    except DistrictAsked:
        return False  # a district has published its own meanwhile


def due_if_sent_now(form: Form) -> datetime | None:
    """Return by when the city answers an application that reaches it now."""
    limit = form.package.service.deadline
    if limit == "immediately":
        return None
    found = deadline_of(times.now(), limit)
    return found.due if found else None


def fee_if_sent_now(seen: Sight) -> int:
    """Return what it costs as far as answers and registers tell, in minor units."""
    if not seen.form.package.service.fees:
        return 0
    facts = {**seen.known, **seen.flow.answers}
    return seen.form.rules.evaluate(facts, profile().today()).fee


def is_fee_open(seen: Sight) -> bool:
    """Return whether it costs nothing so far only since a register is silent on what it rests."""
    form = seen.form
    if fee_if_sent_now(seen):
        return False
    known = {**seen.known, **seen.flow.answers}
    needed = form.rules.fee_facts & form.package.register_facts
    return any(known.get(name) is None for name in needed)


def require_level(actor: Actor, form: Form) -> None:
    """Refuse whoever has not proved enough for this service; the house then asks for more.

    Raises
    ------
    Unauthenticated, StepUpNeeded
    Forbidden
        If the mandate does not go this far.
    """
    level = form.package.service.identity
    if level.ial == 0 and not actor.on_behalf_of:
        return
    if actor.is_anonymous:
        raise Unauthenticated(_("Sign in to send the application. Your answers are kept."))
    if not actor.through:  # in an assisted session, staff stand for who the person is
        require(actor, f"signed-in+ial{level.ial}+aal{max(level.aal, 1)}+represented")
    if not may_apply(actor, subject_of(actor), form.package.id, level.ial):
        raise Forbidden(_("Your mandate does not cover this service. Apply for yourself, or ask "
                          "for a mandate that does."))  # fmt: skip
    if actor.on_behalf_of and not actor.through and not level.represented:
        raise Forbidden(_("Only the person concerned can apply for this service."))


def send(actor: Actor, seen: Sight, *, channel: str, received_at: datetime | None = None,
         subject: str | None = None) -> OpenedCase:  # fmt: skip
    """Open the case; sent again, it is the same case.

    Raises
    ------
    Incomplete
        If questions or papers are open.
    NewVersion
        If the service has changed meanwhile.
    """
    draft, row = seen.draft, seen.draft.row
    if not draft.is_sent:
        if not is_current(draft):
            raise NewVersion(_("The service has changed. Go on with the new version first."))
        _check_complete(seen)
    content = draft.content
    person = subject_of(actor) if subject is None else subject
    with transaction.atomic():
        opened = open_case(
            package_hash=row.package, subject=person, facts=facts_of(seen),
            evidence=draft_papers.to_send(draft, seen.flow.evidence), actor=actor,
            channel=channel, key=f"draft:{row.pk}", wants_person=content.wants_person,
            consent=bool(content.may_look), received_at=received_at, proposed=_registered(seen),
        )  # fmt: skip
        with purpose(APPLICATIONS, KEEP):
            Draft.objects.filter(pk=row.pk).update(
                number=opened.number, sent=times.now(), code="", subject=person
            )
        note_act(actor, "application-sent", case=opened.number)
    row.number = opened.number
    return opened


def case_of(draft: Open) -> OpenedCase:
    """Return how the case of a sent application stands.

    Raises
    ------
    NoDraft
        If the case is not kept any more.
    """
    with purpose(CASES, OWN, case=draft.row.number):
        case = Case.objects.filter(number=draft.row.number).first()
        if case is None:
            raise NoDraft(_("This application is not kept any more."))
        return OpenedCase(
            case.number, case.state, case.due, case.fee, pay_url_of(case),
            case.decided_by == "system:rules", case.outcome, is_replay=True,
        )  # fmt: skip


def facts_of(seen: Sight) -> dict[str, Any]:
    """Return what the case learns: answers that count, of facts that the service knows."""
    known = seen.form.package.facts
    return {name: value for name, value in seen.flow.answers.items() if name in known}


def _registered(seen: Sight) -> dict[str, Said]:
    """Return what registers proposed for answers: the office sees it beside another answer."""
    return {
        name: Said(one.value, one.source, one.as_of)
        for name, one in seen.proposed.items()
        if one.source.startswith("register:") and name in seen.flow.answers
    }


def _check_complete(seen: Sight) -> None:
    wrong = {
        fault.question: services.fault_text(fault, seen.form.package.questions[fault.question])
        for step in seen.flow.steps for fault in step.faults
    }  # fmt: skip
    wrong |= {f"evidence.{name}": _("This paper is missing.") for name in seen.missing_papers}
    if seen.form.package.pages.consent and not seen.draft.content.consents:
        wrong["consents"] = _("Say yes to the declaration, or apply on paper or at a counter.")
    if wrong:
        raise Incomplete(_("Some answers are still open. What you wrote is kept."), wrong)
