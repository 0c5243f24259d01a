"""Use cases of certificates: hand out a challenge, take its signature, find or add the account."""

from __future__ import annotations

import json
import logging
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256

from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction

from madang.access.api import AUTHENTICATION, purpose
from madang.city import api as city
from madang.identity import authenticators, vouched
from madang.identity.account_models import Account, Authenticator
from madang.identity.certificate_profile import profile_in_effect
from madang.identity.challenge_models import SpentChallenge
from madang.identity.engine.certificate_rules import Holder, Reason
from madang.identity.engine.challenges import Challenge
from madang.identity.errors import AlreadyLinked, ProofFailed
from madang.identity.revocation import RevocationServices
from madang.identity.sealing import seal, unseal
from madang.identity.vouched import Vouched
from madang.kernel import times
from madang.kernel.config import settings
from madang.kernel.errors import Invalid

log = logging.getLogger("madang.identity")
METHOD = "certificate"
SIGN_IN, ENROL = "sign-in", "enrol"
LASTS = timedelta(minutes=5)
# of a certificate, what is kept beside the account: neither name nor number, nor the subject
_SHOWN = ("fingerprint", "key", "authority", "serial", "family", "aal", "is_staff", "not_after")
_CHALLENGE, _FOUND = "certificate_challenge", "certificate_found"


class CertificateRefused(ProofFailed):
    """The signature or its certificate was not taken; `reason` says why, for the page."""

    code = "certificate-refused"

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"the certificate was not taken: {reason}")
        self.reason = reason


@dataclass(frozen=True)
class Found:
    """A certificate that was checked, kept in the visitor's session until they decide.

    `number` is the holder's in the register of this city's country, where the certificate names it.
    """

    fingerprint: str
    key: str
    name: str
    authority: str
    subject: str
    serial: str
    family: str
    aal: int
    is_staff: bool
    not_after: str
    number: str = ""

    @property
    def vouched(self) -> Vouched:
        """Whom the authority vouches for: a subject it names once."""
        named = f"{self.authority}\n{self.subject}"
        return Vouched(METHOD, named, self.name, METHOD, register_number=self.number)

    @property
    def amr(self) -> str:
        """How this counts among proofs."""
        return "hwk" if self.aal == 3 else "cert"


def is_on() -> bool:
    """Return whether this installation takes certificates; a broken profile takes none."""
    try:
        return profile_in_effect().is_on
    except Invalid as error:
        log.error("certificates are off: %s", error.message)
        return False


def challenge_for(session: SessionBase, about: str) -> Challenge:
    """Return the open challenge of this session for `about`, a new one where there is none."""
    kept = _kept(session)
    if kept is None or kept.purpose != about or kept.is_over(times.now() + timedelta(seconds=60)):
        kept = _new(about)
        session[_CHALLENGE] = {
            "purpose": kept.purpose,
            "nonce": kept.nonce,
            "expires": kept.expires.isoformat(),
        }
    return kept


def take(session: SessionBase, signature: bytes, about: str) -> Found:
    """Return whose certificate signed the session's challenge; it is spent, whatever comes out.

    Raises
    ------
    CertificateRefused
    """
    # reads ASN.1 and paths of certificates: 30 MB that most web processes never need
    from madang.identity.engine.certificates import check, issuers_to_ask

    challenge, now = _kept(session), times.now()
    session.pop(_CHALLENGE, None)
    if challenge is None or challenge.purpose != about or not _spend(challenge):
        raise CertificateRefused(Reason.CHALLENGE_OVER)
    profile = profile_in_effect()
    asked = issuers_to_ask(signature, profile.trust)
    revocation = services(profile.hosts).ask(asked, profile.lists)
    verdict = check(signature, challenge, profile.trust, revocation, now)
    if not verdict.is_good:
        raise CertificateRefused(verdict.reasons[0])
    assert verdict.holder is not None
    return _found(verdict.holder)


def account_of(found: Found) -> Account | None:
    """Return the account that this certificate opens, None where it opens none yet.

    A renewed certificate of a known subject opens the same account, and is noted as a further one.
    """
    now = times.now()
    with purpose(AUTHENTICATION, "authenticate"):
        known = Authenticator.objects.filter(
            method=METHOD, handle=found.fingerprint, revoked__isnull=True
        ).first()
        if known is not None:
            account = Account.objects.filter(pk=known.account_id, closed__isnull=True).first()
            if account is not None:
                Authenticator.objects.filter(pk=known.pk).update(last_used=now)
            return account
        if Authenticator.objects.filter(method=METHOD, handle=found.fingerprint).exists():
            return None  # its owner removed it
    if found.is_staff:
        return None
    account = vouched.known_account(found.vouched)
    if account is not None:
        _keep(account, found)
    return account


