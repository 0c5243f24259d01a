"""Use cases of passkeys (W3C Web Authentication level 3): enrol one, sign in with one.

A passkey is discoverable: the browser knows whose it is, nobody types a name. One that checks its
user (PIN, finger, face) shows two factors, one that does not shows that it is there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from madang.access.api import AUTHENTICATION
from madang.city.api import profile
from madang.identity import authenticators, ceremonies, passkey_options, people
from madang.identity.account_models import Account, Authenticator
from madang.identity.errors import ProofFailed
from madang.identity.sessions import Proof
from madang.kernel import audit
from madang.kernel.config import settings
from madang.kernel.events import new_id

if TYPE_CHECKING:
    from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
    from webauthn.registration.verify_registration_response import VerifiedRegistration

PASSKEY = "passkey"
ENROL, SIGN_IN = "passkey-enrol", "passkey-sign-in"
LARGEST = 64 * 1024  # characters of an answer; a key's statement has a few hundred
_AGAIN = "the passkey could not be used; try again"


@dataclass(frozen=True)
class Known:
    """A sign-in that held: whose, and what it showed."""

    account: Account
    proof: Proof


def rp_id() -> str:
    """Return the name that passkeys are bound to: the host of the public address."""
    return urlsplit(settings().public_origin).hostname or "localhost"


def enrolment_options(request: HttpRequest, account: str, name: str) -> tuple[str, str]:
    """Return (token, options as JSON) with which a browser makes a passkey.

    Parameters
    ----------
    account : id of the account that gets it; a fresh id for an account yet to be opened.
    name : what the device shows beside it; not kept here.
    """
    token = ceremonies.ask(request, ENROL, account=account)
    have = authenticators.authenticators_of(account, PASSKEY)
    return token, passkey_options.creation(
        (rp_id(), profile().name()),
        (account, name),
        bytes.fromhex(token),
        [row.handle for row in have],
    )


def sign_in_options(request: HttpRequest) -> tuple[str, str]:
    """Return (token, options as JSON) with which a browser shows a passkey it has."""
    token = ceremonies.ask(request, SIGN_IN)
    return token, passkey_options.request(rp_id(), bytes.fromhex(token))


def enrol(request: HttpRequest, token: str, answer: str, label: str, account: str) -> Authenticator:
    """Add the passkey that a browser made to the account signed in.

    Raises
    ------
    ProofFailed
        If the answer is late, was sent before, or is not what was asked for.
    """
    about = ceremonies.answered(request, ENROL, token)
    if about is None or about["account"] != account:
        raise ProofFailed(_AGAIN)
    return _add(account, _made(request, token, answer), label)


def open_account(request: HttpRequest, token: str, answer: str, label: str, language: str) -> Known:
    """Open a resident's account with the passkey that a browser made; both or neither.

    Raises
    ------
    ProofFailed
        If the answer is late, was sent before, or is not what was asked for.
    """
    about = ceremonies.answered(request, ENROL, token)
    if about is None:
        raise ProofFailed(_AGAIN)
    made = _made(request, token, answer)
    with transaction.atomic():
        account = people.add_resident(
            None, by=AUTHENTICATION, language=language, account_id=about["account"]
        )
        row = _add(account.pk, made, label)
    return Known(account, Proof(authenticators.amr_of(row), row.pk))


def sign_in(request: HttpRequest, token: str, answer: str) -> Known:
    """Return whose passkey answered, and what that showed.

    Raises
    ------
    ProofFailed
        If the answer is late, was sent before, is nobody's, or its count went back: then the key
        was copied, or the answer is an old one.
    """
    if ceremonies.answered(request, SIGN_IN, token) is None:
        raise ProofFailed(_AGAIN)
    return shown(request, bytes.fromhex(token), answer)


def shown(
    request: HttpRequest, challenge: bytes, answer: str, *, checks_user: bool = False
) -> Known:
    """Return whose passkey answered a challenge that was asked once, and what that showed.

    Parameters
    ----------
    checks_user : take only a passkey that checked finger, face or PIN.

    Raises
    ------
    ProofFailed
        As `sign_in` says.
    """
    given = _read(answer)
    row = authenticators.find(PASSKEY, str(given.get("id", ""))[:200])
    if row is None or not _is_of(row, given):
        raise ProofFailed(_AGAIN)
    found = _verified(row, challenge, given, origins(request), checks_user=checks_user)
    # zero on both sides: a passkey that does not count (WebAuthn level 3, section 6.1.1)
    never_counts = found.new_sign_count == 0 and row.counter == 0
    if not authenticators.use(row, found.new_sign_count, may_stay=never_counts):
        audit.record(f"account:{row.account_id}", "identity.suspect_copy",
                     f"authenticator:{row.pk}")  # fmt: skip
        with transaction.atomic():
            authenticators.tell(row.account_id, "passkey-copied")
        raise ProofFailed(_AGAIN)
    amr = "passkey" if found.user_verified else "pop"
    return Known(authenticators.account(row.account_id), Proof(amr, row.pk))


def is_signature_of(row: Authenticator, challenge: bytes, answer: str, asked: list[str]) -> bool:
    """Return whether this passkey, its user checked, signed a challenge; for what was kept.

    Parameters
    ----------
    asked : the origins that could ask then.
    """
    try:
        _verified(row, challenge, _read(answer), asked, checks_user=True)
    except ProofFailed:
        return False
    return True


def _verified(
    row: Authenticator,
    challenge: bytes,
    given: dict[str, Any],
    asked: list[str],
    *,
    checks_user: bool,
) -> VerifiedAuthentication:
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        return verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=rp_id(),
            expected_origin=asked,
            credential_public_key=passkey_options.decoded(row.public["key"]),
            credential_current_sign_count=0,  # compared by the caller, where it is also moved on
            require_user_verification=checks_user,
        )
    except WebAuthnException:
        raise ProofFailed(_AGAIN) from None


def _made(request: HttpRequest, token: str, answer: str) -> VerifiedRegistration:
    from webauthn import verify_registration_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        return verify_registration_response(
            credential=_read(answer),
            expected_challenge=bytes.fromhex(token),
            expected_rp_id=rp_id(),
            expected_origin=origins(request),
        )
    except WebAuthnException:
        raise ProofFailed(_AGAIN) from None


def _add(account: str, made: VerifiedRegistration, label: str) -> Authenticator:
    try:
        with transaction.atomic():
            return authenticators.add(
                account,
                PASSKEY,
                passkey_options.encoded(made.credential_id),
                label=label,
                public={
                    "key": passkey_options.encoded(made.credential_public_key),
                    "verifies_user": made.user_verified,
                    "is_synced": made.credential_backed_up,
                },
                counter=made.sign_count,
            )
    except IntegrityError:
        raise ProofFailed("this passkey is in use already") from None


def _is_of(row: Authenticator, given: dict[str, Any]) -> bool:
    """Return whether the account that the passkey names is the one that we know it by."""
    response = given.get("response")
    named = response.get("userHandle") if isinstance(response, dict) else None
    return not named or named == passkey_options.encoded(row.account_id.encode())


def _read(answer: str) -> dict[str, Any]:
    try:
        given = json.loads(answer) if len(answer) <= LARGEST else None
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise ProofFailed(_AGAIN)
    return given


def origins(request: HttpRequest) -> list[str]:
    """Return the pages that may ask: ours; a demonstration's also under another port."""
    here = settings()
    known = [here.public_origin]
    if not here.is_production and urlsplit(f"//{request.get_host()}").hostname == rp_id():
        known.append(f"{request.scheme}://{request.get_host()}")
    return known


def fresh_account() -> str:
    """Return an id for an account yet to be opened."""
    return new_id()
