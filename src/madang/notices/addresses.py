"""Addresses of people: checked, encrypted at rest, found again by a keyed hash, never logged.

AES-256-GCM with a random nonce per address, the channel as associated data; HMAC-SHA-256 to find
one. Both keys come from `MADANG_CONTACT_KEY` by HKDF (RFC 5869), so that whoever has only the
database has no address.
"""

from __future__ import annotations

import hmac
import json
import os
import re
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from madang.kernel.config import settings
from madang.kernel.errors import Invalid
from madang.kernel.secrets import kept_secret
from madang.notices.errors import InvalidAddress

LONGEST_EMAIL = 254  # RFC 5321, section 4.5.3.1.3: a path of 256 with its brackets
_NONCE = 12
_valid_email = EmailValidator()
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
PHONE_CHANNELS = ("sms", "kakao", "voice")


@dataclass(frozen=True)
class PushAddress:
    """A browser's subscription (W3C Push API): where to post, and the keys of RFC 8291."""

    endpoint: str
    p256dh: str
    auth: str

    def text(self) -> str:
        """Return it as it is encrypted."""
        return json.dumps([self.endpoint, self.p256dh, self.auth])

    @classmethod
    def read(cls, text: str) -> PushAddress:
        """Return what `text` wrote."""
        return cls(*json.loads(text))


def email_address(text: str) -> str:
    """Return a mail address, its domain in small letters and ASCII.

    Raises
    ------
    InvalidAddress
        If it is none, has line ends or other control characters, or more than one is given.
    """
    given = text.strip()
    hint = _("Write the address like name@example.org.")
    if not given or len(given) > LONGEST_EMAIL or _CONTROL.search(text.strip(" \t")):
        raise InvalidAddress(hint, {"email": hint})
    local, _at, domain = given.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii").lower()
        _valid_email(f"{local}@{domain}")
    except (ValidationError, UnicodeError):
        raise InvalidAddress(hint, {"email": hint}) from None
    if not local.isascii():
        reason = _("Only Latin letters, digits and signs can stand before the @.")
        raise InvalidAddress(reason, {"email": reason})
    return f"{local}@{domain}"


def phone_address(text: str) -> str:
    """Return a telephone number in its international form, checked by the city's profile.

    Raises
    ------
    InvalidAddress
        If no kind of number of the city fits; the message has an example and not the number.
    """
    from madang.city.api import profile

    try:
        return profile().phone_number(text[:40])[1]
    except Invalid:
        patterns = profile().city.phones.patterns
        example = patterns[0].example if patterns else "+82 10 0000 0000"
        hint = _("Write the number like %(example)s.") % {"example": example}
        raise InvalidAddress(hint, {"phone": hint}) from None


def push_address(text: str) -> PushAddress:
    """Return the subscription that a browser sent as JSON (`PushSubscription.toJSON`).

    Raises
    ------
    InvalidAddress
        If it is malformed, or its endpoint is at no push service that is allowed here.
    """
    from madang.notices.endpoints import check_endpoint

    try:
        given = json.loads(text)
        keys = given["keys"]
        found = PushAddress(str(given["endpoint"]), str(keys["p256dh"]), str(keys["auth"]))
        sizes = len(_decoded(found.p256dh)), len(_decoded(found.auth))
    except (ValueError, TypeError, KeyError):
        raise _bad_push("is no push subscription") from None
    if sizes != (65, 16) or len(found.endpoint) > 2000:  # RFC 8291, section 3.1 and 3.2
        raise _bad_push("has keys of the wrong size")
    check_endpoint(found.endpoint)
    return found


def _bad_push(reason: str) -> InvalidAddress:
    return InvalidAddress(f"what the browser sent {reason}", {"subscription": reason})


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def checked(channel: str, text: str) -> str:
    """Return an address of that channel in the form in which it is kept."""
    if channel == "email":
        return email_address(text)
    if channel == "push":
        return push_address(text).text()
    return phone_address(text)


def seal(channel: str, address: str) -> bytes:
    """Return the address encrypted."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher().encrypt(nonce, address.encode(), channel.encode())


def unseal(channel: str, sealed: bytes | memoryview) -> str:
    """Return the address that `seal` encrypted for the same channel."""
    data = bytes(sealed)
    return _cipher().decrypt(data[:_NONCE], data[_NONCE:], channel.encode()).decode()


def mac(channel: str, address: str) -> str:
    """Return the keyed hash of an address; of a subscription only its endpoint counts."""
    named = PushAddress.read(address).endpoint if channel == "push" else address.lower()
    return keyed_hash(f"{channel}:{named}")


def keyed_hash(text: str) -> str:
    """Return HMAC-SHA-256 under this instance's key, in hexadecimal."""
    return hmac.new(_key("mac"), text.encode(), sha256).hexdigest()


def masked(channel: str, address: str) -> str:
    """Return an address with most of it hidden, for the operator.

    >>> masked("email", "kim@example.org"), masked("sms", "+821012345678")
    ('k…@example.org', '…5678')
    """
    if channel == "email":
        return f"{address[:1]}…{address[address.rfind('@') :]}"
    if channel == "push":
        return PushAddress.read(address).endpoint.split("/")[2]
    return f"…{address[-4:]}"


def _cipher() -> AESGCM:
    return _cipher_of(_secret())


@lru_cache(maxsize=4)
def _cipher_of(secret: str) -> AESGCM:
    return AESGCM(_derived(secret, "addresses"))


def _key(use: str) -> bytes:
    return _derived(_secret(), use)


@lru_cache(maxsize=8)
def _derived(secret: str, use: str) -> bytes:
    info = f"madang.notices.{use}".encode()
    return HKDF(hashes.SHA256(), 32, salt=None, info=info).derive(secret.encode())


@lru_cache(maxsize=1)
def _secret() -> str:
    """Return the secret of this instance: the given one, or in demo mode a generated, kept one."""
    here = settings()
    if here.contact_key:
        return here.contact_key
    if here.is_production:
        raise Invalid(
            "production needs MADANG_CONTACT_KEY before people can sign up for notices; "
            "`madang notices keys` makes one",
            {"MADANG_CONTACT_KEY": "missing"},
        )
    return kept_secret(here.data / "secrets" / "contacts.key")
