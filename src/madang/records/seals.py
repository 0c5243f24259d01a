"""The seals of this installation: the one that signs now, and those that signed before.

A new key is put in the place of the old one and signs from then on. What the old one signed stays
good: each certificate is remembered, with those above it, in the transaction in which it first
signs a document. Only who says so makes an old one worthless (`distrust`): its key was stolen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction

from madang.access.api import Actor
from madang.kernel import audit, times
from madang.kernel.errors import Conflict, Invalid, NotFound
from madang.records.engine import sd_jwt
from madang.records.engine.signature_words import Trust
from madang.records.errors import SigningKeyMissing
from madang.records.seal_models import KnownSeal
from madang.records.signing_keys import SigningKey, signing_key


@dataclass(frozen=True)
class Seal:
    """A seal as operators see it; `is_current` is true of the one that signs."""

    fingerprint: str
    key_id: str
    subject: str
    ends: datetime
    first_used: datetime
    is_current: bool
    distrusted: datetime | None


def remember(key: SigningKey) -> None:
    """Keep the certificate of a key that signs, once; in the caller's transaction.

    Raises
    ------
    SigningKeyMissing
        If it is distrusted: a process that was not started again since still has it.
    """
    der = key.certificate.public_bytes(Encoding.DER)
    row, _is_new = KnownSeal.objects.get_or_create(
        fingerprint=sha256(der).hexdigest(),
        defaults={
            "key_id": _key_id(key.certificate),
            "certificate": _pem([key.certificate]),
            "chain": _pem(key.chain),
            "roots": _pem(key.roots),
            "first_used": times.now(),
        },
    )
    if row.distrusted is not None:
        raise SigningKeyMissing("this seal is distrusted; start again with the new key")


def public_keys() -> list[dict[str, str]]:
    """Return the public keys (JWK) with which credentials may be signed, the current one first."""
    own = public_key(signing_key().certificate)
    found = {own["kid"]: own}
    for row in _trusted():
        if row.key_id:
            found.setdefault(row.key_id, public_key(_one(row)))
    return list(found.values())


def public_key(certificate: x509.Certificate) -> dict[str, str]:
    """Return a certificate's key as JWK; raises `SigningKeyMissing` where it is none on P-256."""
    found = _jwk(certificate.public_bytes(Encoding.DER))
    if found is None:
        raise SigningKeyMissing("credentials are signed with an EC key on P-256; this is none")
    return dict(found)


def key_of(key_id: str) -> Mapping[str, Any] | None:
    """Return the public key of this id, where we sign or signed with it and trust it."""
    return next((one for one in public_keys() if one["kid"] == key_id), None)


def trust() -> Trust:
    """Return whom this installation trusts to have signed its documents."""
    lost = KnownSeal.objects.exclude(distrusted=None).values_list("fingerprint", flat=True)
    return replace(trust_of(signing_key(), _trusted()), distrusted=frozenset(lost))


def trust_of(key: SigningKey, rows: Sequence[KnownSeal] = ()) -> Trust:
    """Return the trust in a key and in seals that signed before it."""
    roots = [*key.roots, *(one for row in rows for one in _all(row.roots))]
    between = [*key.chain, *(one for row in rows for one in _all(row.chain))]
    return Trust(_der(roots), _der(between), tuple(key.revocations))


def seals() -> list[Seal]:
    """Return all seals that signed documents here, the newest first."""
    own = _fingerprint(signing_key())
    return [
        Seal(
            fingerprint=row.fingerprint, key_id=row.key_id,
            subject=_one(row).subject.rfc4514_string(), ends=_one(row).not_valid_after_utc,
            first_used=row.first_used, is_current=row.fingerprint == own,
            distrusted=row.distrusted,
        )
        for row in KnownSeal.objects.all()
    ]  # fmt: skip


def distrust(fingerprint: str, *, by: Actor | str, reason: str) -> None:
    """Make everything worthless that rests on an old seal alone: its key was lost or stolen.

    Its credentials are refused from now on and its key is published no more, and no process signs
    with it. A paper that it signed is good if the audit log says that we issued it before now, and
    it is that paper byte for byte.

    Raises
    ------
    NotFound, Conflict
        If there is no such seal, or it is the one that signs: put a new key first.
    Invalid
        Without a reason.
    """
    if not reason.strip():
        raise Invalid("distrusting a seal needs a reason", {"reason": "missing"})
    with transaction.atomic():
        rows = KnownSeal.objects.select_for_update().filter(fingerprint__startswith=fingerprint)
        found = list(rows[:2]) if len(fingerprint) >= 8 else []
        if len(found) != 1:
            raise NotFound(f"no seal, or more than one, begins with {fingerprint[:64]!r}")
        [row] = found
        if row.fingerprint == _fingerprint(signing_key()):
            raise Conflict("this seal signs now; put a new MADANG_DOCUMENT_KEY first")
        row.distrusted, row.reason = times.now(), reason.strip()[:500]
        row.save(update_fields=["distrusted", "reason"])
        who = by if isinstance(by, str) else by.id
        audit.record(who, "records.distrust_seal", f"seal:{row.fingerprint}",
                     detail={"reason": row.reason})  # fmt: skip


def distrusted_since(fingerprint: str) -> datetime | None:
    """Return when a seal lost its trust; None where it has not, or is none of ours."""
    rows = KnownSeal.objects.filter(fingerprint=fingerprint or "-")
    return rows.values_list("distrusted", flat=True).first()


def _trusted() -> list[KnownSeal]:
    return list(KnownSeal.objects.filter(distrusted=None))


def _fingerprint(key: SigningKey) -> str:
    return sha256(key.certificate.public_bytes(Encoding.DER)).hexdigest()


def _key_id(certificate: x509.Certificate) -> str:
    found = _jwk(certificate.public_bytes(Encoding.DER))
    return found["kid"] if found else ""


@lru_cache(maxsize=32)
def _jwk(certificate: bytes) -> Mapping[str, str] | None:
    public = x509.load_der_x509_certificate(certificate).public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey) or public.curve.key_size != 256:
        return None
    numbers = public.public_numbers()
    return sd_jwt.public_jwk(numbers.x, numbers.y)


def _one(row: KnownSeal) -> x509.Certificate:
    return x509.load_pem_x509_certificate(row.certificate.encode())


def _all(pem: str) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(pem.encode()) if pem else []


def _pem(certificates: Iterable[x509.Certificate]) -> str:
    return "".join(one.public_bytes(Encoding.PEM).decode("ascii") for one in certificates)


def _der(certificates: Iterable[x509.Certificate]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(one.public_bytes(Encoding.DER) for one in certificates))
