"""Whose certificates this city takes.

``certificates.yaml`` of its profile says which kinds, the folder of authorities whose.

The operator lays certificates of authorities into ``anchors/`` (trusted as they are) and
``between/`` (on the way to an anchor), revocation lists into ``lists/``; PEM or DER. A change
counts from the next sign-in on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from madang.identity.engine.certificate_rules import Policy, Trust
from madang.kernel.config import settings
from madang.kernel.errors import Invalid

if TYPE_CHECKING:
    from madang.city.api import Profile

FILE = "certificates.yaml"
_OID = re.compile(r"[0-2](\.(0|[1-9]\d*))+")
_HOST = re.compile(r"[a-z0-9.-]+(:\d{1,5})?")
_PEM = b"-----BEGIN"


class _Struct(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Strict: a misspelt field is an error."""


class PolicyRow(_Struct, frozen=True):
    """One policy: whose, for what (for readers of the file), and the level it gives.

    `family` is what people call such certificates; `staff` ones open accounts of staff alone.
    """

    oid: str
    family: str
    issuer: str
    use: str
    aal: Literal[2, 3] = 2
    staff: bool = False


class RevocationRow(_Struct, frozen=True):
    """Whether the unknown is refused (``hard``), and which services may be asked."""

    mode: Literal["hard", "soft"] = "hard"
    hosts: tuple[str, ...] = ()


class CertificateFile(_Struct, frozen=True):
    """A city's ``certificates.yaml``."""

    version: str
    policies: tuple[PolicyRow, ...]
    revocation: RevocationRow = RevocationRow()
    path_policies: bool = False


@dataclass(frozen=True)
class CertificateProfile:
    """What a check needs of city and operator. `lists` are revocation lists, DER."""

    trust: Trust
    hosts: frozenset[str]
    lists: tuple[bytes, ...]

    @property
    def is_on(self) -> bool:
        """Return whether anybody's certificates are taken."""
        return bool(self.trust.anchors and self.trust.policies)


def profile_in_effect() -> CertificateProfile:
    """Return what city and operator take just now; nothing where the city has no such file.

    Raises
    ------
    Invalid
        If file or folder break their form; names what.
    """
    from madang.city import api as city

    return read_profile(Path(city.profile().folder) / FILE, authorities_folder())


def read_profile(path: Path, folder: Path) -> CertificateProfile:
    """Return what a city's file and a folder of authorities say; raises `Invalid`."""
    return _read(path, folder, _state(path, folder))


def authorities_folder() -> Path:
    """Return the folder of the authorities' certificates."""
    named = settings().certificate_authorities
    return Path(named) if named else settings().data / "certificate-authorities"


def faults_of_file(path: Path, _profile: Profile) -> list[tuple[int | None, str]]:
    """Return what is wrong with a city's file: (line or None, message)."""
    try:
        parse_file(path.read_bytes())
    except Invalid as error:
        return [(None, error.message)]
    return []


def parse_file(content: bytes) -> CertificateFile:
    """Return the file; raises `Invalid` where it breaks its form or contradicts itself."""
    try:
        file = msgspec.convert(yaml.safe_load(content), CertificateFile)
    except (yaml.YAMLError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise Invalid(f"{FILE}: {error}") from None
    for row in file.policies:
        if not _OID.fullmatch(row.oid):
            raise Invalid(f"{FILE}: policies: {row.oid!r} is no object identifier")
    if len({row.oid for row in file.policies}) != len(file.policies):
        raise Invalid(f"{FILE}: policies: an object identifier is given twice")
    for host in file.revocation.hosts:
        if not _HOST.fullmatch(host):
            raise Invalid(f"{FILE}: revocation: hosts: {host!r} is no `host` or `host:port`")
    return file


def read_certificates(folder: Path) -> tuple[bytes, ...]:
    """Return the certificates in the files of a folder as DER, in the order of their names.

    Raises
    ------
    Invalid
        If a file holds none; names it.
    """
    found: list[bytes] = []
    for path in _files(folder):
        content = path.read_bytes()
        try:
            read = (
                x509.load_pem_x509_certificates(content)
                if _PEM in content
                else [x509.load_der_x509_certificate(content)]
            )
        except ValueError:
            raise Invalid(f"{path}: is no certificate, PEM or DER") from None
        found += [certificate.public_bytes(Encoding.DER) for certificate in read]
    return tuple(found)


@lru_cache(maxsize=4)
def _read(path: Path, folder: Path, _state: object) -> CertificateProfile:
    if not path.is_file():
        return CertificateProfile(Trust((), ()), frozenset(), ())
    file = parse_file(path.read_bytes())
    trust = Trust(
        anchors=read_certificates(folder / "anchors"),
        intermediates=read_certificates(folder / "between"),
        policies=tuple(Policy(row.oid, row.family, row.aal, row.staff) for row in file.policies),
        hard=file.revocation.mode == "hard",
        path_policies=file.path_policies,
    )
    return CertificateProfile(trust, frozenset(file.revocation.hosts), _lists(folder / "lists"))


def _lists(folder: Path) -> tuple[bytes, ...]:
    found = []
    for path in _files(folder):
        content = path.read_bytes()
        try:
            one = (
                x509.load_pem_x509_crl(content)
                if _PEM in content
                else x509.load_der_x509_crl(content)
            )
        except ValueError:
            raise Invalid(f"{path}: is no revocation list, PEM or DER") from None
        found.append(one.public_bytes(Encoding.DER))
    return tuple(found)


def _state(path: Path, folder: Path) -> tuple[tuple[str, int], ...]:
    """Return what tells one state of the files from another."""
    files = [path] if path.is_file() else []
    files += [one for name in ("anchors", "between", "lists") for one in _files(folder / name)]
    return tuple((str(one), one.stat().st_mtime_ns) for one in files)


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(one for one in folder.iterdir() if one.is_file() and one.name[0] != ".")
