"""Whom a certificate of the Korean public-key infrastructure names, and how that is tied to them.

A Korean certificate names no resident number. It carries a *virtual identifier* of it instead: the
hash of the hash of the number and of a random number R that only the holder has, inside the private
key's file. Whoever knows the number and is shown R can check one against the other [1]_.

R opens the virtual identifier to guessing (a resident number has 13 digits), so it is looked at
once, at the first binding, and never kept.

References
----------
.. [1] KISA, "식별번호를 이용한 본인확인 기술규격" (Subscriber Identification Based on Virtual ID),
   KCAC.TS.SIVID v1.21, 2009.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, ClassVar

from asn1crypto import core, x509

IDENTIFY_DATA = "1.2.410.200004.10.1.1"
VIRTUAL_ID = "1.2.410.200004.10.1.1.1"
_HASHES = {"2.16.840.1.101.3.4.2.1": "sha256", "1.3.14.3.2.26": "sha1"}
SHORTEST_R = 20  # bytes; KCAC.TS.SIVID section 6: R has 160 bits


class _HashOf(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[list[Any]] = [
        ("algorithm", core.ObjectIdentifier),
        ("parameters", core.Any, {"optional": True}),
    ]


class _VID(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[list[Any]] = [("hash", _HashOf), ("value", core.OctetString, {"explicit": 0})]


class _UserInfo(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[list[Any]] = [("kind", core.ObjectIdentifier), ("value", core.Any)]


class _UserInfos(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _UserInfo


class _IdentifyData(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[list[Any]] = [
        ("real_name", core.UTF8String),
        ("user_info", _UserInfos, {"optional": True}),
    ]


class _HashContent(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar[list[Any]] = [
        ("number", core.PrintableString),
        ("random", core.OctetBitString),
    ]


@dataclass(frozen=True)
class VirtualId:
    """The virtual identifier of a certificate: name of the hash, and its value."""

    hash: str
    value: bytes

    def is_of(self, number: str, random: bytes) -> bool:
        """Return whether it belongs to this identification number and this R.

        False where R is too short to have come from an accredited authority, and for SHA-1
        (certificates older than 2012, NIST SP 800-131A).
        """
        if self.hash != "sha256" or len(random) < SHORTEST_R:
            return False
        return hmac.compare_digest(self.value, virtual_id(number, random))


def virtual_id(number: str, random: bytes) -> bytes:
    """Return H(H(number, R)) with SHA-256.

    Parameters
    ----------
    number : identification number without separators: a resident number, or a business number.
    random : R.
    """
    content = _HashContent({"number": number, "random": random}).dump()
    return hashlib.sha256(hashlib.sha256(content).digest()).digest()


def identify_data(name: str, virtual: bytes) -> bytes:
    """Return the value of the identification data that an authority writes (KCAC.TS.SIVID)."""
    vid = _VID({"hash": {"algorithm": "2.16.840.1.101.3.4.2.1"}, "value": virtual})
    data = {"real_name": name, "user_info": [{"kind": VIRTUAL_ID, "value": vid}]}
    return bytes(_IdentifyData(data).dump())


def identity_in(certificate: x509.Certificate) -> tuple[str, VirtualId | None]:
    """Return the real name and the virtual identifier in the certificate; empty where it has none.

    Raises
    ------
    ValueError
        If there are identification data that cannot be read.
    """
    for name in certificate.subject_alt_name_value or ():
        if name.name == "other_name" and name.chosen["type_id"].native == IDENTIFY_DATA:
            data = name.chosen["value"].parse(_IdentifyData)
            return str(data["real_name"].native), _virtual_id_of(data)
    return "", None


def _virtual_id_of(data: _IdentifyData) -> VirtualId | None:
    for info in data["user_info"] or ():
        if info["kind"].native == VIRTUAL_ID:
            vid = _VID.load(info["value"].dump())
            oid = vid["hash"]["algorithm"].dotted
            return VirtualId(_HASHES.get(oid, oid), vid["value"].native)
    return None
