"""Use cases of documents: issue, revoke, replace, hand out, list."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose
from madang.city.api import profile
from madang.identity.api import extent_of
from madang.kernel import audit, times
from madang.kernel.config import settings
from madang.kernel.errors import Conflict, Invalid
from madang.kernel.events import announce, new_id
from madang.records import credentials, seals, storage
from madang.records.document_models import DocumentFile, IssuedDocument
from madang.records.document_purposes import ISSUE, OWN, RECORDS
from madang.records.document_templates import Filled, Template, days_valid, filled, template_of
from madang.records.engine import codes
from madang.records.errors import DocumentOver, UnknownDocument
from madang.records.events import DocumentIssued, DocumentRevoked
from madang.records.layouts import Certificate, Mark, Words
from madang.records.masking import masked
from madang.records.signing_keys import signing_key

READS = ("view", "apply", "receive-notices")  # who may do one of these for somebody reads papers
VALID, REVOKED, EXPIRED, SUPERSEDED = "valid", "revoked", "expired", "superseded"
PDF, CREDENTIAL = DocumentFile.Kind.PDF, DocumentFile.Kind.CREDENTIAL


@dataclass(frozen=True)
class Document:
    """A document as others see it.

    Parameters
    ----------
    code : as written on the paper.
    title : by language.
    expires : last day on which it is good; None for always.
    state : ``valid``, ``revoked``, ``expired`` or ``superseded``.
    pdf_url, credential_url : for its owner, signed in; `verify_url` is for anybody.
    """

    id: str
    code: str
    kind: str
    title: Mapping[str, str]
    issued: datetime
    expires: date | None
    state: str
    pdf_url: str
    verify_url: str
    credential_url: str
    case: str
    service: str


@dataclass(frozen=True)
class _Draft:
    """All of a document before anything is written."""

    row: IssuedDocument
    pdf: bytes
    credential: bytes


def issue(  # noqa: PLR0913 - each by its name; an object around them would only rename them
    *,
    kind: str,
    subject: str,
    case: str,
    service: str,
    template: Template | Mapping[str, Any],
    data: Mapping[str, Any],
    language: str | Sequence[str],
    by: Actor | str,
    key: str,
    valid_days: int | None = None,
    holder: str = "",
    conditions: Mapping[str, bool] | None = None,
    holder_key: Mapping[str, str] | None = None,
    replaces: str = "",
) -> Document:
    """Issue a document: paper with signature, and credential; once for each `key`.

    Parameters
    ----------
    kind : what it is, such as the service's name for it (``residence``).
    subject : id of the person concerned; empty where there is none.
    template, data, conditions : see `templates.filled`.
    language : of the paper; two for a bilingual one.
    by : who issues it, for the audit log.
    valid_days : days for which it is good; without, what the template says.
    holder : name of the person concerned; a check shows it masked.
    replaces : id of the document that this one supersedes.

    Raises
    ------
    InvalidTemplate, MissingGlyphs
        If the template, the data or a character is at fault.
    FontsNotLaid, SigningKeyMissing
        If this installation cannot issue documents.
    Conflict
        If the key was used for another document.
    """
    known = _issued_before(key, kind, case)
    if known is not None:
        return known
    languages = (language,) if isinstance(language, str) else tuple(language)
    read = template_of(template)
    said = filled(read, data, conditions)
    days = days_valid(read) if valid_days is None else valid_days
    if days is not None and days < 1:
        raise Invalid("a document is good for a day at least", {"valid_days": "1 or more"})
    draft = _drafted(
        said, languages, days=days, holder_key=holder_key,
        known={"kind": kind, "subject": subject, "case": case, "service": service, "key": key,
               "holder": masked(holder)},
    )  # fmt: skip
    return _stored(draft, _id(by), replaces)


def _drafted(
    said: Filled,
    languages: tuple[str, ...],
    *,
    days: int | None,
    known: Mapping[str, Any],
    holder_key: Mapping[str, str] | None,
) -> _Draft:
    now, today = times.now(), profile().today()
    code = codes.made(secrets.randbits)
    expires = None if days is None else today + timedelta(days=days)
    is_sample = not settings().is_production
    mark = Mark(codes.written(code), verify_url(code), today, expires, is_sample)
    paper = Certificate(said.title, said.issuer, said.blocks, languages, mark)
    pdf = _signed_pdf(paper, code)
    with transaction.atomic():
        place = credentials.next_place()
    facts = dict(said.facts)
    shown = credentials.credential(
        kind=known["kind"], code=mark.code, facts=facts, issued=now, expires=expires, place=place,
        holder_key=holder_key,
    )  # fmt: skip
    row = IssuedDocument(
        id=new_id(), code=code, title=_by_language(said.title, languages),
        issuer=_by_language(said.issuer.name, languages), language=" ".join(languages),
        issued=now, day=today, expires=expires, state_since=now, digest=sha256(pdf).hexdigest(),
        status_list=place[0], status_place=place[1], is_sample=is_sample, **known,
    )  # fmt: skip
    return _Draft(row, pdf, shown.encode())


def _signed_pdf(paper: Certificate, code: str) -> bytes:
    from madang.records.layouts import certificate_pdf
    from madang.records.pades import signed

    key = signing_key()
    authority = next(iter(_by_language(paper.issuer.name, paper.languages).values()), "")
    return signed(certificate_pdf(paper), key, code=code, authority=authority)


def _stored(draft: _Draft, by: str, replaces: str) -> Document:
    row = draft.row
    files = ((PDF, draft.pdf), (CREDENTIAL, draft.credential))
    sealed = [
        DocumentFile(document_id=row.pk, kind=kind, sealed=storage.seal(_about(row.pk, kind), body))
        for kind, body in files
    ]
    try:
        with purpose(RECORDS, ISSUE, case=row.case), transaction.atomic():
            seals.remember(signing_key())
            row.save(force_insert=True)
            DocumentFile.objects.bulk_create(sealed)
            audit.record(
                by, "records.issue", f"document:{row.pk}",
                detail={"kind": row.kind, "case": row.case, "service": row.service},
            )  # fmt: skip
            announce(
                DocumentIssued(document=row.pk, kind=row.kind, case=row.case, service=row.service)
            )
            if replaces:
                _end(replaces, by, "", replaced_by=row.pk)
    except IntegrityError:  # a rival with the same key was first
        known = _issued_before(row.key, row.kind, row.case)
        if known is None:
            raise
        return known
    return shown_document(row)


def _issued_before(key: str, kind: str, case: str) -> Document | None:
    if not 0 < len(key) <= 200:
        raise Invalid("a key has 1 to 200 characters", {"key": "length"})
    with purpose(RECORDS, ISSUE, case=case):
        row = IssuedDocument.objects.filter(key=key).first()
    if row is None:
        return None
    if (row.kind, row.case) != (kind, case):
        raise Conflict(f"the key {key!r} was used for another document; take a new key")
    return shown_document(row)


def revoke(document: str, *, by: Actor | str, reason: str) -> Document:
    """Revoke a document: its check and the status list say so from now on.

    Raises
    ------
    UnknownDocument, DocumentOver
    Invalid
        Without a reason.
    """
    if not reason.strip():
        raise Invalid("a revocation needs a reason", {"reason": "missing"})
    with purpose(RECORDS, ISSUE), transaction.atomic():
        return shown_document(_end(document, _id(by), reason.strip()[:500]))


def _end(document: str, by: str, reason: str, *, replaced_by: str = "") -> IssuedDocument:
    row = IssuedDocument.objects.select_for_update().filter(pk=document).first()
    if row is None:
        raise UnknownDocument(f"there is no document {document!r}")
    if row.state != VALID:
        raise DocumentOver(f"document {document!r} is {row.state} already")
    row.state = SUPERSEDED if replaced_by else REVOKED
    row.state_since, row.reason, row.replaced_by = times.now(), reason, replaced_by
    row.save(update_fields=["state", "state_since", "reason", "replaced_by"])
    credentials.revoke_place(row.status_list, row.status_place)
    audit.record(by, "records.revoke", f"document:{row.pk}", detail={"state": row.state})
    announce(
        DocumentRevoked(document=row.pk, kind=row.kind, case=row.case, replaced_by=replaced_by)
    )
    return row


def documents_of(actor: Actor, *, limit: int = 100, services: Sequence[str] = ()) -> list[Document]:
    """Return the documents of the person who is signed in, newest first; of these services.

    For somebody else, only those of services that a mandate or an assisted session covers.
    """
    whose, reach = actor.on_behalf_of or actor.person, extent_of(actor).services_for(*READS)
    if not whose or reach is None:
        return []
    if reach:
        services = [one for one in reach if one in services] if services else reach
        if not services:
            return []
    with purpose(actor, OWN):
        rows = IssuedDocument.objects.filter(subject=whose).defer("holder")
        rows = rows.filter(service__in=services) if services else rows
        return [shown_document(row) for row in rows[:limit]]


def own_file(actor: Actor, document: str, kind: str) -> tuple[Document, bytes]:
    """Return one's own document and its PDF or credential; the reading is in the audit log.

    Raises
    ------
    UnknownDocument
        Also where it is another person's: that it exists is nobody else's concern.
    """
    whose = actor.on_behalf_of or actor.person
    with purpose(actor, OWN), transaction.atomic():
        row = IssuedDocument.objects.filter(pk=document, subject=whose).defer("holder").first()
        reach = extent_of(actor).services_for(*READS)
        if row is not None and (reach is None or (reach and row.service not in reach)):
            row = None  # of a service that the mandate does not cover
        rows = DocumentFile.objects.filter(document_id=document, kind=kind)
        file = rows.first() if row is not None else None
        if not whose or row is None or file is None:
            raise UnknownDocument(_("There is no such document of yours."))
        audit.record(actor.id, "records.download", f"document:{row.pk}", purpose=OWN,
                     detail={"kind": kind})  # fmt: skip
    return shown_document(row), storage.unseal(_about(row.pk, kind), file.sealed)


def file_of(document: str, kind: str, *, by: Actor | str, case: str = "") -> bytes:
    """Return a document's PDF or credential for one of our processes, such as the post room."""
    with purpose(RECORDS, ISSUE, case=case), transaction.atomic():
        file = DocumentFile.objects.filter(document_id=document, kind=kind).first()
        if file is None:
            raise UnknownDocument(f"there is no document {document!r}")
        audit.record(_id(by), "records.read", f"document:{document}", purpose=ISSUE)
    return storage.unseal(_about(document, kind), file.sealed)


def shown_document(row: IssuedDocument) -> Document:
    """Return a row as others see it."""
    return Document(
        id=row.pk,
        code=codes.written(row.code),
        kind=row.kind,
        title=row.title,
        issued=row.issued,
        expires=row.expires,
        state=state_of(row),
        pdf_url=reverse("document-pdf", args=[row.pk]),
        verify_url=verify_url(row.code),
        credential_url=reverse("document-credential", args=[row.pk]),
        case=row.case,
        service=row.service,
    )


def state_of(row: IssuedDocument) -> str:
    """Return the state on this day in the city."""
    is_over = row.expires is not None and row.expires < profile().today()
    return EXPIRED if row.state == VALID and is_over else str(row.state)


def verify_url(code: str) -> str:
    """Return the address in the QR code."""
    return f"{settings().public_origin}/verify/{codes.written(code)}/"


def _by_language(text: Words, languages: Sequence[str]) -> dict[str, str]:
    if isinstance(text, str):
        return {languages[0]: text}
    found = {language: text[language] for language in languages if text.get(language)}
    return found or dict(text)


def _about(document: str, kind: str) -> str:
    return f"document {document} {kind}"


def _id(by: Actor | str) -> str:
    return by if isinstance(by, str) else by.id
