"""Papers of a case handed out: to who works on it, and to whose it is; every reading is noted.

They lie encrypted, large ones in pieces. One is read twice: the first time it is only proved, piece
by piece, and held against its digest, so that nothing of a paper that was changed goes out; then it
goes out piece by piece, its last one only when all of it was proved once more. A look at a picture
is drawn anew (`records.preview_png`), so that nothing of the file itself is shown by a browser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext as _

from madang.access.api import Actor, purpose
from madang.cases.case_errors import UnknownPaper
from madang.cases.case_looking import look_for, seen_by
from madang.cases.case_models import Case, CaseFile
from madang.cases.case_purposes import CASES, KEEP, OWN, WORK
from madang.cases.evidence_files import MEDIA
from madang.cases.file_sealing import pieces
from madang.cases.pictures import shape
from madang.cases.rules import Officer
from madang.kernel import audit
from madang.kernel.blob_reading import BlobReader
from madang.kernel.errors import Invalid
from madang.records import api as records

PICTURES = frozenset({"image/jpeg", "image/png"})
_UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class Paper:
    """A paper that was proved genuine; `media_type` is one that we took in, else only bytes.

    pieces: yields its content; raises `Invalid` before the last piece where it was changed since.
    """

    id: str
    name: str
    media_type: str
    size: int
    pieces: Callable[[], Iterator[bytes]]

    @property
    def is_picture(self) -> bool:
        """Return whether it can be looked at without a download."""
        return self.media_type in PICTURES


def paper(actor: Actor, number: str, file: str, *, look: str = "download") -> Paper:
    """Return one paper of a case, opened; who read it stands in the audit log.

    Parameters
    ----------
    look : how it is read, for the log: ``download`` or ``preview``.

    Raises
    ------
    UnknownCase, UnknownPaper
        If it is not there, or not for this reader.
    Invalid
        If what is kept is not what was taken in.
    """
    who, case = seen_by(actor, number)
    why = WORK if isinstance(who, Officer) else OWN
    with look_for(actor, who, case.number), transaction.atomic():
        return opened(actor, case, file, why=why, look=look)


def opened(actor: Actor, case: Case, file: str, *, why: str, look: str) -> Paper:
    """Return one paper of a case and note who reads it; the caller has opened the tables.

    Raises
    ------
    UnknownPaper, Invalid
        As `paper`.
    """
    row = CaseFile.objects.filter(case_id=case.pk, pk=file).defer("sealed").first()
    if row is None:
        raise UnknownPaper(_("This case has no such paper."))
    size = sum(len(piece) for piece in _proved(row.pk, row.digest))
    audit.record(
        actor.id, "cases.read_paper", f"case:{case.number}", purpose=why,
        detail={"file": row.pk, "digest": row.digest, "look": look},
    )  # fmt: skip
    known = row.media_type if row.media_type in MEDIA.values() else _UNKNOWN_TYPE
    return Paper(row.pk, row.name, known, size, partial(_proved, row.pk, row.digest))


def _proved(file: str, digest: str) -> Iterator[bytes]:
    """Yield a paper piece by piece; the last one only if all of it has the digest.

    Who reads it was asked and noted before; each read is our own process bringing it out.
    """
    reader = BlobReader(CaseFile, "sealed", file, partial(purpose, CASES, KEEP))
    seen, last = sha256(), b""
    try:
        for piece in pieces(file, reader, reader.size()):
            seen.update(piece)
            if last:
                yield last
            last = piece
    except LookupError:
        raise UnknownPaper(_("This case has no such paper.")) from None
    if seen.hexdigest() != digest:
        raise Invalid(_("This paper is not what was taken in; tell whoever runs the system."))
    yield last


def preview(actor: Actor, number: str, file: str) -> bytes:
    """Return a picture of a case drawn anew as PNG.

    Raises
    ------
    UnknownCase, UnknownPaper
        As `paper`; also where the paper is no picture.
    Invalid
        If it cannot be drawn.
    """
    return drawn(paper(actor, number, file, look="preview"))


def drawn(found: Paper) -> bytes:
    """Return a picture drawn anew as PNG; raises as `preview`."""
    if not found.is_picture:
        raise UnknownPaper(_("This paper is no picture: download it."))
    data = b"".join(found.pieces())
    size, turn = shape(data)
    return records.preview_png(data, found.media_type, size, turn)
