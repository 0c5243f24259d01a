"""A browser that signed in before is known again, so that strangers' guesses do not lock it out.

The cookie is signed, names no person and signs nobody in: attempts from such a browser are counted
by themselves (OWASP Authentication Cheat Sheet, "device cookies"). A kiosk is never remembered.
"""

from __future__ import annotations

from hashlib import sha256

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from madang.identity import sessions
from madang.kernel.events import new_id

LASTS_S = 365 * 24 * 3600
MOST_ACCOUNTS = 8  # of one household's browser
_SALT = "madang.identity.device"


def remember(request: HttpRequest, response: HttpResponse, account: str) -> None:
    """Know this browser again for this account; on a kiosk do nothing."""
    facts = sessions.facts(request)
    if facts is None or facts.kiosk or facts.assisted:
        return
    device, accounts = _read(request)
    kept = [one for one in accounts if one != _mark(account)][: MOST_ACCOUNTS - 1]
    if device and accounts and accounts[0] == _mark(account):
        return
    value = signing.dumps([device or new_id(), [_mark(account), *kept]], salt=_SALT)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        value,
        max_age=LASTS_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def known_device(request: HttpRequest, account: str) -> str:
    """Return the id of this browser where the account signed in here before, else nothing."""
    device, accounts = _read(request)
    return device if _mark(account) in accounts else ""


def _mark(account: str) -> str:
    return sha256(f"device {account}".encode()).hexdigest()[:16]


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        device, accounts = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=_SALT, max_age=LASTS_S
        )
    except (signing.BadSignature, ValueError, TypeError):
        return "", []
    return device, accounts
