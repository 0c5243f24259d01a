"""A demonstration's own authority: it certifies the seal and the clock of this installation only.

A root that lies in the data folder signs two certificates: of the seal (EC P-256, for papers and
credentials) and of the time-stamping clock (RSA, RFC 3161), and an empty revocation list, so that
signatures of the demo have everything that long-lived ones have. Nobody else trusts it, and
production refuses it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from madang.city.api import profile
from madang.kernel import times
from madang.kernel.config import settings
from madang.kernel.errors import Invalid
from madang.kernel.secrets import kept_secret_of

ROOT_LASTS, SEAL_LASTS, LIST_LASTS = (timedelta(days=n) for n in (3650, 1095, 365))
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class SampleSeal:
    """What a demonstration signs with, as PEM: keys, certificates; DER: the revocation list."""

    seal: tuple[Key, x509.Certificate]
    clock: tuple[Key, x509.Certificate]
    root: x509.Certificate
    revocations: bytes


def sample_seal() -> SampleSeal:
    """Return the demonstration's keys and certificates, made where there are none.

    Raises
    ------
    Invalid
        In production.
    """
    here = settings()
    if here.is_production:
        raise Invalid("production signs documents with a key of a real authority only")
    folder = here.data / "secrets"
    root_key = _key(folder / "document-root.key", _ec)
    seal_key = _key(folder / "document-seal.key", _ec)
    clock_key = _key(folder / "document-clock.key", _rsa)
    city = profile().name("en")
    root = _certificate(
        folder / "document-root.pem",
        lambda: _signed(f"{city} sample root, for the demo only", root_key, None, root_key),
    )
    seal = _certificate(
        folder / "document-seal.pem",
        lambda: _signed(f"{city} sample seal", seal_key, root, root_key),
    )
    clock = _certificate(
        folder / "document-clock.pem",
        lambda: _signed(f"{city} sample clock", clock_key, root, root_key, is_clock=True),
    )
    revocations = _revocations(folder / "document-root.crl", root, root_key)
    return SampleSeal((seal_key, seal), (clock_key, clock), root, revocations)


def _ec() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def _rsa() -> Key:
    return rsa.generate_private_key(65537, 2048)


def _key(path: Path, make: Callable[[], Key]) -> Key:
    pem = kept_secret_of(
        path,
        lambda: (
            make().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
        ),
    )
    found = load_pem_private_key(pem.encode(), None)
    assert isinstance(found, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    return found


def _certificate(path: Path, make: Callable[[], x509.Certificate]) -> x509.Certificate:
    pem = kept_secret_of(path, lambda: make().public_bytes(Encoding.PEM).decode("ascii"))
    return x509.load_pem_x509_certificate(pem.encode())


def _signed(
    name: str, own: Key, issuer: x509.Certificate | None, key: Key, *, is_clock: bool = False
) -> x509.Certificate:
    now, is_root = times.now(), issuer is None
    subject = _name(name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + (ROOT_LASTS if is_root else SEAL_LASTS))
        .add_extension(x509.BasicConstraints(is_root, 0 if is_root else None), critical=True)
        .add_extension(_usage(is_root), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
        )
    )
    if is_clock:  # RFC 3161, section 2.3: this use alone, and critical
        use = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(use, critical=True)
    return builder.sign(key, hashes.SHA256())


def _usage(is_root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_root, content_commitment=not is_root, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=is_root, crl_sign=is_root,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _name(common: str) -> x509.Name:
    parts = ((NameOID.ORGANIZATION_NAME, "Madang sample"), (NameOID.COMMON_NAME, common[:64]))
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts])


def _revocations(path: Path, root: x509.Certificate, key: Key) -> bytes:
    """Return the root's list of revoked certificates, which is empty; made anew before it ends."""
    now = times.now()
    try:
        kept = x509.load_der_x509_crl(path.read_bytes())
        ends = kept.next_update_utc
        if ends and kept.last_update_utc <= now < ends - timedelta(days=30):
            return path.read_bytes()
    except (OSError, ValueError):
        pass
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.subject)
        .last_update(now - timedelta(hours=1))
        .next_update(now + LIST_LASTS)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()),  # type: ignore[arg-type]
            critical=False,
        )
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
    draft = path.with_suffix(".new")
    draft.write_bytes(made)
    draft.replace(path)
    return made
