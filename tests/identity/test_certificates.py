"""Checking a signature of our challenge: what is taken, and each thing that is not."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from madang.identity.engine.certificate_rules import Policy, Reason, Revocation, Verdict
from madang.identity.engine.certificates import check, issuers_to_ask
from madang.identity.engine.challenges import Challenge
from tests.identity import pki
from tests.identity.pki import GPKI, HARDWARE, NOW, PERSONAL, PLAIN, City

CHALLENGE = Challenge(
    "https://city.example", "sign-in", "q2Zt6p6sUeQd0xkq5m8J0w", NOW + timedelta(minutes=5)
)


@pytest.fixture(scope="module")
def city() -> City:
    return City()


@pytest.fixture(scope="module")
def holder(city: City) -> pki.Credential:
    return city.authority.issue()


def verdict(
    city: City, of: pki.Credential, signature: bytes | None = None, **how: object
) -> Verdict:
    """Check with everything in order but what `how` replaces."""
    given = {
        "challenge": CHALLENGE,
        "trust": city.trust(),
        "revocation": city.revocation(of),
        "at": NOW,
    } | how
    return check(signature or pki.sign(CHALLENGE.content, of), **given)  # type: ignore[arg-type]


def test_a_fresh_signature_by_a_trusted_certificate_is_taken(city, holder):
    found = verdict(city, holder)
    assert found.is_good and found.reasons == ()
    assert found.holder.policy == Policy(PERSONAL, "joint")
    assert found.holder.name == "홍길동()0099041200501234567890"
    assert found.holder.fingerprint == holder.certificate.fingerprint(pki.hashes.SHA256()).hex()
    assert found.holder.not_after == NOW + timedelta(days=265)


def test_rsa_as_korean_authorities_issue_it_is_taken():
    authority = pki.root("RSA Root", pki.rsa_key(2048, 1)).authority(
        "RSA", key=pki.rsa_key(2048, 2)
    )
    city = City()
    city.root, city.authority = pki.root("R", pki.rsa_key(2048, 3)), authority
    holder = authority.issue(key=pki.rsa_key(2048, 4))
    trust = city.trust(anchors=(authority.der,))
    revocation = Revocation((authority.ocsp(holder),))
    assert verdict(city, holder, trust=trust, revocation=revocation).is_good


def test_the_policy_gives_the_level_and_says_for_whom(city):
    token = city.authority.issue(policies=(HARDWARE,))
    staff = city.authority.issue(policies=(GPKI,))
    assert verdict(city, token).holder.policy.aal == 3
    assert verdict(city, staff).holder.policy.staff


@pytest.mark.asvs("6.8.2")
@pytest.mark.parametrize("reads", ["nonce", "audience", "purpose"])
def test_a_signature_of_another_challenge_is_refused(city, holder, reads):
    values = {"nonce": "A" * 22, "audience": "https://evil.example", "purpose": "enrol"}
    other = replace(CHALLENGE, **{reads: values[reads]})
    found = verdict(city, holder, pki.sign(other.content, holder))
    assert found.reasons == (Reason.OTHER_CONTENT,)


def test_a_signature_whose_digest_was_swapped_is_refused(city, holder):
    """The attributes carry the digest of our challenge, but were signed with another one."""
    honest = pki.sign(CHALLENGE.content, holder)
    other = pki.sign(b"pay 100 million won", holder)
    ours, theirs = (
        pki.hashlib.sha256(c).digest() for c in (CHALLENGE.content, b"pay 100 million won")
    )
    assert theirs in other and ours in honest
    found = verdict(city, holder, other.replace(theirs, ours))
    assert found.reasons == (Reason.BAD_SIGNATURE,)


def test_a_challenge_is_taken_until_its_last_second_and_not_after(city, holder):
    last = CHALLENGE.expires
    fresh = Revocation((city.authority.ocsp(holder, at=last),), (city.root.crl(),))
    assert verdict(city, holder, at=last, revocation=fresh).is_good
    late = verdict(city, holder, at=last + timedelta(seconds=1), revocation=fresh)
    assert late.reasons == (Reason.CHALLENGE_OVER,)


def test_an_expired_certificate_is_refused(city):
    old = city.authority.issue(until=NOW - timedelta(days=1))
    assert verdict(city, old).reasons == (Reason.EXPIRED,)


@pytest.mark.parametrize(
    ("begins", "reasons"),
    [(timedelta(seconds=50), ()), (timedelta(seconds=70), (Reason.NOT_YET_VALID,))],
)
def test_an_authority_s_clock_may_differ_by_a_minute(city, begins, reasons):
    new = city.authority.issue(since=NOW + begins)
    assert verdict(city, new).reasons == reasons


def test_a_certificate_of_an_unknown_authority_is_refused(city):
    stranger = pki.root("Test Root").authority("Test Authority").issue()
    assert verdict(city, stranger).reasons == (Reason.UNKNOWN_AUTHORITY,)


def test_an_authority_in_the_signature_does_not_become_an_anchor(city):
    foreign = pki.root("Other Root")
    stranger = foreign.issue()
    signature = pki.sign(CHALLENGE.content, stranger, certificates=[foreign.der])
    assert verdict(city, stranger, signature).reasons == (Reason.UNKNOWN_AUTHORITY,)


def test_a_holder_cannot_issue_certificates(city, holder):
    """A certificate below a holder's looks right by its names, and even vouches for itself."""
    mallory = pki.Authority(holder.certificate, holder.key)
    forged = mallory.issue("강감찬")
    signature = pki.sign(CHALLENGE.content, forged, certificates=[holder.der])
    vouched = (mallory.ocsp(forged), city.authority.ocsp(holder))
    for trust in (city.trust(), city.trust(hard=False)):
        revocation = Revocation(vouched, (city.root.crl(),))
        found = verdict(city, forged, signature, trust=trust, revocation=revocation)
        assert found.reasons == (Reason.BROKEN_PATH,)


