"""What a look at a signed file is given, and the words in which it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LARGEST_B = 10 * 1024 * 1024


class Finding(StrEnum):
    """What a look at a file finds."""

    GENUINE = "genuine"
    ALTERED = "altered"
    FOREIGN = "foreign"  # signed, but not by a key that we trust
    UNSIGNED = "unsigned"
    LOCKED = "locked"  # by a password
    DISTRUSTED = "distrusted"  # by a seal of ours whose key was lost; nothing else speaks for it


@dataclass(frozen=True)
class Trust:
    """Whom we trust: DER certificates of roots and those between, DER revocation lists.

    distrusted : fingerprints of seals whose keys were lost, whoever stands above them.
    """

    roots: tuple[bytes, ...]
    between: tuple[bytes, ...] = ()
    revocations: tuple[bytes, ...] = ()
    distrusted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Verdict:
    """What is known of a file; all but the finding only where a signature was read.

    Parameters
    ----------
    code : what the signature states as its reason: the document's code.
    signed_by : common name of the certificate.
    stamped_at : what the certified clock says; None without one.
    seal : fingerprint of the certificate, SHA-256 of its DER, where its signature holds.
    """

    finding: Finding
    code: str = ""
    signed_by: str = ""
    stamped_at: datetime | None = None
    seal: str = ""
