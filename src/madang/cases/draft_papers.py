"""Papers of an application that is not sent yet: checked, cleaned and encrypted as they come."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access.api import purpose
from madang.cases.draft_models import DraftFile
from madang.cases.drafts import APPLICATIONS, KEEP, Open
from madang.cases.evidence_files import EvidenceFile, cleaned
from madang.cases.file_sealing import seal, unseal
from madang.kernel import times
from madang.kernel.errors import Invalid
from madang.kernel.events import new_id
from madang.services.api import Package

MOST_PER_PAPER = 10


@dataclass(frozen=True)
class Paper:
    """A file of a draft, without its content; `size` in bytes."""

    id: str
    evidence: str
    name: str
    size: int
    media_type: str


def add(draft: Open, package: Package, evidence: str, name: str, data: bytes) -> Paper:
    """Keep a file; the same file twice is one.

    Raises
    ------
    Invalid
        If the service asks for no such paper, or the file cannot be taken; the message says why.
    """
    asked = next((one for one in package.service.evidence if one.id == evidence), None)
    if asked is None:
        raise Invalid(_("This service asks for no such paper."), {evidence: "unknown"})
    clean = cleaned(EvidenceFile(evidence, name, data), asked.types, asked.max_mb)
    file_id = new_id()
    with purpose(APPLICATIONS, KEEP), transaction.atomic():
        here = DraftFile.objects.filter(draft=draft.row, evidence=evidence)
        if here.count() >= MOST_PER_PAPER:
            raise Invalid(
                _("At most %(n)s files for one paper.") % {"n": MOST_PER_PAPER}, {evidence: "many"}
            )
        row = here.filter(digest=clean.digest).first() or DraftFile.objects.create(
            id=file_id, draft=draft.row, subject=draft.row.subject, evidence=evidence,
            name=clean.name, media_type=clean.media_type, size=len(clean.data),
            digest=clean.digest, sealed=seal(file_id, clean.data), at=times.now(),
        )  # fmt: skip
    return _paper(row)


def remove(draft: Open, paper_id: str) -> None:
    """Delete a file of a draft; the second time changes nothing."""
    with purpose(APPLICATIONS, KEEP), transaction.atomic():
        DraftFile.objects.filter(draft=draft.row, pk=paper_id).delete()


def papers_of(draft: Open) -> list[Paper]:
    """Return the files of a draft, oldest first."""
    with purpose(APPLICATIONS, KEEP):
        rows = DraftFile.objects.filter(draft=draft.row).defer("sealed").order_by("at", "id")
        return [_paper(row) for row in rows]


def to_send(draft: Open, wanted: tuple[str, ...]) -> list[EvidenceFile]:
    """Return the files of papers that are (still) asked for, opened."""
    with purpose(APPLICATIONS, KEEP):
        rows = DraftFile.objects.filter(draft=draft.row, evidence__in=wanted).order_by("at", "id")
        return [EvidenceFile(row.evidence, row.name, unseal(row.pk, row.sealed)) for row in rows]


def _paper(row: DraftFile) -> Paper:
    return Paper(row.pk, row.evidence, row.name, row.size, row.media_type)
