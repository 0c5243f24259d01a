"""What a city takes as a certificate, and the words in which a check answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from madang.identity.engine.korean_certificates import VirtualId

LARGEST_SIGNATURE_B = 32 * 1024  # one signer with a chain of five is below 10 KiB
MOST_CERTIFICATES = 8
SKEW = timedelta(seconds=60)  # between our clock and an authority's
HASHES = frozenset({"sha256", "sha384", "sha512"})


class Reason(StrEnum):
    """Why a signature was not taken."""

    MALFORMED = "malformed"
    CHALLENGE_OVER = "challenge-over"
    OTHER_CONTENT = "other-content"
    BAD_SIGNATURE = "bad-signature"
    NO_SIGNING_CERTIFICATE = "no-signing-certificate"
    WEAK = "weak-algorithm"
    UNKNOWN_AUTHORITY = "unknown-authority"
    BROKEN_PATH = "broken-path"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    WRONG_USE = "wrong-use"
    WRONG_POLICY = "wrong-policy"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    REVOCATION_UNKNOWN = "revocation-unknown"


@dataclass(frozen=True)
class Policy:
    """A certificate policy that the city takes.

    Parameters
    ----------
    oid : object identifier, dotted.
    family : what people call such certificates, such as ``joint`` or ``gpki``.
    aal : authenticator assurance level it gives; 3 only for keys in hardware.
    staff : True where it opens accounts of staff, False where it opens those of residents.
    """

    oid: str
    family: str
    aal: int = 2
    staff: bool = False


@dataclass(frozen=True)
class Trust:
    """Whose certificates a city takes. Certificates are DER.

    `skew` is how far an authority's clock may differ from ours. With `hard` a certificate of which
    nobody says whether it is revoked is refused. With `path_policies` the policy must be valid
    along the whole path (RFC 5280 section 6.1, initial-explicit-policy); Korean authorities' own
    certificates do not name the policies of their holders, so there the holder's is looked at.
    """

    anchors: tuple[bytes, ...]
    policies: tuple[Policy, ...]
    intermediates: tuple[bytes, ...] = ()
    hard: bool = True
    path_policies: bool = False
    skew: timedelta = SKEW


@dataclass(frozen=True)
class Revocation:
    """What the revocation services said: OCSP responses and revocation lists, DER."""

    ocsps: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Holder:
    """Whom the certificate names, and the certificate's marks.

    `fingerprint` and `key` are SHA-256 in hexadecimal, of the certificate and of its public key.
    `authority` is the issuer's organisation, the same over its certificates; `name` is the common
    name, `real_name` the one in the Korean identification data. `national_number` is (country,
    number) where the subject names the person's national number (ETSI EN 319 412-1, 5.1.3).
    """

    fingerprint: str
    key: str
    issuer: str
    authority: str
    serial: str
    subject: str
    name: str
    real_name: str
    virtual_id: VirtualId | None
    policy: Policy | None
    not_after: datetime
    national_number: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Verdict:
    """What a check found: no reasons against it, and the holder; or the reasons.

    `holder` is there as soon as the signature itself is right, for the log. `notes` are reasons
    that the city's policy lets pass (``revocation-unknown`` under soft failure).
    """

    reasons: tuple[Reason, ...] = ()
    holder: Holder | None = None
    notes: tuple[Reason, ...] = field(default=())

    @property
    def is_good(self) -> bool:
        """True where nothing speaks against the signature."""
        return not self.reasons and self.holder is not None
