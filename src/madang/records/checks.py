"""Is this paper genuine? By its number, by its file, by its credential; for anybody who holds it.

A check by number shows what the paper itself shows and no more, the holder's name masked. A file is
looked at in memory and not kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from madang.access.api import purpose
from madang.kernel import audit, times
from madang.kernel.errors import Invalid
from madang.records import credentials, seals
from madang.records.document_models import IssuedDocument, RevokedPlace
from madang.records.document_purposes import CHECK, RECORDS
from madang.records.documents import REVOKED, VALID, state_of
from madang.records.engine import codes, sd_jwt
from madang.records.engine.signature_words import LARGEST_B, Finding, Verdict
from madang.records.errors import MistypedCode, NotADocument, UnknownDocument


@dataclass(frozen=True)
class Checked:
    """What a check by number shows.

    Parameters
    ----------
    code : as written on the paper.
    state : ``valid``, ``revoked``, ``expired`` or ``superseded``; `since` is its day, where it
        changed.
    title, issuer : by language.
    holder : the name with most of it hidden; empty where the paper names nobody.
    is_sample : whether a demonstration made it, and it proves nothing.
    """

    code: str
    state: str
    kind: str
    title: Mapping[str, str]
    issuer: Mapping[str, str]
    holder: str
    issued: date
    expires: date | None
    since: date | None
    is_sample: bool

    @property
    def is_valid(self) -> bool:
        """Whether the paper is good today."""
        return self.state == VALID


@dataclass(frozen=True)
class CheckedFile:
    """What a check of a file shows; `document` is None where none of ours is meant.

    seal_distrusted: when the seal on it lost its trust (its key was stolen); None where it did not.
    """

    finding: Finding
    document: Checked | None
    seal_distrusted: datetime | None = None


def check(typed: str) -> Checked:
    """Return what is known of the document with this number.

    Raises
    ------
    MistypedCode
        If no document can have it: a sign is wrong.
    UnknownDocument
    """
    code = codes.read(typed)
    if code is None:
        raise MistypedCode(_("This is not a whole document number: look at each sign again."))
    found = _found(code)
    if found is None:
        raise UnknownDocument(_("No document has this number."))
    return _shown(found)


def check_file(file: bytes) -> CheckedFile:
    """Return what a PDF is: as issued, altered, or none of ours.

    Raises
    ------
    NotADocument
        If it is no PDF, or too large.
    """
    seen = _verdict(file)
    found = _found(seen.code) if seen.code else None
    lost = seals.distrusted_since(seen.seal)
    if found is None:
        finding = Finding.FOREIGN if seen.finding is Finding.GENUINE else seen.finding
        return CheckedFile(finding, None, lost)
    if found.digest == sha256(file).hexdigest():
        return _as_issued(found, seen, lost)
    if seen.finding is Finding.GENUINE:
        # our signature, and yet another file: something in the place of the signature itself
        return CheckedFile(Finding.ALTERED, _shown(found))
    return CheckedFile(seen.finding, _shown(found), lost)


def _as_issued(row: IssuedDocument, seen: Verdict, lost: datetime | None) -> CheckedFile:
    """Return what a file is that is byte for byte what our ledger has.

    Where its seal was distrusted, the ledger alone speaks for it: it counts if the audit log,
    which nobody changes unseen, has it issued before that moment. A row without such an entry, or
    a later one, may come from whoever has the key.
    """
    if lost is None:
        return CheckedFile(Finding.GENUINE, _shown(row))
    issued = audit.newest_about(f"document:{row.pk}", "records.issue", 1)
    known = [one.at for one in issued] + ([seen.stamped_at] if seen.stamped_at else [])
    was_before = bool(issued) and max(known) < lost
    finding = Finding.GENUINE if was_before else Finding.DISTRUSTED
    return CheckedFile(finding, _shown(row), lost)


def check_credential(text: str) -> sd_jwt.Shown:
    """Return what a credential of this city says.

    Raises
    ------
    Invalid
        If it was changed, has expired or is revoked; the text says which.
    """
    try:
        seen = sd_jwt.checked(text, credentials.key_of, times.now())
    except sd_jwt.CredentialRefused as error:
        raise Invalid(_("the credential is not good: %s") % error) from None
    place = _place(seen.claims)
    if place and RevokedPlace.objects.filter(status_list_id=place[0], place=place[1]).exists():
        raise Invalid(_("the credential is not good: %s") % REVOKED)
    return seen


def _verdict(file: bytes) -> Verdict:
    # reads ASN.1 and paths of certificates: 30 MB that most web processes never need
    from madang.records.engine.pdf_signature import verdict

    try:
        return verdict(file, seals.trust(), times.now())
    except ValueError:
        largest = LARGEST_B // 1024 // 1024
        text = _("This is no PDF file of at most %d MB.") % largest
        raise NotADocument(text, {"file": text}) from None


def _place(claims: Mapping[str, Any]) -> tuple[int, int] | None:
    try:
        said = claims["status"]["status_list"]
        number = str(said["uri"]).rpartition("/")[2]
        return int(number), int(said["idx"])
    except (KeyError, TypeError, ValueError):
        return None


def _found(code: str) -> IssuedDocument | None:
    with purpose(RECORDS, CHECK):
        return IssuedDocument.objects.filter(code=code).first()


def _shown(row: IssuedDocument) -> Checked:
    state = state_of(row)
    changed = None if state == VALID else row.state_since.date()
    return Checked(
        code=codes.written(row.code),
        state=state,
        kind=row.kind,
        title=row.title,
        issuer=row.issuer,
        holder=row.holder,
        issued=row.day,
        expires=row.expires,
        since=row.expires if state == "expired" else changed,
        is_sample=row.is_sample,
    )
