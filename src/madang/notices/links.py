"""Signed links: to confirm an address within two days, to change or stop at any time."""

from __future__ import annotations

from django.core import signing
from django.urls import reverse

from madang.kernel.config import settings
from madang.notices.errors import LinkSpent

CONFIRM_SALT = "madang.notices.confirm"
MANAGE_SALT = "madang.notices.manage"
CONFIRM_S = 48 * 3600


def confirm_url(key: str) -> str:
    """Return the whole address on which a sign-up is confirmed."""
    return _url("alert-confirm", signing.dumps(key, salt=CONFIRM_SALT))


def manage_url(key: str) -> str:
    """Return the whole address on which a subscriber changes what comes, or stops it."""
    return _url("alert-manage", signing.dumps(key, salt=MANAGE_SALT))


def stop_url(key: str) -> str:
    """Return the whole address whose POST ends a subscription (RFC 8058)."""
    return _url("alert-stop", signing.dumps(key, salt=MANAGE_SALT))


def manage_path(key: str) -> str:
    """Return the path on which a subscriber changes what comes, or stops it."""
    return reverse("alert-manage", args=[signing.dumps(key, salt=MANAGE_SALT)])


def confirmed_key(token: str) -> str:
    """Return the key of the sign-up that a link confirms; raises `LinkSpent`."""
    return _key(token, CONFIRM_SALT, CONFIRM_S)


def managed_key(token: str) -> str:
    """Return the key of the subscriber whose link this is; raises `LinkSpent`."""
    return _key(token, MANAGE_SALT, None)


def _key(token: str, salt: str, max_age: int | None) -> str:
    try:
        return str(signing.loads(token, salt=salt, max_age=max_age))
    except signing.BadSignature:
        raise LinkSpent("this link is too old or was cut short; sign up again") from None


def _url(page: str, token: str) -> str:
    return settings().public_origin + reverse(page, args=[token])
