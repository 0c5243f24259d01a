"""Whether a signature of our challenge shows that a certificate we trust is in its holder's hand.

The signature is a detached CMS (RFC 5652) with signed attributes. What is checked, each with a
reason of its own where it fails [1]_ [2]_ [3]_:

1. one signer, nothing enclosed, no more bytes and certificates than a sign-in needs;
2. the challenge is still open;
3. the signature covers exactly the challenge, and names its certificate by SHA-256
   (signing-certificate-v2, RFC 5035), so that no other certificate of the same key fits;
4. hash, signature algorithm and length of the key;
5. the use of the key: digital signature or non-repudiation, by an end entity;
6. the policy under which it was issued is one that the city takes;
7. the path from the certificate to an anchor of the city, at this moment (RFC 5280);
8. nothing on the path is revoked, by OCSP (RFC 6960) or revocation list, and that is known.

The time that a signer claims is not looked at: it proves nothing. No clock and no network: the
moment and what the revocation services said are handed in.

References
----------
.. [1] OWASP Application Security Verification Standard 5.0, chapters V6 and V11.
.. [2] NIST SP 800-63B-4, sections 3.1.6 and 3.1.7 (cryptographic authentication).
.. [3] KISA, KCAC.TS.CERTPROF (certificate profile) and KCAC.TS.CERTVAL (path validation).
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from datetime import UTC, datetime

from asn1crypto import cms, tsp, x509
from cryptography.exceptions import UnsupportedAlgorithm
from pyhanko.sign.general import (
    CMSExtractionError,
    CMSStructuralError,
    extract_certificate_info,
    extract_signer_info,
)
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import get_signing_cert_attr, validate_sig_integrity
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InsufficientRevinfoError,
    NotYetValidError,
    PathBuildingError,
    PathValidationError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.policy_decl import PKIXValidationParams

from madang.identity.engine.certificate_algorithms import ALGORITHMS
from madang.identity.engine.certificate_rules import (
    HASHES,
    LARGEST_SIGNATURE_B,
    MOST_CERTIFICATES,
    Holder,
    Policy,
    Reason,
    Revocation,
    Trust,
    Verdict,
)
from madang.identity.engine.challenges import Challenge
from madang.identity.engine.korean_certificates import identity_in
from madang.identity.engine.trust_store import Store, store_of

_NATIONAL_NUMBER = re.compile(r"PNO([A-Z]{2})-([0-9A-Za-z.+ -]{4,40})")
_USES = {"digital_signature", "non_repudiation"}
# purposes beside which a key may also sign people in; server and code signing keys are not people
_PURPOSES = {
    "client_auth",
    "any_extended_key_usage",
    "email_protection",
    "microsoft_smart_card_logon",
}
# what hostile bytes make asn1crypto, pyHanko and cryptography raise
_UNREADABLE = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError,
    NotImplementedError, CMSExtractionError, CMSStructuralError, UnsupportedAlgorithm,
)  # fmt: skip


class _Refused(Exception):
    """A check ends here."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def check(
    signature: bytes,
    challenge: Challenge,
    trust: Trust,
    revocation: Revocation,
    at: datetime,
) -> Verdict:
    """Return whether `signature` is a fresh signature of `challenge` by a trusted certificate.

    Parameters
    ----------
    signature : detached CMS, DER.
    at : now.
    """
    holder = None
    try:
        data, signer = _read(signature)
        if challenge.is_over(at):
            return Verdict((Reason.CHALLENGE_OVER,))
        _check_signature(data, signer, challenge.content)
        policy = _policy_of(signer, trust)
        holder = _holder(signer, policy)
        against = _against_use(signer, policy)
        if against:
            return Verdict(against, holder)
        notes = _check_path(data, signer, trust, revocation, at)
    except _Refused as refused:
        return Verdict((refused.reason,), holder)
    except _UNREADABLE:
        return Verdict((Reason.MALFORMED,), holder)
    return Verdict((), holder, notes)