def test_an_intermediate_may_come_with_the_signature(city):
    below = city.root.authority("Second Authority")
    holder = below.issue()
    signature = pki.sign(CHALLENGE.content, holder, certificates=[below.der])
    revocation = Revocation((below.ocsp(holder),), (city.root.crl(),))
    assert verdict(city, holder, signature, revocation=revocation).is_good


@pytest.mark.parametrize("policies", [(PLAIN,), ()])
def test_a_certificate_issued_under_another_policy_is_refused(city, policies):
    other = city.authority.issue(policies=policies)
    assert verdict(city, other).reasons == (Reason.WRONG_POLICY,)


def test_a_city_may_ask_for_the_policy_along_the_whole_path(city):
    deep = city.root.authority("Deep", policies=(PERSONAL,))
    named, unnamed = deep.issue(), city.authority.issue()
    trust = city.trust(path_policies=True)
    signature = pki.sign(CHALLENGE.content, named, certificates=[deep.der])
    revocation = Revocation((deep.ocsp(named),), (city.root.crl(),))
    assert verdict(city, named, signature, trust=trust, revocation=revocation).is_good
    assert verdict(city, unnamed, trust=trust).reasons == (Reason.BROKEN_PATH,)


@pytest.mark.parametrize(
    "how",
    [
        {"uses": pki.usage(key_encipherment=True)},
        {"uses": pki.usage(key_agreement=True, data_encipherment=True)},
        {"uses": None},
        {"eku": [ExtendedKeyUsageOID.SERVER_AUTH]},
        {"eku": [ExtendedKeyUsageOID.CODE_SIGNING]},
    ],
)
def test_a_key_for_another_use_is_refused(city, how):
    other = city.authority.issue(**how)
    assert verdict(city, other).reasons == (Reason.WRONG_USE,)


def test_an_authority_cannot_sign_in(city):
    uses = pki.usage(key_cert_sign=True, digital_signature=True)
    authority = city.root.authority("Curious", policies=(PERSONAL,), uses=uses)
    revocation = Revocation((), (city.root.crl(),))
    assert verdict(city, authority, revocation=revocation).reasons == (Reason.WRONG_USE,)


