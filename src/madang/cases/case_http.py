"""Cases over HTTP: intake from any channel, where one stands, every verb, appeals."""

from __future__ import annotations

import base64
import binascii
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from madang.access.api import Actor, purpose
from madang.cases.case_acting import Acted, Asked, act
from madang.cases.case_errors import UnknownDecision
from madang.cases.case_explaining import explanation
from madang.cases.case_looking import case_for, events_for
from madang.cases.case_models import CaseDecision
from madang.cases.case_opening import open_case
from madang.cases.case_purposes import CASES, KEEP
from madang.cases.case_refunds_told import refunds_told
from madang.cases.case_versions import version_for
from madang.cases.evidence_files import EvidenceFile
from madang.identity.api import api_access, current_actor
from madang.kernel.errors import Invalid

router = Router(tags=["cases"])
decisions = Router(tags=["cases"])
_people = api_access("signed-in+represented")


class FileIn(Schema):
    """A paper: which evidence of the service it is, its name, its bytes as base64."""

    evidence: str
    name: Annotated[str, Field(max_length=200)]
    data: Annotated[str, Field(max_length=70_000_000)]


class CaseIn(Schema):
    """An application; `package` pins a version, else the one in force for the district is taken."""

    service: str
    package: str = ""
    subject: str = ""
    facts: Annotated[dict[str, Any], Field(default_factory=dict)]
    files: Annotated[list[FileIn], Field(max_length=20, default_factory=list)]
    channel: str = "web"
    wants_person: bool = False
    consent: bool
    received_at: datetime | None = None
    district: str = ""


class OpenedOut(Schema):
    """What opening a case gives; `fee` in minor units."""

    number: str
    state: str
    due: datetime | None
    fee: int
    pay_url: str
    decided: bool
    outcome: str
    is_replay: bool


class CaseOut(Schema):
    """A case as it stands; `version` goes into If-Match of a verb."""

    number: str
    service: str
    title: str
    state: str
    state_kind: str
    outcome: str
    channel: str
    received_at: datetime
    due: datetime | None
    closed_at: datetime | None
    fee: int
    paid: int
    pay_url: str
    version: int
    parent: str
    merged_into: str


class RefundOut(Schema):
    """What comes back if a verb ends the case now; amounts in minor units, the share in percent."""

    verb: str
    paid: int
    amount: int
    share_percent: float
    because: str
    law: str


class EventOut(Schema):
    """Something that happened to a case."""

    position: int
    at: datetime
    actor: str
    verb: str
    kind: str
    state_from: str
    state_to: str
    content: dict[str, Any]
    hash: str


class VerbIn(Schema):
    """What comes with a verb; see the how-to on working a case."""

    reasons: Annotated[str, Field(max_length=4000)] = ""
    facts: Annotated[dict[str, Any], Field(default_factory=dict)]
    missing: Annotated[list[str], Field(default_factory=list)]
    links: Annotated[list[str], Field(max_length=20, default_factory=list)]
    target: str = ""
    files: Annotated[list[FileIn], Field(max_length=20, default_factory=list)]
    departs: Annotated[str, Field(max_length=4000)] = ""
    looked_s: Annotated[int, Field(ge=0, le=86_400)] | None = None


class ActedOut(Schema):
    """A case after a verb."""

    number: str
    state: str
    version: int
    outcome: str
    due: datetime | None
    awaits_second: bool
    decided_by_rules: bool
    is_replay: bool


class AppealIn(Schema):
    """Why somebody objects to a decision."""

    reasons: Annotated[str, Field(min_length=1, max_length=4000)]


@router.post("", response={201: OpenedOut}, auth=_people)
def open_one(request: HttpRequest, payload: CaseIn) -> Status[OpenedOut]:
    """Open a case; the header Idempotency-Key names the application, sent again it opens one."""
    actor = current_actor(request)
    subject = payload.subject or actor.on_behalf_of or actor.person
    opened = open_case(
        package_hash=payload.package or _in_force(payload, subject),
        subject=subject,
        facts=payload.facts,
        evidence=_files(payload.files),
        actor=actor,
        channel=payload.channel,
        key=_key(request),
        wants_person=payload.wants_person,
        consent=payload.consent,
        received_at=payload.received_at,
    )
    return Status(201, OpenedOut(**asdict(opened)))


