"""The certificates of a city's trust, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from asn1crypto import x509
from pyhanko_certvalidator.registry import CertificateRegistry, SimpleTrustManager

from madang.identity.engine.certificate_rules import Trust


@dataclass(frozen=True)
class Store:
    """Anchors and authorities between them and the holders."""

    trust: SimpleTrustManager
    authorities: tuple[x509.Certificate, ...]

    def registry(self) -> CertificateRegistry:
        """Return a fresh registry: a check puts the signer's own certificates into it."""
        fresh: CertificateRegistry = CertificateRegistry.build(self.authorities)
        return fresh

    def issuer_of(self, certificate: x509.Certificate) -> x509.Certificate | None:
        """Return the authority whose name and key identifier the certificate names, or None."""
        wanted = certificate.authority_key_identifier
        for authority in self.authorities:
            if authority.subject.hashable == certificate.issuer.hashable and (
                wanted is None or authority.key_identifier in (None, wanted)
            ):
                return authority
        return None

    def is_anchor(self, certificate: x509.Certificate) -> bool:
        """Return whether the certificate is one of the anchors."""
        return bool(self.trust.is_root(certificate))


@lru_cache(maxsize=8)
def store_of(trust: Trust) -> Store:
    """Return the parsed certificates of a trust.

    Raises
    ------
    ValueError
        If one of them is no certificate.
    """
    anchors = [x509.Certificate.load(der, strict=True) for der in trust.anchors]
    between = [x509.Certificate.load(der, strict=True) for der in trust.intermediates]
    for certificate in (*anchors, *between):
        _ = certificate.subject.hashable, certificate.public_key.native  # now, not in a request
    return Store(SimpleTrustManager.build(trust_roots=anchors), (*anchors, *between))