@pytest.mark.parametrize(
    ("why", "reason"),
    [
        (x509.ReasonFlags.key_compromise, Reason.REVOKED),
        (x509.ReasonFlags.cessation_of_operation, Reason.REVOKED),
        (x509.ReasonFlags.certificate_hold, Reason.SUSPENDED),
    ],
)
def test_a_revoked_certificate_is_refused_by_ocsp_and_by_list(city, holder, why, reason):
    by_ocsp = city.revocation(holder, revoked=why)
    by_list = Revocation((), (city.authority.crl(holder, why=why), city.root.crl()))
    assert verdict(city, holder, revocation=by_ocsp).reasons == (reason,)
    assert verdict(city, holder, revocation=by_list).reasons == (reason,)


def test_a_revoked_authority_takes_its_holders_with_it(city, holder):
    revocation = Revocation((city.authority.ocsp(holder),), (city.root.crl(city.authority),))
    assert verdict(city, holder, revocation=revocation).reasons == (Reason.REVOKED,)


def test_a_list_alone_is_enough(city, holder):
    lists = Revocation((), (city.authority.crl(), city.root.crl()))
    assert verdict(city, holder, revocation=lists).is_good


@pytest.mark.parametrize("missing", ["all", "holder", "authority", "stale", "unknown", "other"])
def test_what_nobody_vouches_for_is_refused(city, holder, missing):
    other = city.authority.issue()
    old = NOW - timedelta(days=2)
    given = {
        "all": Revocation(),
        "holder": Revocation((), (city.root.crl(),)),
        "authority": Revocation((city.authority.ocsp(holder),)),
        "stale": Revocation((city.authority.ocsp(holder, at=old),), (city.root.crl(),)),
        "unknown": city.revocation(holder, unknown=True),
        "other": city.revocation(other),
    }[missing]
    assert verdict(city, holder, revocation=given).reasons == (Reason.REVOCATION_UNKNOWN,)


def test_soft_failure_lets_the_unknown_pass_and_says_so_but_never_the_revoked(city, holder):
    trust = city.trust(hard=False)
    unknown = verdict(city, holder, trust=trust, revocation=Revocation())
    assert unknown.is_good and unknown.notes == (Reason.REVOCATION_UNKNOWN,)
    assert verdict(city, holder, trust=trust).notes == ()
    gone = city.revocation(holder, revoked=x509.ReasonFlags.key_compromise)
    assert verdict(city, holder, trust=trust, revocation=gone).reasons == (Reason.REVOKED,)


def test_a_response_by_a_responder_of_the_authority_counts(city, holder):
    responder = city.authority.responder()
    answer = city.authority.ocsp(holder, by=responder)
    assert verdict(city, holder, revocation=Revocation((answer,), (city.root.crl(),))).is_good


@pytest.mark.parametrize("who", ["holder", "stranger", "expired"])
def test_a_response_by_anybody_else_does_not(city, holder, who):
    """A holder without the responder's purpose, a stranger with it, a responder past its time."""
    by = {
        "holder": lambda: city.authority.issue("mallory"),
        "stranger": lambda: pki.root("Other").responder(),
        "expired": lambda: city.authority.responder(until=NOW - timedelta(days=1)),
    }[who]()
    forged = Revocation((city.authority.ocsp(holder, by=by),), (city.root.crl(),))
    assert verdict(city, holder, revocation=forged).reasons == (Reason.REVOCATION_UNKNOWN,)


def test_rubbish_instead_of_a_response_is_as_none(city, holder):
    rubbish = Revocation((b"\x30\x03\x0a\x01\x06",), (city.root.crl(),))
    assert verdict(city, holder, revocation=rubbish).reasons == (Reason.REVOCATION_UNKNOWN,)


def test_short_rsa_keys_are_refused(city):
    weak = city.authority.issue(key=pki.rsa_key(1024))
    assert verdict(city, weak).reasons == (Reason.WEAK,)


def test_short_curves_are_refused(city):
    weak = city.authority.issue(key=pki.ec_key(ec.SECP224R1()))
    assert verdict(city, weak).reasons == (Reason.WEAK,)


