"""One-time links: signed, expiring, and void once they did their work."""

from __future__ import annotations

from hashlib import sha256

from django.conf import settings
from django.core import signing
from django.urls import reverse

from madang.access.api import AUTHENTICATION, purpose
from madang.identity.account_models import Account
from madang.identity.errors import LinkSpent

FIRST_ADMINISTRATOR_SALT = "madang.identity.first-administrator"
FIRST_ADMINISTRATOR_S = 24 * 3600
_SET_PASSWORD_SALT = "madang.identity.set-password"  # noqa: S105 -- a salt, no password

SPENT = "this link was used already or is too old; ask your administrator for a new one"


def set_password_path(account: Account) -> str:
    """Return the path on which the account's owner chooses a password, once, for three days."""
    token = signing.dumps(_state(account), salt=_SET_PASSWORD_SALT)
    return reverse("set-password", args=[account.pk, token])


def account_of_link(account_id: str, token: str) -> Account:
    """Return the account whose link this is; raises `LinkSpent`.

    The link signs password and last sign-in: setting the password voids it.
    """
    with purpose(AUTHENTICATION, "authenticate"):
        account = Account.objects.filter(pk=account_id, closed__isnull=True).first()
    try:
        state = signing.loads(
            token, salt=_SET_PASSWORD_SALT, max_age=settings.PASSWORD_RESET_TIMEOUT
        )
    except signing.BadSignature:
        raise LinkSpent(SPENT) from None
    if account is None or state != _state(account):
        raise LinkSpent(SPENT)
    return account


def _state(account: Account) -> str:
    text = f"{account.pk} {account.password} {account.last_sign_in or ''}"
    return sha256(text.encode()).hexdigest()


def first_administrator_path() -> str:
    """Return the path on which the first administrator makes the account (24 hours)."""
    token = signing.dumps("first", salt=FIRST_ADMINISTRATOR_SALT)
    return reverse("first-administrator", args=[token])


def check_first_administrator(token: str) -> None:
    """Raise `LinkSpent` unless the token is ours and younger than a day."""
    try:
        signing.loads(token, salt=FIRST_ADMINISTRATOR_SALT, max_age=FIRST_ADMINISTRATOR_S)
    except signing.BadSignature:
        raise LinkSpent(
            "this link is too old or was cut; `madang up` prints a new one when it starts"
        ) from None
