"""A case is opened: from any channel, once for each key, decided at once where the rules may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose
from madang.cases import case_places, registers
from madang.cases.case_deciding import day_of, decide_if_settled
from madang.cases.case_dossier import Dossier
from madang.cases.case_errors import NotPossible
from madang.cases.case_models import Case, CaseFile, CaseSerial
from madang.cases.case_money import ask_for_money, fee_of
from madang.cases.case_numbers import case_number
from madang.cases.case_packages import Pinned, pinned
from madang.cases.case_purposes import CASES, KEEP
from madang.cases.case_words import why_text
from madang.cases.evidence_files import CleanFile, EvidenceFile, cleaned
from madang.cases.file_sealing import seal
from madang.cases.rules import (
    RECEIVES,
    Applicant,
    Given,
    Impossible,
    Officer,
    Standing,
    is_officer,
    step,
)
from madang.identity.api import may_act
from madang.kernel import times
from madang.kernel.canonical import canonical
from madang.kernel.errors import Conflict, Forbidden, Invalid
from madang.kernel.events import new_id
from madang.services.api import Process, Verb


@dataclass(frozen=True)
class OpenedCase:
    """A case as its sender gets it back.

    due: last moment of the office's limit. fee: minor units that are to be paid.
    pay_url: where to pay, empty where nothing is due. decided: whether the rules have decided it.
    is_replay: whether this key had opened it before.
    """

    number: str
    state: str
    due: datetime | None
    fee: int
    pay_url: str
    decided: bool
    outcome: str = ""
    is_replay: bool = False


@dataclass(frozen=True)
class Intake:
    """What an application consists of, checked against its package."""

    pinned: Pinned
    subject: str
    facts: Mapping[str, Any]
    files: Sequence[CleanFile]
    actor: Actor
    channel: str
    wants_person: bool
    consent: bool
    proposed: Mapping[str, registers.Said]


def open_case(  # noqa: PLR0913 - what an application consists of
    *,
    package_hash: str,
    subject: str,
    facts: Mapping[str, Any],
    evidence: Sequence[EvidenceFile] = (),
    actor: Actor,
    channel: str,
    key: str,
    wants_person: bool = False,
    consent: bool = True,
    received_at: datetime | None = None,
    parent: str = "",
    proposed: Mapping[str, registers.Said] | None = None,
) -> OpenedCase:
    """Open a case, and decide it where the rules may.

    Parameters
    ----------
    subject : id of the person concerned.
    key : the sender's own name for this application; sent again, it opens nothing more.
    wants_person : whether the applicant asked that no machine decides.
    consent : whether the person lets the city look at registers, where the package asks it.
    received_at : when it reached the city, where that was earlier (post, counter); staff only.
    proposed : what registers had said of answers that were filled in; kept beside the answers.

    Raises
    ------
    Invalid
        Field by field, if facts, files or channel do not fit the package.
    Forbidden
        If the actor may not apply for this person.
    Conflict
        If the key was used for another application.
    """
    made = _checked(
        Intake(
            pinned(package_hash), subject, facts, _clean(pinned(package_hash), evidence), actor,
            channel, wants_person, consent, proposed or {},
        )
    )  # fmt: skip
    if not 0 < len(key) <= 200:
        raise Invalid(_("an application has a key of 1 to 200 characters"), {"key": "length"})
    intake = sha256(f"{actor.id}\n{key}".encode()).hexdigest()
    body = _body(made)
    moment = _receipt(actor, received_at)
    with purpose(CASES, KEEP):
        try:
            with transaction.atomic():
                before = Case.objects.filter(intake=intake).first()
                if before is not None:
                    return _replayed(before, body)
                dossier = _opened(made, intake, body, moment, parent)
                pay_url = ask_for_money(dossier)
                dossier.save()
        except IntegrityError:  # a rival with the same key was first
            before = Case.objects.filter(intake=intake).first()
            if before is None:
                raise
            return _replayed(before, body)
    case = dossier.case
    return OpenedCase(
        case.number, case.state, case.due, case.fee, pay_url,
        case.decided_by == "system:rules", case.outcome,
    )  # fmt: skip


def submit_verb(process: Process) -> Verb:
    """Return the verb by which a case begins; raises `Invalid` where a process has none."""
    for verb in process.verbs:
        if verb.kind == "submit":
            return verb
    raise Invalid("the process of this service has no way to submit")


def may_apply(actor: Actor, subject: str, service: str, ial: int) -> bool:
    """Return whether the actor may apply for a person: self, by mandate, or at a counter.

    `ial` is the assurance that the service asks of who comes by a digital channel.
    """
    if actor.is_system:
        return False
    if actor.roles & RECEIVES and not actor.on_behalf_of:
        return True
    if actor.on_behalf_of:
        return subject == actor.on_behalf_of and may_act(actor, "apply", service)
    return subject == actor.person and (bool(subject) or ial == 0) and actor.ial >= ial


def _opened(made: Intake, intake: str, body: str, moment: datetime, parent: str) -> Dossier:
    now = times.now()
    service, process = made.pinned.package.service, made.pinned.process
    number = case_number(day_of(moment).year, CaseSerial.objects.create().pk)
    looked = {}
    if made.consent or not made.pinned.package.pages.consent:
        looked = registers.look_up(made.pinned.package, made.subject, number)
    place = case_places.place_of(made.pinned.package, made.facts)
    where = case_places.competent(made.pinned.package, made.facts, place, made.subject)
    case = Case(
        number=number,
        service=service.id,
        package=made.pinned.hash,
        subject=made.subject,
        applicant=made.actor.id,
        through=made.actor.through,
        mandate=made.actor.mandate,
        channel=made.channel,
        intake=intake,
        intake_body=body,
        district=where.district,
        unit=where.unit,
        department=service.handled_by.department,
        place=place,
        state="",
        decision_class=process.decision_class,
        wants_person=made.wants_person,
        received_at=moment,
        state_since=now,
        limit=service.deadline,
        parent=parent,
    )
    dossier = Dossier(case, made.pinned, is_new=True)
    source = (
        "applicant" if made.subject in (made.actor.person, made.actor.on_behalf_of) else "office"
    )
    digests: dict[str, str] = {}
    for name, said in made.proposed.items():  # first: what the applicant says is newer
        digests |= dossier.learn({name: said.value}, said.source, said.as_of)
    digests |= dossier.learn(made.facts, source, moment)
    for name, said in looked.items():
        digests |= dossier.learn({name: said.value}, said.source, said.as_of)
    case.fee = fee_of(made.pinned, dossier.values, moment)
    verb = submit_verb(process)
    by = Officer(made.actor) if is_officer(made.actor) else Applicant(made.actor)
    change = step(process, Standing(number, ""), verb.id, by, Given(evidence=len(made.files)))
    if isinstance(change, Impossible):
        raise NotPossible(why_text(change.why), change.why)
    content = {
        "facts": digests,
        "evidence": {file.digest: file.evidence for file in made.files},
        "channel": made.channel,
        "consent": made.consent,
        "wants_person": made.wants_person,
        "parent": parent,
    }
    dossier.happened(verb, change.to, made.actor, now, content=content)
    for file in made.files:
        dossier.add(sealed_file(dossier, file, now))
    dossier.tell(verb)
    decide_if_settled(dossier, now)
    return dossier


def sealed_file(dossier: Dossier, file: CleanFile, at: datetime) -> CaseFile:
    """Return a paper as it is kept with its case: encrypted."""
    file_id = new_id()
    return CaseFile(
        id=file_id,
        case=dossier.case,
        subject=dossier.case.subject,
        evidence=file.evidence,
        name=file.name,
        media_type=file.media_type,
        size=len(file.data),
        digest=file.digest,
        sealed=seal(file_id, file.data),
        at=at,
    )


def clean_files(found: Pinned, evidence: Sequence[EvidenceFile]) -> list[CleanFile]:
    """Return the papers as they may be kept; raises `Invalid` field by field."""
    return _clean(found, evidence)


def _clean(found: Pinned, evidence: Sequence[EvidenceFile]) -> list[CleanFile]:
    papers = {paper.id: paper for paper in found.package.service.evidence}
    clean, wrong = [], {}
    for file in evidence:
        paper = papers.get(file.evidence)
        if paper is None:
            wrong[f"evidence.{file.evidence}"] = _("this service asks for no such paper")
            continue
        try:
            clean.append(cleaned(file, paper.types, paper.max_mb))
        except Invalid as error:
            wrong |= error.fields
    if wrong:
        raise Invalid(_("A paper cannot be taken as it is."), wrong)
    return clean


def _checked(made: Intake) -> Intake:
    package, wrong = made.pinned.package, {}
    service = package.service
    if not may_apply(made.actor, made.subject, service.id, service.identity.ial):
        raise Forbidden(_("You may not apply for this person."))
    if made.channel not in {channel.kind for channel in package.service.channels}:
        wrong["channel"] = _("this service is not offered that way")
    asked = set(package.questions)
    for name in made.facts:
        fact = package.facts.get(name)
        if fact is None:
            wrong[name] = _("this service asks nothing of that name")
        elif fact.source == "register" and name not in asked:
            wrong[name] = _("this comes from a register and cannot be sent")
    if wrong:
        raise Invalid(_("The application does not fit the service."), wrong)
    return made


def _receipt(actor: Actor, received_at: datetime | None) -> datetime:
    now = times.now()
    if received_at is None:
        return now
    if not actor.roles & RECEIVES:
        raise Forbidden(_("Only the city says when something reached it."))
    if received_at.utcoffset() is None or received_at > now:
        raise Invalid(
            _("The moment of receipt lies in the past and has an offset."),
            {"received_at": "invalid"},
        )
    return received_at


def _body(made: Intake) -> str:
    said = {
        "package": made.pinned.hash, "subject": made.subject, "facts": dict(made.facts),
        "files": sorted(file.digest for file in made.files), "channel": made.channel,
        "wants_person": made.wants_person, "consent": made.consent,
    }  # fmt: skip
    return sha256(canonical(said)).hexdigest()


def _replayed(case: Case, body: str) -> OpenedCase:
    if case.intake_body != body:
        raise Conflict(_("This key was used for another application; take a new one."))
    from madang.cases.case_money import pay_url_of

    return OpenedCase(
        case.number, case.state, case.due, case.fee, pay_url_of(case),
        case.decided_by == "system:rules", case.outcome, is_replay=True,
    )  # fmt: skip
