"""Ask authorities whether certificates are revoked: by OCSP, else by their revocation list.

Addresses stand in certificates, and a certificate is a stranger's until it is checked: so only
hosts that the city's profile names are asked, and only about certificates whose issuer the city
knows. No answer is no error here: `engine.certificates` refuses what nobody vouches for.

An answer is used until it says it ends, ten minutes at most; a service that does not answer is left
alone for half a minute, so that no sign-in waits for it twice.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID

from madang.identity.engine.certificate_rules import Revocation
from madang.kernel import http, times
from madang.kernel.errors import Unavailable

if TYPE_CHECKING:
    import httpx

LONGEST_USE = timedelta(minutes=10)
REST = timedelta(seconds=30)
TIMEOUT_S = 3.0
LARGEST_ANSWER_B = 64 * 1024
LARGEST_LIST_B = 8 * 1024 * 1024
_MOST_KEPT = 10_000


@dataclass
class _Kept:
    """Answers with the moment at which they end; the oldest go first."""

    rows: OrderedDict[str, tuple[bytes, datetime]] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, key: str, now: datetime) -> bytes | None:
        with self.lock:
            found = self.rows.get(key)
        return found[0] if found and found[1] > now else None

    def keep(self, key: str, content: bytes, until: datetime) -> None:
        with self.lock:
            self.rows[key] = content, until
            self.rows.move_to_end(key)
            while len(self.rows) > _MOST_KEPT:
                self.rows.popitem(last=False)


class RevocationServices:
    """The services that may be asked; shared by the threads of a process."""

    def __init__(self, hosts: Iterable[str], transport: httpx.BaseTransport | None = None) -> None:
        self._hosts = frozenset(hosts)
        self._transport = transport
        self._kept = _Kept()
        self._resting: dict[str, datetime] = {}

    def ask(self, pairs: Iterable[tuple[bytes, bytes]], lists: Iterable[bytes] = ()) -> Revocation:
        """Return what is said about each (certificate, issuer); `lists` are known already."""
        ocsps, crls = [], list(lists)
        for certificate_der, issuer_der in pairs:
            certificate = x509.load_der_x509_certificate(certificate_der)
            issuer = x509.load_der_x509_certificate(issuer_der)
            if not _is_issued_by(certificate, issuer):
                break  # a forgery: its authority is not asked in our name
            answer = self._ocsp(certificate, issuer)
            if answer is not None:
                ocsps.append(answer)
                continue
            found = self._list(certificate)
            if found is not None:
                crls.append(found)
        return Revocation(tuple(ocsps), tuple(crls))

    def _ocsp(self, certificate: x509.Certificate, issuer: x509.Certificate) -> bytes | None:
        # it only names the certificate: RFC 5019 section 2.1.1, what all responders understand
        naming = hashes.SHA1()  # noqa: S303
        builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, naming)
        body = builder.build().public_bytes(Encoding.DER)
        headers = {"Content-Type": "application/ocsp-request"}
        for url in _ocsp_urls(certificate):
            key = f"{url} {sha256(body).hexdigest()}"
            found = self._fetched(
                key,
                url,
                lambda client, url=url: client.stream("POST", url, content=body, headers=headers),  # type: ignore[misc]
                LARGEST_ANSWER_B,
                _end_of_answer,
            )
            if found is not None:
                return found
        return None

    def _list(self, certificate: x509.Certificate) -> bytes | None:
        for url in _list_urls(certificate):
            found = self._fetched(
                url,
                url,
                lambda client, url=url: client.stream("GET", url),  # type: ignore[misc]
                LARGEST_LIST_B,
                _end_of_list,
            )
            if found is not None:
                return found
        return None

    def _fetched(
        self,
        key: str,
        url: str,
        call: Callable[[httpx.Client], object],
        largest: int,
        end_of: Callable[[bytes], datetime | None],
    ) -> bytes | None:
        import httpx

        now = times.now()
        kept = self._kept.find(key, now)
        if kept is not None:
            return kept
        host = self._allowed(url)
        if not host or self._resting.get(host, now) > now:
            return None
        try:
            with http.client(timeout_s=TIMEOUT_S, transport=self._transport) as client:
                content = _body(call(client), largest)
            until = end_of(content)
        except (httpx.HTTPError, Unavailable, ValueError):
            self._resting[host] = now + REST
            return None
        if until is not None and until > now:
            self._kept.keep(key, content, min(until, now + LONGEST_USE))
        return content

    def _allowed(self, url: str) -> str:
        """Return the host of an address that may be asked, empty for any other."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or parts.username or parts.password:
            return ""
        return parts.netloc.lower() if parts.netloc.lower() in self._hosts else ""


def _body(call: object, largest: int) -> bytes:
    """Return the body of an answer of 200; raises ValueError where it is another or too large."""
    with call as response:  # type: ignore[attr-defined]
        if response.status_code != 200:
            raise ValueError(f"status {response.status_code}")
        content = b""
        for part in response.iter_bytes():
            content += part
            if len(content) > largest:
                raise ValueError("larger than any answer")
    return content


def _is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _ocsp_urls(certificate: x509.Certificate) -> list[str]:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess)
    except (x509.ExtensionNotFound, ValueError):
        return []
    return [
        place.access_location.value
        for place in access.value
        if place.access_method == AuthorityInformationAccessOID.OCSP
        and isinstance(place.access_location, x509.UniformResourceIdentifier)
    ]


def _list_urls(certificate: x509.Certificate) -> list[str]:
    try:
        points = certificate.extensions.get_extension_for_oid(
            ExtensionOID.CRL_DISTRIBUTION_POINTS
        ).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    assert isinstance(points, x509.CRLDistributionPoints)
    names = [name for point in points for name in point.full_name or ()]
    return [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]


def _end_of_answer(content: bytes) -> datetime | None:
    answer = ocsp.load_der_ocsp_response(content)
    if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise ValueError(f"the responder says {answer.response_status.name}")
    return answer.next_update_utc


def _end_of_list(content: bytes) -> datetime | None:
    return x509.load_der_x509_crl(content).next_update_utc
