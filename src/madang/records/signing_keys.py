"""What documents are signed with: a small port, and the two keys that come with the house.

The city's key is a PKCS #12 file (`MADANG_DOCUMENT_KEY`), or whatever the factory named by
`MADANG_DOCUMENT_SIGNER` returns: a key in a hardware module stays there, it only has to sign. A
demonstration makes its own (`sample_seal`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from madang.kernel.config import settings
from madang.kernel.registry import load
from madang.records.errors import SigningKeyMissing
from madang.records.sample_seal import sample_seal

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer
    from pyhanko.sign.timestamps import TimeStamper


class SigningKey(Protocol):
    """The port: what a key of the city, in a file or a hardware module, has to offer."""

    @property
    def certificate(self) -> x509.Certificate:
        """The seal's certificate."""
        ...

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The certificates between it and the root."""
        ...

    @property
    def roots(self) -> tuple[x509.Certificate, ...]:
        """Whom we trust to certify seals and clocks."""
        ...

    @property
    def revocations(self) -> tuple[bytes, ...]:
        """Revocation lists in DER; with them a signature outlives its certificate."""
        ...

    def pdf_signer(self) -> Signer:
        """Return what signs for pyHanko."""
        ...

    def clock(self) -> TimeStamper | None:
        """Return what certifies the time for pyHanko, None where nothing does."""
        ...

    def es256(self, message: bytes) -> bytes:
        """Return an ECDSA signature on P-256 and SHA-256 as JWS has it: r and s, 64 bytes."""
        ...


@dataclass(frozen=True)
class FileKey:
    """A key that lies in a file of this installation."""

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    roots: tuple[x509.Certificate, ...]
    revocations: tuple[bytes, ...] = ()
    sample_clock: tuple[rsa.RSAPrivateKey, x509.Certificate] | None = None

    def pdf_signer(self) -> Signer:
        """Return what signs for pyHanko."""
        from asn1crypto import keys
        from pyhanko.sign.signers import SimpleSigner
        from pyhanko_certvalidator.registry import SimpleCertificateStore

        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(_asn1(one) for one in (*self.chain, *self.roots))
        return SimpleSigner(
            signing_cert=_asn1(self.certificate),
            signing_key=keys.PrivateKeyInfo.load(_pkcs8(self.key)),
            cert_registry=store,
        )

    def clock(self) -> TimeStamper | None:
        """Return the authority at `MADANG_TIMESTAMP_URL`, or the demonstration's own clock."""
        from madang.records.clocks import authority_at, sample_clock

        if settings().timestamp_url:
            return authority_at(settings().timestamp_url)
        if self.sample_clock is None:
            return None
        key, certificate = self.sample_clock
        return sample_clock(_asn1(certificate), _pkcs8(key))

    def es256(self, message: bytes) -> bytes:
        """Return an ECDSA signature on P-256 and SHA-256 as JWS has it: r and s, 64 bytes."""
        if not isinstance(self.key, ec.EllipticCurvePrivateKey) or self.key.curve.key_size != 256:
            raise SigningKeyMissing("credentials are signed with an EC key on P-256; this is none")
        r, s = decode_dss_signature(self.key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _asn1(certificate: x509.Certificate) -> Any:
    from asn1crypto import x509 as asn1

    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))


def _pkcs8(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def signing_key() -> SigningKey:
    """Return the key of this installation.

    Raises
    ------
    SigningKeyMissing
        In production without one, and where the file cannot be read.
    """
    here = settings()
    return _signing_key(
        here.document_signer, here.document_key, here.document_key_password, str(here.data)
    )


@lru_cache(maxsize=2)
def _signing_key(factory: str, file: str, password: str, data: str) -> SigningKey:
    if factory:
        found: SigningKey = load(factory)()
        return found
    if file:
        return _from_file(Path(data) / file, password)
    if settings().is_production:
        raise SigningKeyMissing(
            "production signs documents with a key of a real authority: set MADANG_DOCUMENT_KEY "
            "(a PKCS #12 file) or MADANG_DOCUMENT_SIGNER"
        )
    sample = sample_seal()
    clock = sample.clock
    assert isinstance(clock[0], rsa.RSAPrivateKey)
    return FileKey(*sample.seal, (), (sample.root,), (sample.revocations,), (clock[0], clock[1]))


def _from_file(path: Path, password: str) -> FileKey:
    try:
        store = pkcs12.load_pkcs12(path.read_bytes(), password.encode() or None)
    except (OSError, ValueError) as error:
        raise SigningKeyMissing(f"MADANG_DOCUMENT_KEY {path}: {error}") from None
    if store.cert is None or not isinstance(
        store.key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    ):
        raise SigningKeyMissing(f"MADANG_DOCUMENT_KEY {path} lacks an EC or RSA key with its own")
    others = [one.certificate for one in store.additional_certs]
    roots = tuple(one for one in others if one.subject == one.issuer)
    if not roots:
        raise SigningKeyMissing(f"MADANG_DOCUMENT_KEY {path} lacks the root of its certificate")
    between = tuple(one for one in others if one.subject != one.issuer)
    return FileKey(store.key, store.cert.certificate, between, roots)
