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


@dataclass(frozen=True)
class Trust:
    """Whom we trust: DER certificates of roots and those between, DER revocation lists."""

    roots: tuple[bytes, ...]
    between: tuple[bytes, ...] = ()
    revocations: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What is known of a file; all but the finding only where a signature was read.

    Parameters
    ----------
    code : what the signature states as its reason: the document's code.
    signed_by : common name of the certificate.
    stamped_at : what the certified clock says; None without one.
    """

    finding: Finding
    code: str = ""
    signed_by: str = ""
    stamped_at: datetime | None = None