def issuers_to_ask(signature: bytes, trust: Trust) -> tuple[tuple[bytes, bytes], ...]:
    """Return (certificate, issuer) of each whose state must be known, from the signer upwards.

    Empty where the path does not end in an anchor of `trust`: then nobody is asked, and `check`
    says why. Nothing is verified here; the answers are.
    """
    try:
        _, signer = _read(signature)
        store = store_of(trust)
    except (*_UNREADABLE, _Refused):
        return ()
    pairs: list[tuple[bytes, bytes]] = []
    certificate = signer
    while not store.is_anchor(certificate):
        issuer = store.issuer_of(certificate)
        if issuer is None or len(pairs) >= MOST_CERTIFICATES:
            return ()
        pairs.append((certificate.dump(), issuer.dump()))
        certificate = issuer
    return tuple(pairs)


def _read(signature: bytes) -> tuple[cms.SignedData, x509.Certificate]:
    """Return the signed data and the signer's certificate; refuse what is no sign-in."""
    if len(signature) > LARGEST_SIGNATURE_B:
        raise _Refused(Reason.MALFORMED)
    info = cms.ContentInfo.load(signature, strict=True)
    if info["content_type"].native != "signed_data":
        raise _Refused(Reason.MALFORMED)
    data = info["content"]
    enclosed = data["encap_content_info"]["content"].native is not None
    if enclosed or data["encap_content_info"]["content_type"].native != "data":
        raise _Refused(Reason.MALFORMED)
    if len(data["certificates"]) > MOST_CERTIFICATES or len(data["signer_infos"]) != 1:
        raise _Refused(Reason.MALFORMED)
    return data, extract_certificate_info(data).signer_cert


def _check_signature(data: cms.SignedData, signer: x509.Certificate, content: bytes) -> None:
    info = extract_signer_info(data)
    attributes = info["signed_attrs"]
    if attributes.native is None:
        raise _Refused(Reason.NO_SIGNING_CERTIFICATE)
    name = info["digest_algorithm"]["algorithm"].native
    if name not in HASHES or not ALGORITHMS.signature_algorithm_allowed(
        info["signature_algorithm"], None, signer.public_key
    ):
        raise _Refused(Reason.WEAK)
    try:
        _check_named(attributes)
        is_intact, is_valid = validate_sig_integrity(
            info, signer, "data", hashlib.new(name, content).digest()
        )
    except SignatureValidationError:
        raise _Refused(Reason.BAD_SIGNATURE) from None
    if not is_intact:
        raise _Refused(Reason.OTHER_CONTENT)
    if not is_valid:
        raise _Refused(Reason.BAD_SIGNATURE)


def _check_named(attributes: cms.CMSAttributes) -> None:
    """Refuse attributes that do not name the certificate by a strong hash (RFC 5035)."""
    named = get_signing_cert_attr(attributes)
    if not isinstance(named, tsp.SigningCertificateV2):
        raise _Refused(Reason.NO_SIGNING_CERTIFICATE)
    if named["certs"][0]["hash_algorithm"]["algorithm"].native not in HASHES:
        raise _Refused(Reason.WEAK)


def _policy_of(signer: x509.Certificate, trust: Trust) -> Policy | None:
    """Return the first policy of the city that the certificate was issued under, or None."""
    issued = {each["policy_identifier"].dotted for each in signer.certificate_policies_value or ()}
    return next((policy for policy in trust.policies if policy.oid in issued), None)


def _against_use(signer: x509.Certificate, policy: Policy | None) -> tuple[Reason, ...]:
    uses = signer.key_usage_value
    purposes = signer.extended_key_usage_value
    wrong = (
        signer.ca
        or uses is None
        or not uses.native & _USES
        or (purposes is not None and not set(purposes.native) & _PURPOSES)
    )
    return (Reason.WRONG_USE,) * wrong + (Reason.WRONG_POLICY,) * (policy is None)


