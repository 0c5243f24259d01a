"""Use cases of addresses: add, confirm by a code, remove; the addresses of an account's owner."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from madang.access.api import AUTHENTICATION, purpose
from madang.city.api import profile
from madang.identity import authenticators
from madang.identity.authenticators import AUTHENTICATE
from madang.identity.key_models import Contact
from madang.identity.sealing import keyed_hash, seal, unseal
from madang.kernel import audit, times
from madang.kernel.config import settings
from madang.kernel.errors import Invalid

LONGEST_EMAIL = 254  # RFC 5321, section 4.5.3.1.3: a path of 256 with its brackets
MOST = 6  # addresses of one account
_valid_email = EmailValidator()


@dataclass(frozen=True)
class Shown:
    """An address as its owner sees it: enough to know it again."""

    id: str
    channel: str
    address: str
    is_confirmed: bool
    signs_in: bool


def channels() -> tuple[str, ...]:
    """Return the channels by which codes can be sent here; a demonstration records them."""
    here = settings()
    if not here.is_production:
        return ("email", "sms")
    on = {"email": here.smtp_url, "sms": here.sms_port}
    return tuple(name for name, setting in on.items() if setting)


def checked(channel: str, text: str) -> str:
    """Return an address in the form in which it is kept.

    Raises
    ------
    Invalid
        If it is none; the message has an example and not the address.
    """
    return _email(text) if channel == "email" else _phone(text)


def add(account: str, channel: str, text: str) -> Contact:
    """Keep an address, not confirmed yet; the same again is the same one.

    Raises
    ------
    Invalid
        If it is none, or there are too many.
    """
    address = checked(channel, text)
    with purpose(AUTHENTICATION, AUTHENTICATE), transaction.atomic():
        mine = Contact.objects.filter(account_id=account)
        known = mine.filter(channel=channel, mac=mac(channel, address)).first()
        if known is not None:
            return known
        if mine.count() >= MOST:
            reason = _("There are enough addresses. Remove one first.")
            raise Invalid(reason, {"address": reason})
        return Contact.objects.create(
            account_id=account,
            channel=channel,
            sealed=seal("contact", address.encode()),
            mac=mac(channel, address),
        )


def confirm(contact: Contact) -> None:
    """Note that codes arrive there; the first account of an address signs in by them."""
    with purpose(AUTHENTICATION, AUTHENTICATE), transaction.atomic():
        rows = Contact.objects.filter(pk=contact.pk)
        if not rows.filter(confirmed__isnull=True).update(confirmed=times.now()):
            return
        try:
            with transaction.atomic():
                rows.update(signs_in=True)
        except IntegrityError:
            pass  # somebody of the family was first; messages arrive here all the same
        who = f"account:{contact.account_id}"
        audit.record(who, "identity.confirm_contact", f"contact:{contact.pk}")
        authenticators.tell(contact.account_id, "contact-added", channel=contact.channel)


def remove(account: str, contact: str) -> None:
    """Forget an address, after telling it; the same again changes nothing."""
    with purpose(AUTHENTICATION, AUTHENTICATE), transaction.atomic():
        row = Contact.objects.filter(pk=contact, account_id=account).first()
        if row is None:
            return
        if row.confirmed:
            # told there once more: the message carries the address itself
            authenticators.tell(account, "contact-removed", last=_sealed_text(row))
        row.delete()
        audit.record(f"account:{account}", "identity.remove_contact", f"contact:{contact}")


def contacts_of(account: str) -> list[Shown]:
    """Return the addresses of an account, most of each hidden."""
    with purpose(AUTHENTICATION, AUTHENTICATE):
        rows = list(Contact.objects.filter(account_id=account).order_by("created"))
        return [
            Shown(row.pk, row.channel, masked(row.channel, address_of(row)),
                  row.confirmed is not None, row.signs_in)
            for row in rows
        ]  # fmt: skip


def confirmed_of(account: str) -> list[Contact]:
    """Return the confirmed addresses of an account."""
    with purpose(AUTHENTICATION, AUTHENTICATE):
        rows = Contact.objects.filter(account_id=account, confirmed__isnull=False)
        return list(rows.order_by("created"))


def signing_in(channel: str, address: str) -> Contact | None:
    """Return the address by which its account signs in."""
    with purpose(AUTHENTICATION, AUTHENTICATE):
        rows = Contact.objects.filter(channel=channel, mac=mac(channel, address), signs_in=True)
        return rows.filter(account__closed__isnull=True).first()


def address_of(row: Contact) -> str:
    """Return the address itself."""
    return unseal("contact", row.sealed).decode()


def mac(channel: str, address: str) -> str:
    """Return the keyed hash by which an address is found."""
    return keyed_hash("contact", f"{channel}:{address.lower()}")


def masked(channel: str, address: str) -> str:
    """Return an address with most of it hidden.

    >>> masked("email", "kim@example.org"), masked("sms", "+821012345678")
    ('k…@example.org', '…5678')
    """
    if channel == "email":
        return f"{address[:1]}…{address[address.rfind('@') :]}"
    return f"…{address[-4:]}"


def _sealed_text(row: Contact) -> str:
    body = json.dumps([row.channel, address_of(row)]).encode()
    return b64encode(seal("last-address", body)).decode()


def of_sealed_text(text: str) -> tuple[str, str]:
    """Return channel and address that a message about their removal carries."""
    channel, address = json.loads(unseal("last-address", b64decode(text)))
    return channel, address


def _email(text: str) -> str:
    hint = _("Write the address like name@example.org.")
    local, _at, domain = text.strip().rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode('ascii').lower()}"
        _valid_email(address)
    except (ValidationError, UnicodeError):
        raise Invalid(hint, {"address": hint}) from None
    if len(address) > LONGEST_EMAIL or not local.isascii():
        raise Invalid(hint, {"address": hint})
    return address


def _phone(text: str) -> str:
    try:
        return profile().phone_number(text[:40])[1]
    except Invalid:
        patterns = profile().city.phones.patterns
        example = patterns[0].example if patterns else "+82 10 0000 0000"
        hint = _("Write the number like %(example)s.") % {"example": example}
        raise Invalid(hint, {"address": hint}) from None
