"""An authority of this installation's own, for the demo: its certificates open nothing elsewhere.

Its key lies in the data folder. It is refused in production.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from madang.identity.certificate_profile import authorities_folder, profile_in_effect
from madang.kernel import times
from madang.kernel.config import settings
from madang.kernel.errors import Invalid

NAME = "sample-authority"
_LASTS = timedelta(days=365)
_KEY_FILE = f"{NAME}.key"


def sample_certificate(holder: str, password: str) -> bytes:
    """Return a PKCS #12 file for a made-up holder; the authority is made where there is none.

    Raises
    ------
    Invalid
        In production, and where the city takes no certificates of residents.
    """
    if settings().is_production:
        raise Invalid("production takes certificates of real authorities only")
    policies = [policy for policy in profile_in_effect().trust.policies if not policy.staff]
    if not policies:
        raise Invalid("the city's certificates.yaml has no policy for residents")
    authority, key = _authority()
    own = rsa.generate_private_key(65537, 2048)
    subject = _name(f"{holder}()sample{x509.random_serial_number() % 10**12:012d}")
    policy = x509.PolicyInformation(x509.ObjectIdentifier(policies[0].oid), None)
    certificate = (
        _builder(subject, authority.subject, own.public_key(), key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(x509.CertificatePolicies([policy]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(
        holder.encode(), own, certificate, None, BestAvailableEncryption(password.encode())
    )


def _authority() -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    folder = authorities_folder()
    place, key_file = folder / "anchors" / f"{NAME}.der", settings().data / "secrets" / _KEY_FILE
    if place.exists() and key_file.exists():
        key = load_der_private_key(key_file.read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        certificate = x509.load_der_x509_certificate(place.read_bytes())
    else:
        key = rsa.generate_private_key(65537, 2048)
        name = _name("Sample authority, for the demo only")
        certificate = (
            _builder(name, name, key.public_key(), key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        _lay(key_file, key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), 0o600)
        _lay(place, certificate.public_bytes(Encoding.DER))
    _lay(folder / "lists" / f"{NAME}.crl", _empty_list(certificate, key))
    return certificate, key


def _empty_list(authority: x509.Certificate, key: rsa.RSAPrivateKey) -> bytes:
    now = times.now()
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.subject)
        .last_update(now - timedelta(minutes=5))
        .next_update(now + _LASTS)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
        )
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def _builder(
    subject: x509.Name, issuer: x509.Name, own: rsa.RSAPublicKey, issuer_key: rsa.RSAPrivateKey
) -> x509.CertificateBuilder:
    now = times.now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(own)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + _LASTS)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )


def _name(common: str) -> x509.Name:
    parts = ((NameOID.ORGANIZATION_NAME, "Madang sample"), (NameOID.COMMON_NAME, common[:64]))
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts])


def _usage(**given: bool) -> x509.KeyUsage:
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
        "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: given.get(name, False) for name in names})


def _lay(path: Path, content: bytes, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=mode)
    path.write_bytes(content)
