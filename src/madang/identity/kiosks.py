"""Kiosks: devices of the city on which anybody may sign in, and of whom nothing stays.

A kiosk has a key of its own in a cookie. A session opened on it ends after two minutes without a
touch; at its end all cookies but the device's own go, with the browser's cache and storage.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from madang.access.api import Actor
from madang.identity.errors import LinkSpent
from madang.identity.links import SPENT
from madang.identity.session_store import hashed
from madang.identity.sessions import Opening
from madang.identity.staff_models import Kiosk
from madang.kernel import audit, times
from madang.kernel.errors import Invalid, NotFound

_SALT = "madang.identity.kiosk"
_BIND_WITHIN = timedelta(days=1)
_KEPT = timedelta(days=400)  # the longest that browsers keep a cookie (RFC 6265bis, section 5.5)


def cookie_name() -> str:
    """Return the name of the device's own cookie."""
    return "__Host-kiosk" if settings.SESSION_COOKIE_SECURE else "madang_kiosk"


def add_kiosk(by: Actor, name: str, district: str) -> str:
    """Enter a kiosk; return the path that is opened on it once, within a day."""
    if not name.strip():
        raise Invalid(_("Give the kiosk a name."), {"name": _("Give the kiosk a name.")})
    row = Kiosk.objects.create(
        name=name.strip()[:100],
        district=district,
        key=hashed(secrets.token_hex(32)),
        added_by=by.id,
    )
    audit.record(by.id, "identity.add_kiosk", f"kiosk:{row.pk}")
    return reverse("kiosk-bind", args=[signing.dumps([row.pk, row.key[:16]], salt=_SALT)])


def close_kiosk(by: Actor, kiosk_id: str) -> None:
    """Let a kiosk go: sessions on it are no longer kiosk sessions of ours, and none begin."""
    row = Kiosk.objects.filter(pk=kiosk_id).first()
    if row is None:
        raise NotFound(_("There is no such kiosk."))
    if row.closed is None:
        row.closed = times.now()
        row.save(update_fields=["closed"])
        audit.record(by.id, "identity.close_kiosk", f"kiosk:{row.pk}")


def bind(token: str, response: HttpResponse) -> Kiosk:
    """Make this browser the kiosk of a link; raises `LinkSpent` where it was used or is too old."""
    try:
        kiosk_id, state = signing.loads(token, salt=_SALT, max_age=_BIND_WITHIN)
    except signing.BadSignature:
        raise LinkSpent(SPENT) from None
    key = secrets.token_hex(32)
    rows = Kiosk.objects.filter(pk=kiosk_id, key__startswith=state, closed__isnull=True)
    if not rows.update(key=hashed(key), bound=times.now()):
        raise LinkSpent(SPENT)
    audit.record("", "identity.bind_kiosk", f"kiosk:{kiosk_id}")
    response.set_cookie(
        cookie_name(), key, max_age=_KEPT, httponly=True,
        secure=settings.SESSION_COOKIE_SECURE, samesite="Strict",
    )  # fmt: skip
    return Kiosk.objects.get(pk=kiosk_id)


def device(request: HttpRequest) -> Kiosk | None:
    """Return the kiosk on which this request was made."""
    key = request.COOKIES.get(cookie_name(), "")
    return Kiosk.objects.filter(key=hashed(key), closed__isnull=True).first() if key else None


def at(request: HttpRequest, opening: Opening) -> Opening:
    """Return how a session begins here: on a kiosk it is short, and nobody has staff roles."""
    kiosk = device(request)
    return opening if kiosk is None else replace(opening, idle="kiosk", kiosk=kiosk.pk)


def wiped(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return the response after which nothing of the reader is left in the browser.

    ``Clear-Site-Data: "cookies"`` would take the device's key, too; so cookies go one by one.
    """
    for name in request.COOKIES:
        if name != cookie_name():
            response.delete_cookie(name, samesite="Lax")
    response["Clear-Site-Data"] = '"cache", "storage"'
    response["Cache-Control"] = "no-store"
    return response
