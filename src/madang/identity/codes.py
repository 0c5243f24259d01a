"""Use cases of one-time codes: eight digits to a mailbox or telephone, ten minutes, once.

They show that somebody reads what arrives there, and count as no factor (`engine.levels`).
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import get_language

from madang.access.api import AUTHENTICATION, purpose
from madang.identity import contacts
from madang.identity.api import client_address
from madang.identity.authenticators import AUTHENTICATE
from madang.identity.errors import ProofFailed, TooManyAttempts
from madang.identity.events import CodeIssued
from madang.identity.key_models import Contact, OneTimeCode
from madang.identity.messages import sealed_code
from madang.identity.models import SignInFailure
from madang.identity.rules import HOUR
from madang.identity.sealing import keyed_hash
from madang.kernel import times
from madang.kernel.events import announce

DIGITS = 8
LASTS = timedelta(minutes=10)  # SP 800-63B-4 section 3.1.3.2
TRIES = 5
# nobody's mailbox is filled by strangers; counted by what was typed, known or not
PER_HOUR, PER_SOURCE = 3, 20
SIGN_IN, CONFIRM, RECOVER = "sign-in", "confirm", "recover"


def send_to_sign_in(request: HttpRequest, channel: str, text: str) -> str:
    """Send a code to an address by which somebody signs in; return the code's id either way.

    Whether anybody has the address cannot be told from the answer nor from its time.

    Raises
    ------
    Invalid
        If it is no address.
    TooManyAttempts
        After too many codes for it, or from here, within an hour.
    """
    address = contacts.checked(channel, text)
    _count(request, contacts.mac(channel, address))
    return send(contacts.signing_in(channel, address), SIGN_IN)


def send_to_confirm(request: HttpRequest, contact: Contact) -> str:
    """Send the code that confirms an address; raises `TooManyAttempts`."""
    _count(request, contact.mac)
    return send(contact, CONFIRM)


def send_to_recover(request: HttpRequest, number: str, contact: Contact | None) -> str:
    """Send a code to the owner of an account number, if there is one; raises `TooManyAttempts`."""
    _count(request, f"recover {number}")
    return send(contact, RECOVER)


@transaction.atomic
def send(contact: Contact | None, use: str) -> str:
    """Write a code down and have it sent; without a contact, do as much and send nothing."""
    code = "".join(secrets.choice("0123456789") for _digit in range(DIGITS))
    with purpose(AUTHENTICATION, AUTHENTICATE):
        row = OneTimeCode(contact=contact, use=use, expires=times.now() + LASTS)
        row.mac = _mac(row.pk, code)
        row.save(force_insert=True)
        address = contacts.address_of(contact) if contact else "nobody@example.org"
    announce(
        CodeIssued(
            channel=contact.channel if contact else "none",
            language=get_language() or "",
            sealed=sealed_code(address, code),
        )
    )
    return row.pk


def check(code_id: str, typed: str, use: str) -> Contact:
    """Return the address whose code was typed; each works once, and after five tries none.

    Raises
    ------
    ProofFailed
        If it is wrong, too old, was used, or was tried too often.
    """
    digits = "".join(str(int(sign)) for sign in typed[:40] if sign.isdecimal())
    with purpose(AUTHENTICATION, AUTHENTICATE), transaction.atomic():
        row = OneTimeCode.objects.filter(pk=code_id, use=use)
        open_row = row.filter(used__isnull=True, expires__gt=times.now(), tries__lt=TRIES)
        # counted before it is compared: tries at the same moment count as well
        counted = open_row.update(tries=F("tries") + 1)
        right = row.filter(mac=_mac(code_id, digits), contact__isnull=False, used__isnull=True)
        is_right = bool(counted and right.update(used=times.now()))
        contact = Contact.objects.get(codes__pk=code_id) if is_right else None
    if contact is None:
        raise ProofFailed("the code is wrong or too old")
    return contact


def forget_old() -> None:
    """Delete codes that are over; run by a schedule."""
    with purpose(AUTHENTICATION, AUTHENTICATE):
        OneTimeCode.objects.filter(expires__lt=times.now() - HOUR).delete()


def _count(request: HttpRequest, what: str) -> None:
    since = times.now() - HOUR
    key, source = _mark(f"code {what}"), f"code:{_mark(client_address(request))[:40]}"
    sent = SignInFailure.objects.filter(at__gt=since)
    for rows, limit in ((sent.filter(account=key), PER_HOUR),
                        (sent.filter(address=source), PER_SOURCE)):  # fmt: skip
        oldest = rows.order_by("-at").values_list("at", flat=True)[limit - 1 : limit]
        for at in oldest:
            raise TooManyAttempts(
                "too many codes were sent; try again in an hour",
                retry_after_s=max(1.0, (at + HOUR - times.now()).total_seconds()),
            )
    SignInFailure.objects.create(account=key, address=source, at=times.now())


def _mark(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _mac(code_id: str, code: str) -> str:
    return keyed_hash("one-time-code", f"{code_id} {code}")