def test_a_weak_key_of_the_authority_is_refused(city):
    weak = city.root.authority("Weak", key=pki.rsa_key(1024))
    holder = weak.issue()
    signature = pki.sign(CHALLENGE.content, holder, certificates=[weak.der])
    revocation = Revocation((weak.ocsp(holder),), (city.root.crl(),))
    assert verdict(city, holder, signature, revocation=revocation).reasons == (Reason.WEAK,)


def test_sha1_is_refused_in_the_signature_and_in_the_certificate_s_mark(city, holder):
    by_sha1 = pki.sign(CHALLENGE.content, holder, hash_name="sha1")
    assert verdict(city, holder, by_sha1).reasons == (Reason.WEAK,)
    marked = pki.sign(CHALLENGE.content, holder, named_by="sha1")
    assert verdict(city, holder, marked).reasons == (Reason.NO_SIGNING_CERTIFICATE,)


def test_a_certificate_that_was_signed_with_sha1_is_refused(city):
    holder = pki.signed_with_sha1(city.authority)
    assert verdict(city, holder).reasons == (Reason.WEAK,)


def test_a_signature_must_name_its_certificate(city, holder):
    nameless = pki.sign(CHALLENGE.content, holder, names=None)
    assert verdict(city, holder, nameless).reasons == (Reason.NO_SIGNING_CERTIFICATE,)
    without = pki.sign(CHALLENGE.content, holder, attributes=False)
    assert verdict(city, holder, without).reasons == (Reason.NO_SIGNING_CERTIFICATE,)


def test_another_certificate_of_the_same_key_does_not_fit(city, holder):
    """Certificate substitution (RFC 5035 section 1): a renewed one, or one of another authority."""
    swapped = city.authority.issue(key=holder.key, policies=(HARDWARE,))
    signature = pki.sign(CHALLENGE.content, swapped, names=holder.der)
    assert verdict(city, swapped, signature).reasons == (Reason.BAD_SIGNATURE,)


def test_what_is_no_detached_signature_of_one_signer_is_refused(city, holder):
    enclosed = pki.sign(CHALLENGE.content, holder, enclosed=True)
    chain = [city.root.der] * 7
    assert verdict(city, holder, pki.sign(CHALLENGE.content, holder, certificates=chain)).is_good
    many = pki.sign(CHALLENGE.content, holder, certificates=[*chain, city.authority.der])
    data = pki.cms.ContentInfo.load(pki.sign(CHALLENGE.content, holder))
    data["content"]["signer_infos"].append(data["content"]["signer_infos"][0])
    twice = data.dump(force=True)
    for signature in (enclosed, many, twice, b"", b"\x30\x80", holder.der, bytes(40_000)):
        assert verdict(city, holder, signature or b"\x00").reasons == (Reason.MALFORMED,)


@pytest.mark.asvs("6.8.2")
def test_no_broken_signature_is_taken_and_none_breaks_the_check(city, holder):
    """Every byte of it flipped somewhere: always an answer; good only where nothing was signed."""
    rng = random.Random(7)
    honest = pki.sign(CHALLENGE.content, holder)
    revocation, trust = city.revocation(holder), city.trust()
    for _ in range(400):
        broken = bytearray(honest)
        for _ in range(rng.randint(1, 3)):
            broken[rng.randrange(len(broken))] ^= 1 << rng.randrange(8)
        found = check(
            bytes(broken[: rng.choice((None, len(broken), -9))]), CHALLENGE, trust, revocation, NOW
        )
        if found.is_good:
            assert (
                found.holder.fingerprint
                == holder.certificate.fingerprint(pki.hashes.SHA256()).hex()
            )


def test_whom_to_ask_is_the_path_up_to_the_anchor(city, holder):
    asked = issuers_to_ask(pki.sign(CHALLENGE.content, holder), city.trust())
    assert asked == ((holder.der, city.authority.der), (city.authority.der, city.root.der))
    pinned = city.trust(anchors=(city.authority.der,))
    assert issuers_to_ask(pki.sign(CHALLENGE.content, holder), pinned) == asked[:1]


def test_nobody_is_asked_about_a_stranger(city):
    stranger = pki.root("Other").issue()
    assert issuers_to_ask(pki.sign(CHALLENGE.content, stranger), city.trust()) == ()
    assert issuers_to_ask(b"rubbish", city.trust()) == ()