def open_account(found: Found, language: str = "") -> Account:
    """Open a resident's account for the holder of a certificate that we see for the first time.

    Raises
    ------
    Invalid
        For a certificate of staff: their accounts come from the city.
    AlreadyLinked
        If the person is known, but has no open account.
    """
    if found.is_staff:
        raise Invalid("a government certificate opens no account of a resident")
    with transaction.atomic():
        account = vouched.open_account(found.vouched, language)
        _keep(account, found)
    return account


def add(account: Account, found: Found) -> Authenticator:
    """Add a certificate to the account that is signed in.

    Raises
    ------
    AlreadyLinked
        If it opens another account, names another person, or is of the other kind of account.
    """
    if found.is_staff != (account.kind == Account.Kind.STAFF):
        raise AlreadyLinked("this kind of certificate does not go with this kind of account")
    with transaction.atomic():
        if not found.is_staff:
            vouched.bind(found.vouched, account)
        return _keep(account, found, again=True)


def keep_found(session: SessionBase, found: Found) -> None:
    """Keep a checked certificate until its holder decides; five minutes."""
    ends = (times.now() + LASTS).isoformat()
    sealed = seal(_FOUND, json.dumps(vars(found) | {"ends": ends}).encode())
    session[_FOUND] = b64encode(sealed).decode()


def kept_found(session: SessionBase) -> Found | None:
    """Return the checked certificate that waits for its holder's decision."""
    kept = session.get(_FOUND)
    if not kept:
        return None
    found = json.loads(unseal(_FOUND, b64decode(kept)))
    if datetime.fromisoformat(found.pop("ends")) < times.now():
        return None
    return Found(**found)


def drop_found(session: SessionBase) -> None:
    """Forget the checked certificate."""
    session.pop(_FOUND, None)


def authenticator_id(found: Found) -> str:
    """Return the id of the authenticator that stands for a certificate; empty without."""
    with purpose(AUTHENTICATION, "authenticate"):
        rows = Authenticator.objects.filter(method=METHOD, handle=found.fingerprint)
        return rows.values_list("pk", flat=True).first() or ""


def forget_spent() -> None:
    """Delete challenges that have ended by themselves; run by a schedule."""
    SpentChallenge.objects.filter(ends__lt=times.now()).delete()


@lru_cache(maxsize=2)
def services(hosts: frozenset[str]) -> RevocationServices:
    """Return the revocation services of this process; they remember answers."""
    return RevocationServices(hosts)


def _keep(account: Account, found: Found, *, again: bool = False) -> Authenticator:
    """Note that a certificate opens an account; `again` also one that its owner had removed."""
    with purpose(AUTHENTICATION, "authenticate"), transaction.atomic():
        row = Authenticator.objects.filter(method=METHOD, handle=found.fingerprint).first()
        if row is None:
            row = authenticators.add(
                account.pk,
                METHOD,
                found.fingerprint,
                label=found.authority,
                public={name: vars(found)[name] for name in _SHOWN},
            )
        elif row.account_id != account.pk or (row.revoked is not None and not again):
            raise AlreadyLinked("this certificate opens another account, or was removed")
        ends = datetime.fromisoformat(found.not_after)
        rows = Authenticator.objects.filter(pk=row.pk)
        rows.update(last_used=times.now(), expires=ends, revoked=None)
    return row


def _kept(session: SessionBase) -> Challenge | None:
    kept = session.get(_CHALLENGE)
    if not kept:
        return None
    return Challenge(
        settings().public_origin,
        kept["purpose"],
        kept["nonce"],
        datetime.fromisoformat(kept["expires"]),
    )


def _new(about: str) -> Challenge:
    expires = (times.now() + LASTS).replace(microsecond=0)
    return Challenge(settings().public_origin, about, secrets.token_urlsafe(32), expires)


def _spend(challenge: Challenge) -> bool:
    """Return whether this is the first answer to the challenge."""
    mark = sha256(challenge.nonce.encode()).hexdigest()
    try:
        with transaction.atomic():
            SpentChallenge.objects.create(mark=mark, ends=challenge.expires + LASTS)
    except IntegrityError:
        return False
    return True


def _found(holder: Holder) -> Found:
    assert holder.policy is not None
    country, number = holder.national_number
    return Found(
        fingerprint=holder.fingerprint,
        key=holder.key,
        name=holder.real_name or holder.name.partition("(")[0],
        authority=holder.authority,
        subject=holder.subject,
        serial=holder.serial,
        family=holder.policy.family,
        aal=holder.policy.aal,
        is_staff=holder.policy.staff,
        not_after=holder.not_after.isoformat(),
        number=number if country == city.profile().city.country else "",
    )
