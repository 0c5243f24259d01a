"""A small public-key infrastructure of the tests' own: authorities, holders, signatures.

Everything is made when it is asked for; nothing of a real authority is in it but the object
identifiers of its policies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from madang.identity.engine.certificate_rules import Policy, Revocation, Trust
from madang.identity.engine.korean_certificates import IDENTIFY_DATA, identify_data, virtual_id

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
PERSONAL = "1.2.410.200005.1.1.1"
GPKI = "1.2.410.100001.2.2.1"
HARDWARE = "1.3.6.1.4.1.99999.1"
PLAIN = "1.3.6.1.4.1.99999.2"
POLICIES = (
    Policy(PERSONAL, "joint"),
    Policy(GPKI, "gpki", staff=True),
    Policy(HARDWARE, "token", aal=3),
)
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@cache
def rsa_key(bits: int = 2048, number: int = 0) -> rsa.RSAPrivateKey:
    """Return an RSA key; the same for the same `bits` and `number` in one run."""
    return rsa.generate_private_key(65537, bits)


def ec_key(curve: ec.EllipticCurve | None = None) -> ec.EllipticCurvePrivateKey:
    """Return a new elliptic key, P-256 where no curve is named."""
    return ec.generate_private_key(curve or ec.SECP256R1())


def usage(**given: bool) -> x509.KeyUsage:
    """Return a key usage of what is given and nothing else."""
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
        "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: given.get(name, False) for name in names})


@dataclass
class Credential:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def pkcs8(self, password: bytes | None = None) -> bytes:
        """The key as PKCS#8."""
        how = (
            serialization.BestAvailableEncryption(password)
            if password
            else serialization.NoEncryption()
        )
        return self.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, how
        )


@dataclass
class Authority(Credential):
    """A certificate that issues others."""

    def issue(self, name: str = "홍길동()0099041200501234567890", **how: Any) -> Credential:
        """Issue a holder's certificate; see `certificate`."""
        key = how.pop("key", None) or ec_key()
        how.setdefault("policies", (PERSONAL,))
        how.setdefault("uses", usage(digital_signature=True, content_commitment=True))
        how.setdefault("ocsp_url", "http://ocsp.authority.example/")
        return Credential(certificate(name, key, self, **how), key)

    def authority(self, name: str, **how: Any) -> Authority:
        """Issue the certificate of an authority below this one."""
        key = how.pop("key", None) or ec_key()
        how.setdefault("uses", usage(key_cert_sign=True, crl_sign=True))
        return Authority(certificate(name, key, self, ca=True, **how), key)

    def ocsp(
        self,
        of: Credential,
        *,
        revoked: x509.ReasonFlags | None = None,
        at: datetime = NOW,
        unknown: bool = False,
        by: Credential | None = None,
    ) -> bytes:
        """Return a response about `of`, signed by this authority or by a responder."""
        status = ocsp.OCSPCertStatus.GOOD
        if revoked:
            status = ocsp.OCSPCertStatus.REVOKED
        if unknown:
            status = ocsp.OCSPCertStatus.UNKNOWN
        responder = by or self
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=of.certificate,
            issuer=self.certificate,
            algorithm=hashes.SHA1(),  # names the certificate, RFC 5019 section 2.1.1
            cert_status=status,
            this_update=at - timedelta(minutes=1),
            next_update=at + timedelta(hours=1),
            revocation_time=at - timedelta(days=1) if revoked else None,
            revocation_reason=revoked,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
        if by:
            builder = builder.certificates([by.certificate])
        answer = builder.sign(responder.key, hashes.SHA256())
        return answer.public_bytes(serialization.Encoding.DER)

    def responder(self, **how: Any) -> Credential:
        """Issue the certificate of an OCSP responder (RFC 6960 section 4.2.2.2)."""
        how.setdefault("eku", [ExtendedKeyUsageOID.OCSP_SIGNING])
        extra = [(x509.OCSPNoCheck(), False)]
        return self.issue("responder", policies=(), extra=extra, **how)

    def crl(
        self,
        *revoked: Credential,
        why: x509.ReasonFlags = x509.ReasonFlags.key_compromise,
        at: datetime = NOW,
    ) -> bytes:
        """Return the revocation list of this authority."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(at - timedelta(hours=1))
            .next_update(at + timedelta(hours=23))
            .add_extension(x509.CRLNumber(7), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
        )
        for each in revoked:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(each.certificate.serial_number)
                .revocation_date(at - timedelta(days=1))
                .add_extension(x509.CRLReason(why), critical=False)
                .build()
            )
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def certificate(
    name: str,
    key: Key,
    issuer: Authority | None,
    *,
    ca: bool = False,
    uses: x509.KeyUsage | None = None,
    policies: Sequence[str] = (),
    eku: Sequence[x509.ObjectIdentifier] = (),
    since: datetime = NOW - timedelta(days=100),
    until: datetime = NOW + timedelta(days=265),
    identity: tuple[str, str, bytes] | None = None,
    national: str = "",
    ocsp_url: str = "",
    crl_url: str = "",
    ca_mark: x509.AuthorityKeyIdentifier | None = None,
    extra: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> x509.Certificate:
    """Return a certificate; `identity` is (name, number, R) for the Korean identification data.

    `national` is the serial number of the subject, such as ``PNOKR-...`` (ETSI EN 319 412-1).
    """
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "KR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "test"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            *([x509.NameAttribute(NameOID.SERIAL_NUMBER, national)] if national else []),
        ]
    )
    issuer_key = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            ca_mark or x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    if uses:
        builder = builder.add_extension(uses, critical=True)
    if policies:
        items = [x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in policies]
        builder = builder.add_extension(x509.CertificatePolicies(items), critical=False)
    if eku:
        builder = builder.add_extension(x509.ExtendedKeyUsage(eku), critical=False)
    if identity:
        real_name, number, random = identity
        value = identify_data(real_name, virtual_id(number, random))
        other = x509.OtherName(x509.ObjectIdentifier(IDENTIFY_DATA), value)
        builder = builder.add_extension(x509.SubjectAlternativeName([other]), critical=False)
    if ocsp_url:
        place = x509.AccessDescription(
            x509.AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(ocsp_url)
        )
        builder = builder.add_extension(x509.AuthorityInformationAccess([place]), critical=False)
    if crl_url:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(crl_url)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    for extension, critical in extra:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer_key, hashes.SHA256())


@dataclass
class City:
    """A root, an authority below it, and what the city's profile says of them."""

    root: Authority = field(default_factory=lambda: root("Test Root"))
    authority: Authority = field(init=False)

    def __post_init__(self) -> None:
        self.authority = self.root.authority("Test Authority")

    def trust(self, **how: Any) -> Trust:
        """Return what the city takes."""
        how.setdefault("policies", POLICIES)
        how.setdefault("anchors", (self.root.der,))
        return Trust(intermediates=(self.authority.der,), **how)

    def revocation(self, of: Credential, **how: Any) -> Revocation:
        """Return that nothing is revoked, or what `how` says of the holder's certificate."""
        return Revocation((self.authority.ocsp(of, **how),), (self.root.crl(),))