def _holder(signer: x509.Certificate, policy: Policy | None) -> Holder:
    real_name, virtual_id = identity_in(signer)
    name = _one(signer.subject.native.get("common_name", ""))
    return Holder(
        fingerprint=signer.sha256.hex(),
        key=hashlib.sha256(signer.public_key.dump()).hexdigest(),
        issuer=signer.issuer.human_friendly,
        authority=_one(signer.issuer.native.get("organization_name", ""))
        or signer.issuer.human_friendly,
        serial=str(signer.serial_number),
        subject=signer.subject.human_friendly,
        name=name,
        real_name=real_name,
        virtual_id=virtual_id,
        policy=policy,
        not_after=signer.not_valid_after.astimezone(UTC),
        national_number=national_number(_one(signer.subject.native.get("serial_number", ""))),
    )


def national_number(text: str) -> tuple[str, str]:
    """Return (country, number) of a person's national number in a subject's serial number.

    ETSI EN 319 412-1, section 5.1.3: ``PNO``, the country's code, a hyphen, the number. Those of
    passports, identity cards and taxes (``PAS``, ``IDC``, ``TIN``) are in no register of people.

    >>> national_number("PNOKR-9001011234567"), national_number("IDCKR-123")
    (('KR', '9001011234567'), ('', ''))
    """
    found = _NATIONAL_NUMBER.fullmatch(text)
    return (found[1], found[2]) if found else ("", "")


def _one(value: str | list[str]) -> str:
    """Return the first of what a name has once or several times."""
    return value if isinstance(value, str) else value[0]


def _check_path(
    data: cms.SignedData,
    signer: x509.Certificate,
    trust: Trust,
    revocation: Revocation,
    at: datetime,
) -> tuple[Reason, ...]:
    """Refuse a certificate without a valid path; return what soft failure lets pass."""
    others = [each.chosen for each in data["certificates"] if each.name == "certificate"]
    store = store_of(trust)
    try:
        asyncio.run(_validate(signer, others, store, trust, revocation, at, hard=True))
    except InsufficientRevinfoError:
        if trust.hard:
            raise _Refused(Reason.REVOCATION_UNKNOWN) from None
    except ValidationError as error:
        raise _Refused(_reason_of(error)) from None
    except PathBuildingError:
        raise _Refused(Reason.UNKNOWN_AUTHORITY) from None
    else:
        return ()
    try:
        asyncio.run(_validate(signer, others, store, trust, revocation, at, hard=False))
    except ValidationError as error:
        raise _Refused(_reason_of(error)) from None
    return (Reason.REVOCATION_UNKNOWN,)


async def _validate(
    signer: x509.Certificate,
    others: list[x509.Certificate],
    store: Store,
    trust: Trust,
    revocation: Revocation,
    at: datetime,
    *,
    hard: bool,
) -> None:
    context = ValidationContext(
        trust_manager=store.trust,
        certificate_registry=store.registry(),
        moment=at,
        ocsps=revocation.ocsps,
        crls=revocation.crls,
        revocation_mode="require" if hard else "soft-fail",
        time_tolerance=trust.skew,
        algorithm_usage_policy=ALGORITHMS,
    )
    wanted = frozenset(policy.oid for policy in trust.policies)
    rules = PKIXValidationParams(wanted, initial_explicit_policy=True)
    validator = CertificateValidator(
        signer, others, context, pkix_params=rules if trust.path_policies else None
    )
    await validator.async_validate_path()


def _reason_of(error: ValidationError) -> Reason:
    if isinstance(error, PathValidationError) and error.is_side_validation:
        return (
            Reason.REVOCATION_UNKNOWN
        )  # whoever answered for the certificate is not to be trusted
    if isinstance(error, RevokedError):
        is_on_hold = error.reason.native == "certificate_hold"
        return Reason.SUSPENDED if is_on_hold and error.is_ee_cert else Reason.REVOKED
    if isinstance(error, DisallowedAlgorithmError):
        return Reason.WEAK
    if isinstance(error, ExpiredError):
        return Reason.EXPIRED
    if isinstance(error, NotYetValidError):
        return Reason.NOT_YET_VALID
    return Reason.BROKEN_PATH