@router.get("/{number}", response=CaseOut, auth=_people)
def one(request: HttpRequest, number: str, response: HttpResponse) -> CaseOut:
    """Return a case of one's own, or one that lies where one works."""
    found = case_for(current_actor(request), number)
    response["ETag"] = f'"{found.version}"'
    return CaseOut(**{name: getattr(found, name) for name in CaseOut.model_fields})


@router.get("/{number}/refunds", response=list[RefundOut], auth=_people)
def refunds(request: HttpRequest, number: str) -> list[RefundOut]:
    """Return what each way to end the case now would give back of what was paid; nothing is done.

    Empty where nothing was paid, or where no verb that the caller may do ends the case.
    """
    return [
        RefundOut(
            verb=one.verb, paid=one.paid, amount=one.amount, share_percent=float(one.share),
            because=one.because, law=one.law,
        )
        for one in refunds_told(current_actor(request), number)
    ]  # fmt: skip


@router.get("/{number}/events", response=list[EventOut], auth=_people)
def events(request: HttpRequest, number: str) -> list[EventOut]:
    """Return what happened to a case, oldest first."""
    found = events_for(current_actor(request), number)
    return [
        EventOut(**{name: getattr(event, name) for name in EventOut.model_fields})
        for event in found
    ]


@router.get("/{number}/explanation", auth=_people)
def explained(request: HttpRequest, number: str) -> dict[str, Any]:
    """Return the last decision of a case, explained; `decision` is null while there is none."""
    found = explanation(current_actor(request), number)
    return {"decision": asdict(found) if found else None}


@router.post("/{number}/verbs/{verb}", response=ActedOut, auth=_people)
def do(request: HttpRequest, number: str, verb: str, payload: VerbIn) -> ActedOut:
    """Do a verb; If-Match says which version was seen, Idempotency-Key that it is once."""
    asked = Asked(
        expects_version=_version(request),
        reasons=payload.reasons,
        facts=payload.facts,
        missing=payload.missing,
        links=payload.links,
        target=payload.target,
        evidence=_files(payload.files),
        departs=payload.departs,
        looked_s=payload.looked_s,
        key=_key(request),
    )
    return _acted(act(number, verb, current_actor(request), asked))


@decisions.post("/{decision}/appeals", response={201: ActedOut}, auth=_people)
def appeal(request: HttpRequest, decision: str, payload: AppealIn) -> Status[ActedOut]:
    """Object to a decision; other officers than the first look at the case."""
    actor = current_actor(request)
    number = _number_of(decision, actor)
    asked = Asked(reasons=payload.reasons, key=_key(request))
    return Status(201, _acted(act(number, "appeal", actor, asked)))


def _in_force(payload: CaseIn, subject: str) -> str:
    found = version_for(
        payload.service, asked=payload.district, subject=subject, facts=payload.facts
    )
    return str(found.hash)


def _number_of(decision: str, actor: Actor) -> str:
    with purpose(CASES, KEEP):
        row = CaseDecision.objects.filter(pk=decision).select_related("case").first()
        number = row.case.number if row else ""
    if not number:
        raise UnknownDecision("there is no such decision")
    return case_for(actor, number).number


def _files(files: list[FileIn]) -> list[EvidenceFile]:
    try:
        return [
            EvidenceFile(one.evidence, one.name, base64.b64decode(one.data, validate=True))
            for one in files
        ]
    except (binascii.Error, ValueError):
        raise Invalid("a file is base64", {"files": "base64"}) from None


def _key(request: HttpRequest) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= 200:
        raise Invalid("send the header Idempotency-Key", {"Idempotency-Key": "missing"})
    return key


def _version(request: HttpRequest) -> int | None:
    sent = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not sent or sent == "*":
        return None
    if not sent.isdigit():
        raise Invalid("If-Match is the version of the case", {"If-Match": sent})
    return int(sent)


def _acted(acted: Acted) -> ActedOut:
    return ActedOut(**asdict(acted))