def root(name: str, key: Key | None = None) -> Authority:
    """Return a self-signed authority."""
    key = key or ec_key()
    uses = usage(key_cert_sign=True, crl_sign=True)
    until = NOW + timedelta(days=3650)
    return Authority(certificate(name, key, None, ca=True, uses=uses, until=until), key)


def sign(
    content: bytes,
    by: Credential,
    *,
    certificates: Sequence[bytes] = (),
    names: bytes | None = b"",
    hash_name: str = "sha256",
    named_by: str = "sha256",
    digest: bytes | None = None,
    enclosed: bool = False,
    attributes: bool = True,
) -> bytes:
    """Return a detached CMS signature of `content`, as `openssl cms -sign -cades` makes it.

    `names` is the certificate that the signing-certificate attribute names: the signer's where it
    is empty, none where it is None; `digest` replaces the true one.
    """
    own = asn1.Certificate.load(by.der)
    body = digest or hashlib.new(hash_name, content).digest()
    signed = [
        cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
        cms.CMSAttribute({"type": "message_digest", "values": [body]}),
    ]
    if names is not None:
        marked = hashlib.new(named_by, names or by.der).digest()
        if named_by == "sha1":
            kind, value = (
                "signing_certificate",
                tsp.SigningCertificate({"certs": [{"cert_hash": marked}]}),
            )
        else:
            kind, value = (
                "signing_certificate_v2",
                tsp.SigningCertificateV2(
                    {"certs": [{"hash_algorithm": {"algorithm": named_by}, "cert_hash": marked}]}
                ),
            )
        signed.append(cms.CMSAttribute({"type": kind, "values": [value]}))
    attrs = cms.CMSAttributes(signed)
    info: dict[str, Any] = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            {
                "issuer_and_serial_number": {
                    "issuer": own.issuer,
                    "serial_number": own.serial_number,
                }
            }
        ),
        "digest_algorithm": {"algorithm": hash_name},
        "signature_algorithm": {"algorithm": _algorithm(by.key, hash_name)},
        "signature": _signature(by.key, attrs.dump() if attributes else content, hash_name),
    }
    if attributes:
        info["signed_attrs"] = attrs
    carried = [by.der, *certificates]
    data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": hash_name}],
            "encap_content_info": {
                "content_type": "data",
                "content": core.OctetString(content) if enclosed else None,
            },
            "certificates": [asn1.Certificate.load(der) for der in carried],
            "signer_infos": [info],
        }
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": data}).dump()


def _algorithm(key: Key, hash_name: str) -> str:
    return f"{hash_name}_{'ecdsa' if isinstance(key, ec.EllipticCurvePrivateKey) else 'rsa'}"


def _signature(key: Key, content: bytes, hash_name: str) -> bytes:
    algorithm = getattr(hashes, hash_name.upper())()
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(content, ec.ECDSA(algorithm))
    return key.sign(content, padding.PKCS1v15(), algorithm)


def signed_with_sha1(issuer: Authority) -> Credential:
    """Return a holder's certificate that its authority signed with SHA-1, as before 2012."""
    holder = issuer.issue()
    tbs = asn1.Certificate.load(holder.der)["tbs_certificate"].copy()
    tbs["signature"] = {"algorithm": _algorithm(issuer.key, "sha1")}
    old = asn1.Certificate(
        {
            "tbs_certificate": tbs,
            "signature_algorithm": {"algorithm": _algorithm(issuer.key, "sha1")},
            "signature_value": _signature(issuer.key, tbs.dump(force=True), "sha1"),
        }
    )
    return Credential(x509.load_der_x509_certificate(old.dump()), holder.key)
