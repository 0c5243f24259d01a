"""Whether a PDF is, byte for byte, what a key we trust has signed.

We ask one thing only of a file that somebody hands in: is there a signature that covers it from the
first byte to the last, but for the place of the signature itself? So the file's objects are never
read, and what is hidden in them (bombs, scripts, shadowed pages) cannot reach us; a file with
anything added behind the signature is not what was signed [1]_.

References
----------
.. [1] V. Mladenov et al., "1 Trillion Dollar Refund: How To Spoof PDF Signatures", ACM CCS 2019;
   ISO 32000-1, 12.8.1 (byte ranges).
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from asn1crypto import cms, crl, x509
from pyhanko.sign.general import CMSExtractionError, CMSStructuralError, extract_signer_info
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import async_validate_detached_cms
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from madang.records.engine.signature_words import LARGEST_B, Finding, Trust, Verdict

# a file of a stranger is no fault of ours: what comes out is in the verdict
logging.getLogger("pyhanko.sign.validation").setLevel(logging.CRITICAL)
_MOST_SIGNATURES = 16
_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_REASON = re.compile(rb"/Reason\s*\(([0-9A-Z]{18})\)")
_USAGE = KeyUsageConstraints(key_usage={"non_repudiation"})


@dataclass(frozen=True)
class _Place:
    first: bytes
    second: bytes
    contents: bytes
    is_whole: bool

    @property
    def covered(self) -> bytes:
        return self.first + self.second


def verdict(file: bytes, trust: Trust, now: datetime) -> Verdict:
    """Return what a file is.

    Parameters
    ----------
    now : the moment at which certificates have to be good, where no clock certified another.

    Raises
    ------
    ValueError
        If the file is no PDF, or larger than `LARGEST_B`.
    """
    if len(file) > LARGEST_B:
        raise ValueError("too large")
    if b"%PDF-" not in file[:1024]:  # ISO 32000-1, annex H, implementation note 13
        raise ValueError("no PDF")
    places = _places(file)
    if not places:
        return Verdict(Finding.LOCKED if _is_locked(file) else Finding.UNSIGNED)
    found = [_judged(place, trust, now) for place in places]
    order = (Finding.GENUINE, Finding.DISTRUSTED, Finding.ALTERED, Finding.FOREIGN)
    return min(found, key=lambda one: order.index(one.finding))


def _places(file: bytes) -> list[_Place]:
    found = []
    for match in list(_RANGE.finditer(file))[-_MOST_SIGNATURES:]:
        start, length, again, rest = (int(number) for number in match.groups())
        gap = file[length:again]
        if start or length >= again or again + rest > len(file) or gap[:1] + gap[-1:] != b"<>":
            continue
        try:
            contents = bytes.fromhex(gap[1:-1].decode("ascii"))
        except ValueError:
            continue
        second = file[again : again + rest]
        found.append(_Place(file[:length], second, contents, again + rest == len(file)))
    return found


def _is_locked(file: bytes) -> bool:
    return b"/Encrypt" in file


def _judged(place: _Place, trust: Trust, now: datetime) -> Verdict:
    try:
        content = cms.ContentInfo.load(place.contents)
        signed: cms.SignedData = content["content"]
        own = _asked(place.covered, signed, trust, now)
        at = own.timestamp_validity.timestamp if own.timestamp_validity else None
        if at is not None and own.timestamp_validity.valid:
            own = _asked(place.covered, signed, trust, at)
    except (
        ValueError, TypeError, KeyError, CMSExtractionError, CMSStructuralError,
        SignatureValidationError,
    ):  # fmt: skip
        return Verdict(Finding.ALTERED)
    stamp = own.timestamp_validity
    is_stamped = stamp is not None and stamp.valid and stamp.intact and stamp.trusted
    good = own.intact and own.valid
    seal = sha256(own.signing_cert.dump()).hexdigest() if good else ""
    if seal in trust.distrusted:
        finding = Finding.DISTRUSTED
    elif good and not own.trusted:
        finding = Finding.FOREIGN
    else:
        finding = Finding.GENUINE if good and place.is_whole else Finding.ALTERED
    reason = _REASON.search(place.first[-8192:] + place.second[:8192]) if good else None
    return Verdict(
        finding,
        reason.group(1).decode() if reason else "",
        str(own.signing_cert.subject.native.get("common_name", "")),
        stamp.timestamp if is_stamped else None,
        seal,
    )


def _asked(covered: bytes, signed: cms.SignedData, trust: Trust, moment: datetime) -> Any:
    extract_signer_info(signed)  # exactly one signer
    return asyncio.run(
        async_validate_detached_cms(
            covered,
            signed,
            signer_validation_context=_context(trust, moment),
            ts_validation_context=_context(trust, moment),
            key_usage_settings=_USAGE,
        )
    )


def _context(trust: Trust, moment: datetime) -> ValidationContext:
    """Return a fresh context: a check puts the signer's own certificates into it."""

    def parsed(certificates: Sequence[bytes]) -> list[x509.Certificate]:
        return [x509.Certificate.load(one) for one in certificates]

    return ValidationContext(
        trust_roots=parsed(trust.roots),
        other_certs=parsed(trust.between),
        crls=[crl.CertificateList.load(one) for one in trust.revocations],
        allow_fetching=False,
        revocation_mode="soft-fail",
        moment=moment,
    )
