"""One-time links: signed, expiring, and void once they did their work."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import signing
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from madang.identity.errors import LinkSpent

FIRST_ADMINISTRATOR_SALT = "madang.identity.first-administrator"
FIRST_ADMINISTRATOR_S = 24 * 3600

SPENT = "this link was used already or is too old; ask your administrator for a new one"


class _SetPassword(PasswordResetTokenGenerator):
    """Signs user, password hash and last sign-in: setting the password voids the link.

    Valid for Django's ``PASSWORD_RESET_TIMEOUT`` (three days).
    """

    key_salt = "madang.identity.set-password"


_set_password = _SetPassword()


def set_password_path(user: User) -> str:
    """Return the path on which `user` chooses a password, once."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("set-password", args=[uid, _set_password.make_token(user)])


def user_of_link(uid: str, token: str) -> User:
    """Return the user whose link this is; raises `LinkSpent`."""
    try:
        user = User.objects.get(pk=int(urlsafe_base64_decode(uid)), is_active=True)
    except (ValueError, OverflowError, User.DoesNotExist):
        raise LinkSpent(SPENT) from None
    if not _set_password.check_token(user, token):
        raise LinkSpent(SPENT)
    return user


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
